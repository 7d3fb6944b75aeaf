package hourglass.translator.isa;

import hourglass.translator.cpu.Flags;

/**
 * One decoded instruction: its form, and the fields of this occurrence. Immutable; the same
 * instruction decoded at two places is two objects.
 *
 * <p>Made by the decoder only. Fields that a form does not have are 0, {@link #NONE} for registers.
 * They are as narrow as what they hold, so that an instruction is one line of the host's cache: a
 * guest that has just booted keeps 200,000 of them.
 */
public final class Instruction {
  /** No register. */
  public static final int NONE = -1;

  public static final int NO_REPEAT = 0;

  /** Prefix F3: REP, REPE. */
  public static final int REPEAT = 1;

  /** Prefix F2: REPNE. */
  public static final int REPEAT_NOT_EQUAL = 2;

  /**
   * What the conditions depend on, by the upper three of their four bits (Intel SDM volume 1,
   * appendix B).
   */
  private static final int[] CONDITION_FLAGS = {
    Flags.OF,
    Flags.CF,
    Flags.ZF,
    Flags.CF | Flags.ZF,
    Flags.SF,
    Flags.PF,
    Flags.SF | Flags.OF,
    Flags.ZF | Flags.SF | Flags.OF
  };

  public final Form form;
  public final Mnemonic mnemonic;

  /** In bytes, prefixes included: 1-15. */
  public final byte length;

  /** The operand size attribute, 16 or 32; byte operands are told by their kind. */
  public final byte operandSize;

  /** The address size attribute, 16 or 32. */
  public final byte addressSize;

  /** ModR/M reg, or the register in the opcode's low bits. */
  public final byte reg;

  /** ModR/M r/m as a register, {@link #NONE} where it is memory. */
  public final byte rm;

  /** Whether ModR/M r/m is memory, or the operand is a memory offset. */
  public final boolean memory;

  /**
   * Segment register of the memory or source string operand, overrides applied: index into
   * CpuState.segment.
   */
  public final byte segment;

  /** Base register of the address, or {@link #NONE}. */
  public final byte base;

  /** Index register of the address, or {@link #NONE}. */
  public final byte index;

  /** Shift of the index, 0-3. */
  public final byte scale;

  /** Displacement of the address, sign-extended; the whole address of a memory offset. */
  public final int displacement;

  /**
   * The immediate, sign-extended where the form says so; the branch displacement; the offset of a
   * far pointer.
   */
  public final int immediate;

  /** The second immediate: nesting level of ENTER, selector of a far pointer. */
  public final int immediate2;

  /** Condition of JCC, SETCC, CMOVCC: 0-15. */
  public final byte condition;

  public final boolean lock;

  /**
   * {@link #NO_REPEAT}, {@link #REPEAT} or {@link #REPEAT_NOT_EQUAL}; only where the form can be
   * repeated.
   */
  public final byte repeat;

  /**
   * The opcode as x87 environments store it: the low three bits of the first opcode byte, then the
   * ModR/M byte; 0 where this is no x87 instruction (Intel SDM volume 1, section 8.1.9).
   */
  public final short x87Opcode;

  /** All prefixes as they stand, see {@link Prefixes}. */
  final long prefixes;

  /** The ModR/M byte, or {@link #NONE}. */
  final short modrm;

  /** The SIB byte, or {@link #NONE}. */
  final short sib;

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
      int repeat,
      long prefixes,
      int modrm,
      int sib) {
    this.form = form;
    this.mnemonic = form.mnemonic();
    this.length = (byte) length;
    this.operandSize = (byte) operandSize;
    this.addressSize = (byte) addressSize;
    this.reg = (byte) reg;
    this.rm = (byte) rm;
    this.memory = memory;
    this.segment = (byte) segment;
    this.base = (byte) base;
    this.index = (byte) index;
    this.scale = (byte) scale;
    this.displacement = displacement;
    this.immediate = immediate;
    this.immediate2 = immediate2;
    this.condition = (byte) condition;
    this.lock = lock;
    this.repeat = (byte) repeat;
    this.prefixes = prefixes;
    this.modrm = (short) modrm;
    this.sib = (short) sib;
    x87Opcode =
        form.has(Form.Trait.X87) && form.encoding().startsWith("D")
            ? (short) ((Integer.parseInt(form.encoding(), 0, 2, 16) & 7) << 8 | modrm)
            : 0;
  }

  /** The kind of an operand, 0 being the destination in Intel order. */
  public OperandKind operand(int index) {
    return form.operands().get(index);
  }

  public int operandCount() {
    return form.operands().size();
  }

  /**
   * The flags that this instruction's result depends on, its condition taken into account; a mask
   * of EFLAGS bits.
   */
  public int flagsRead() {
    return isConditional() ? CONDITION_FLAGS[condition >> 1] : form.flagsRead();
  }

  /**
   * The flags that may get a defined value, depending on operands; a mask of EFLAGS bits. None for
   * a shift or rotate by a constant whose low five bits are 0.
   */
  public int flagsWritten() {
    return isShiftByNothing() ? 0 : form.flagsWritten();
  }

  /**
   * The flags whose values before the instruction are surely gone after it, whatever its operands:
   * written always, or undefined. A mask of EFLAGS bits. None for what may leave flags alone:
   * shifts and rotates by CL, and strings compared under a repeat prefix, where the count may be 0.
   */
  public int flagsKilled() {
    if (isShiftByNothing() || isCountedByCl() || repeat != NO_REPEAT) {
      return 0;
    }
    return form.flagsWritten() | form.flagsUndefined();
  }

  /**
   * The registers whose values its result depends on, its address and segments included. A register
   * that it writes only in part, or only sometimes, is among them: under a repeat prefix the count
   * may be 0.
   */
  public RegisterSet registersRead() {
    return UsedRegisters.read(this);
  }

  /**
   * The registers that it may write. What is not also among {@link #registersRead} has a new value
   * after it, unless it raises an exception, be it one that x87 reports later; emptying a register
   * of the x87 stack is no write. An instruction that ends in {@link Form.Ending#FAR} may, beyond
   * that, switch stacks and tasks.
   */
  public RegisterSet registersWritten() {
    return UsedRegisters.written(this);
  }

  private boolean isConditional() {
    return switch (mnemonic) {
      case JCC, SETCC, CMOVCC -> true;
      default -> false;
    };
  }

  private boolean isShift() {
    return switch (mnemonic) {
      case ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD -> true;
      default -> false;
    };
  }

  private boolean isCountedByCl() {
    return isShift() && operand(operandCount() - 1) == OperandKind.CL;
  }

  private boolean isShiftByNothing() {
    return isShift() && operand(operandCount() - 1) == OperandKind.IMM8 && (immediate & 31) == 0;
  }
}
