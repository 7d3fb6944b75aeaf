package hourglass.translator.ir;

/**
 * Methods of {@link hourglass.translator.cpu.x87.X87Access} and {@link
 * hourglass.translator.cpu.x87.X87Operations} that generated code calls.
 */
public enum X87Routine implements Routine {
  // How instructions begin, and their memory operands.
  BEGIN(Subject.STATE, "begin", "II", "V"),
  TAKE_FLOAT(Subject.STATE_AND_MEMORY, "takeFloat", "IIII", "V"),
  TAKE_DOUBLE(Subject.STATE_AND_MEMORY, "takeDouble", "IIII", "V"),
  TAKE_INTEGER(Subject.STATE_AND_MEMORY, "takeInteger", "IIIII", "V"),
  LOAD_EXTENDED(Subject.STATE_AND_MEMORY, "loadExtended", "IIII", "V"),
  STORE_FLOAT(Subject.STATE_AND_MEMORY, "storeFloat", "IIIIZ", "V"),
  STORE_DOUBLE(Subject.STATE_AND_MEMORY, "storeDouble", "IIIIZ", "V"),
  STORE_EXTENDED(Subject.STATE_AND_MEMORY, "storeExtended", "IIII", "V"),
  STORE_INTEGER(Subject.STATE_AND_MEMORY, "storeInteger", "IIIIIZ", "V"),
  LOAD_CONTROL(Subject.STATE_AND_MEMORY, "loadControl", "I", "V"),
  STORE_CONTROL(Subject.STATE_AND_MEMORY, "storeControl", "I", "V"),
  STATUS_WORD(Subject.STATE, "statusWord", "", "I"),
  // What they do then.
  LOAD_OPERAND(Subject.UNIT, "loadOperand", "", "V"),
  LOAD_REGISTER(Subject.UNIT, "loadRegister", "I", "V"),
  LOAD_ONE(Subject.UNIT, "loadOne", "", "V"),
  LOAD_ZERO(Subject.UNIT, "loadZero", "", "V"),
  STORE_REGISTER(Subject.UNIT, "storeRegister", "IZ", "V"),
  EXCHANGE(Subject.UNIT, "exchange", "I", "V"),
  MOVE(Subject.UNIT, "move", "IZ", "V"),
  ARITHMETIC(Subject.UNIT, "arithmetic", "IIIZ", "V"),
  ARITHMETIC_OPERAND(Subject.UNIT, "arithmeticOperand", "I", "V"),
  COMPARE(Subject.UNIT, "compare", "IZI", "V"),
  COMPARE_OPERAND(Subject.UNIT, "compareOperand", "Z", "V"),
  COMPARE_FLAGS(Subject.UNIT, "compareFlags", "IZZ", "I"),
  TEST(Subject.UNIT, "test", "", "V"),
  EXAMINE(Subject.UNIT, "examine", "", "V"),
  ABSOLUTE(Subject.UNIT, "absolute", "", "V"),
  CHANGE_SIGN(Subject.UNIT, "changeSign", "", "V"),
  SQUARE_ROOT(Subject.UNIT, "squareRoot", "", "V"),
  ROUND_TO_INTEGRAL(Subject.UNIT, "roundToIntegral", "", "V");

  private static final String ACCESS = "hourglass/translator/cpu/x87/X87Access";
  private static final String OPERATIONS = "hourglass/translator/cpu/x87/X87Operations";

  private final Target target;

  X87Routine(Subject subject, String method, String arguments, String result) {
    target = Target.of(subject, ownerFor(subject), method, arguments, result);
  }

  private static String ownerFor(Subject subject) {
    return subject == Subject.UNIT ? OPERATIONS : ACCESS;
  }

  @Override
  public Target target() {
    return target;
  }
}
