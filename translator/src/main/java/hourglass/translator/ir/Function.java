package hourglass.translator.ir;

/**
 * Static methods that generated code calls: pure functions of ints, small enough for HotSpot to
 * inline.
 *
 * <p>Two of them, sign extensions, are single bytecodes; they stand here so that {@link Value}
 * needs no unary operations.
 */
public enum Function {
  SIGN_EXTEND_8("", "i2b", 1),
  SIGN_EXTEND_16("", "i2s", 1),
  BYTE_SWAP(Function.INTEGER, "reverseBytes", 1),
  TRAILING_ZEROS(Function.INTEGER, "numberOfTrailingZeros", 1),
  LEADING_ZEROS(Function.INTEGER, "numberOfLeadingZeros", 1),
  AUX_ADD_8(Function.FLAGS, "auxAdd8", 3),
  AUX_ADD_16(Function.FLAGS, "auxAdd16", 3),
  AUX_ADD_32(Function.FLAGS, "auxAdd32", 3),
  AUX_SUB_8(Function.FLAGS, "auxSub8", 3),
  AUX_SUB_16(Function.FLAGS, "auxSub16", 3),
  AUX_SUB_32(Function.FLAGS, "auxSub32", 3),
  MATERIALIZE(Function.FLAGS, "materialize", 2),
  RESULT_FOR(Function.FLAGS, "resultFor", 1),
  AUX_FOR(Function.FLAGS, "auxFor", 1),
  SHL(Function.SHIFTS, "shl", 3),
  SHR(Function.SHIFTS, "shr", 3),
  SAR(Function.SHIFTS, "sar", 3),
  ROL(Function.SHIFTS, "rol", 3),
  ROR(Function.SHIFTS, "ror", 3),
  SHLD(Function.SHIFTS, "shld", 4),
  SHRD(Function.SHIFTS, "shrd", 4),
  AUX_SHL(Function.SHIFTS, "auxShl", 3),
  AUX_SHR(Function.SHIFTS, "auxShr", 3),
  AUX_SAR(Function.SHIFTS, "auxSar", 3),
  AUX_ROL(Function.SHIFTS, "auxRol", 4),
  AUX_ROL_IMMEDIATE(Function.SHIFTS, "auxRolImmediate", 2),
  AUX_ROR(Function.SHIFTS, "auxRor", 4),
  AUX_ROR_IMMEDIATE(Function.SHIFTS, "auxRorImmediate", 3),
  AUX_SHLD(Function.SHIFTS, "auxShld", 4),
  AUX_SHRD(Function.SHIFTS, "auxShrd", 4),
  HIGH_SIGNED(Function.PRODUCT, "highSigned", 2),
  HIGH_UNSIGNED(Function.PRODUCT, "highUnsigned", 2),
  AUX_PRODUCT_SIGNED(Function.PRODUCT, "auxSigned", 2),
  AUX_PRODUCT_UNSIGNED(Function.PRODUCT, "auxUnsigned", 1),
  QUOTIENT_UNSIGNED(Function.DIVISION, "quotientUnsigned", 3),
  QUOTIENT_SIGNED(Function.DIVISION, "quotientSigned", 3),
  FITS_SIGNED(Function.DIVISION, "fitsSigned", 4);

  private static final String INTEGER = "java/lang/Integer";
  private static final String FLAGS = "hourglass/translator/cpu/Flags";
  private static final String SHIFTS = "hourglass/translator/cpu/Shifts";
  private static final String PRODUCT = "hourglass/translator/cpu/WideProduct";
  private static final String DIVISION = "hourglass/translator/cpu/WideDivision";

  private final String owner;
  private final String method;
  private final int arity;

  Function(String owner, String method, int arity) {
    this.owner = owner;
    this.method = method;
    this.arity = arity;
  }

  /** The auxiliary flag word of an addition of {@code size} bytes. */
  static Function auxAdd(int size) {
    return size == 1 ? AUX_ADD_8 : size == 2 ? AUX_ADD_16 : AUX_ADD_32;
  }

  /** The auxiliary flag word of a subtraction of {@code size} bytes. */
  static Function auxSub(int size) {
    return size == 1 ? AUX_SUB_8 : size == 2 ? AUX_SUB_16 : AUX_SUB_32;
  }

  /** Internal name of the class that has the method; empty where it is a bytecode. */
  public String owner() {
    return owner;
  }

  /** The method's name. */
  public String method() {
    return method;
  }

  /** The number of arguments, all ints. */
  public int arity() {
    return arity;
  }

  /** The descriptor of the method. */
  public String descriptor() {
    return "(" + "I".repeat(arity) + ")I";
  }
}
