package hourglass.translator.isa;

/**
 * One decoded instruction: its form, and the fields of this occurrence. Immutable; the same instruction decoded at two places
 * is two objects.
 *
 * <p>Made by the decoder only. Fields that a form does not have are 0, {@link #NONE} for registers.
 */
public final class Instruction {
  /** No register. */
  public static final int NONE = -1;

  public static final int NO_REPEAT = 0;
  /** Prefix F3: REP, REPE. */
  public static final int REPEAT = 1;
  /** Prefix F2: REPNE. */
  public static final int REPEAT_NOT_EQUAL = 2;

  public final Form form;
  public final Mnemonic mnemonic;
  /** In bytes, prefixes included: 1-15. */
  public final int length;
  /** The operand size attribute, 16 or 32; byte operands are told by their kind. */
  public final int operandSize;
  /** The address size attribute, 16 or 32. */
  public final int addressSize;
  /** ModR/M reg, or the register in the opcode's low bits. */
  public final int reg;
  /** ModR/M r/m as a register, {@link #NONE} where it is memory. */
  public final int rm;
  /** Whether ModR/M r/m is memory, or the operand is a memory offset. */
  public final boolean memory;
  /** Segment register of the memory or source string operand, overrides applied: index into CpuState.segment. */
  public final int segment;
  /** Base register of the address, or {@link #NONE}. */
  public final int base;
  /** Index register of the address, or {@link #NONE}. */
  public final int index;
  /** Shift of the index, 0-3. */
  public final int scale;
  /** Displacement of the address, sign-extended; the whole address of a memory offset. */
  public final int displacement;
  /** The immediate, sign-extended where the form says so; the branch displacement; the offset of a far pointer. */
  public final int immediate;
  /** The second immediate: nesting level of ENTER, selector of a far pointer. */
  public final int immediate2;
  /** Condition of JCC, SETCC, CMOVCC: 0-15. */
  public final int condition;
  public final boolean lock;
  /** {@link #NO_REPEAT}, {@link #REPEAT} or {@link #REPEAT_NOT_EQUAL}; only where the form can be repeated. */
  public final int repeat;

  Instruction(
      Form form,
      int length,
      int operandSize,
      int addressSize,
      int reg,
      int rm,
      boolean memory,
      int segment,
      int base,
      int index,
      int scale,
      int displacement,
      int immediate,
      int immediate2,
      int condition,
      boolean lock,
      int repeat) {
    this.form = form;
    this.mnemonic = form.mnemonic();
    this.length = length;
    this.operandSize = operandSize;
    this.addressSize = addressSize;
    this.reg = reg;
    this.rm = rm;
    this.memory = memory;
    this.segment = segment;
    this.base = base;
    this.index = index;
    this.scale = scale;
    this.displacement = displacement;
    this.immediate = immediate;
    this.immediate2 = immediate2;
    this.condition = condition;
    this.lock = lock;
    this.repeat = repeat;
  }

  /** The kind of an operand, 0 being the destination in Intel order. */
  public OperandKind operand(int index) {
    return form.operands().get(index);
  }

  public int operandCount() {
    return form.operands().size();
  }
}
