package hourglass.runtime.engine;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/**
 * The forms of instructions that {@link QuickInterpreter} has code of its own for: those that cold
 * code consists of, nine in ten of what a booting Linux interprets. Doublewords, where nothing else
 * is said, in flat 32-bit segments.
 */
final class QuickForms {
  /** None of them: its handler does it. */
  static final byte GENERIC = 0;

  // Of a register and a source; PUSH of a source alone.

  static final byte ADD = 1;
  static final byte SUBTRACT = 2;
  static final byte COMPARE = 3;
  static final byte AND = 4;
  static final byte OR = 5;
  static final byte XOR = 6;
  static final byte TEST = 7;
  static final byte MOVE = 8;
  static final byte PUSH = 9;

  static final byte STORE = 10;
  static final byte LOAD_BYTE = 11;
  static final byte STORE_BYTE = 12;
  static final byte ZERO_EXTEND_BYTE = 13;
  static final byte ZERO_EXTEND_WORD = 14;
  static final byte LOAD_ZERO_EXTENDED_BYTE = 15;
  static final byte LOAD_ZERO_EXTENDED_WORD = 16;
  static final byte ADDRESS = 17;

  // Comparisons of memory with a source, of bytes with an immediate.

  static final byte COMPARE_MEMORY = 18;
  static final byte COMPARE_MEMORY_BYTE = 19;
  static final byte TEST_MEMORY_BYTE = 20;

  // Of registers alone; shifts and rotations by an immediate.

  static final byte TEST_BYTE = 21;
  static final byte INCREMENT = 22;
  static final byte DECREMENT = 23;
  static final byte SHIFT_LEFT = 24;
  static final byte SHIFT_RIGHT = 25;
  static final byte SHIFT_RIGHT_ARITHMETIC = 26;
  static final byte ROTATE_LEFT = 27;
  static final byte ROTATE_RIGHT = 28;

  static final byte POP = 29;
  static final byte LEAVE = 30;
  static final byte CALL = 31;
  static final byte RETURN = 32;
  static final byte JUMP = 33;
  static final byte BRANCH_IF_ZERO = 34;
  static final byte BRANCH_UNLESS_ZERO = 35;

  /** On any other condition. */
  static final byte BRANCH = 36;

  // Sources: where the last operand is.

  static final byte REGISTER = 0;
  static final byte IMMEDIATE = 1;

  /** A doubleword in memory. */
  static final byte LOADED = 2;

  private static final int FLAT = CpuState.MODE_CODE32 | CpuState.MODE_STACK32 | CpuState.MODE_FLAT;

  private QuickForms() {}

  /** The form of an instruction in code under a mode key. */
  static byte of(Instruction insn, int modeKey) {
    if ((modeKey & (FLAT | CpuState.MODE_ALIGNED)) != FLAT
        || insn.operandSize != 32
        || insn.lock
        || insn.repeat != Instruction.NO_REPEAT
        || insn.memory && !isInFlatSegment(insn)) {
      return GENERIC;
    }
    return (byte) ofFlat(insn);
  }

  private static boolean isInFlatSegment(Instruction insn) {
    return insn.addressSize == 32
        && (insn.segment == CpuState.DS
            || insn.segment == CpuState.SS
            || insn.segment == CpuState.ES);
  }

  private static int ofFlat(Instruction insn) {
    return switch (insn.mnemonic) {
      case ADD -> toRegister(insn, ADD);
      case SUB -> toRegister(insn, SUBTRACT);
      case CMP -> comparison(insn);
      case AND -> toRegister(insn, AND);
      case OR -> toRegister(insn, OR);
      case XOR -> toRegister(insn, XOR);
      case TEST -> test(insn);
      case MOV -> move(insn);
      case MOVZX -> zeroExtension(insn);
      case LEA -> ADDRESS;
      case INC -> isRegister(insn, 0) ? INCREMENT : GENERIC;
      case DEC -> isRegister(insn, 0) ? DECREMENT : GENERIC;
      case SHL -> shift(insn, SHIFT_LEFT);
      case SHR -> shift(insn, SHIFT_RIGHT);
      case SAR -> shift(insn, SHIFT_RIGHT_ARITHMETIC);
      case ROL -> rotation(insn, ROTATE_LEFT);
      case ROR -> rotation(insn, ROTATE_RIGHT);
      case PUSH -> isSource(insn, 0) ? PUSH : GENERIC;
      case POP -> isRegister(insn, 0) ? POP : GENERIC;
      case LEAVE -> LEAVE;
      case CALL -> insn.operand(0) == OperandKind.RELV ? CALL : GENERIC;
      case RET -> insn.operandCount() == 0 ? RETURN : GENERIC;
      case JMP -> isRelative(insn) ? JUMP : GENERIC;
      case JCC ->
          switch (insn.condition) {
            case 4 -> BRANCH_IF_ZERO;
            case 5 -> BRANCH_UNLESS_ZERO;
            default -> BRANCH;
          };
      default -> GENERIC;
    };
  }

  /** An operation whose first operand is a register. */
  private static int toRegister(Instruction insn, byte operation) {
    return isRegister(insn, 0) && isSource(insn, 1) ? operation : GENERIC;
  }

  private static boolean isSource(Instruction insn, int operand) {
    return isRegister(insn, operand) || isImmediate(insn, operand) || isMemory(insn, operand);
  }

  private static int comparison(Instruction insn) {
    if (isMemory(insn, 0)) {
      return COMPARE_MEMORY;
    }
    return isMemoryByte(insn, 0) && isImmediate(insn, 1)
        ? COMPARE_MEMORY_BYTE
        : toRegister(insn, COMPARE);
  }

  private static int test(Instruction insn) {
    if (isMemoryByte(insn, 0) && isImmediate(insn, 1)) {
      return TEST_MEMORY_BYTE;
    }
    return isRegisterByte(insn, 0) && isRegisterByte(insn, 1) ? TEST_BYTE : toRegister(insn, TEST);
  }

  private static int move(Instruction insn) {
    if (isMemory(insn, 0)) {
      return isSource(insn, 1) ? STORE : GENERIC;
    }
    if (isMemoryByte(insn, 0) && isRegisterByte(insn, 1)) {
      return STORE_BYTE;
    }
    return isRegisterByte(insn, 0) && isMemoryByte(insn, 1) ? LOAD_BYTE : toRegister(insn, MOVE);
  }

  private static int zeroExtension(Instruction insn) {
    return insn.operand(1) == OperandKind.RM8
        ? insn.memory ? LOAD_ZERO_EXTENDED_BYTE : ZERO_EXTEND_BYTE
        : insn.memory ? LOAD_ZERO_EXTENDED_WORD : ZERO_EXTEND_WORD;
  }

  /** By a constant that is not 0: such a shift leaves the flags alone. */
  private static int shift(Instruction insn, byte form) {
    return isRegister(insn, 0) && insn.operand(1) == OperandKind.IMM8 && (insn.immediate & 31) != 0
        ? form
        : GENERIC;
  }

  /** By a constant that is neither 0 nor 1: a rotation by 1 changes OF. */
  private static int rotation(Instruction insn, byte form) {
    return (insn.immediate & 31) == 1 ? GENERIC : shift(insn, form);
  }

  private static boolean isRelative(Instruction insn) {
    return insn.operand(0) == OperandKind.RELV || insn.operand(0) == OperandKind.REL8;
  }

  private static boolean isRegister(Instruction insn, int operand) {
    return switch (insn.operand(operand)) {
      case RMV -> !insn.memory;
      case RV, ZV, AXV -> true;
      default -> false;
    };
  }

  private static boolean isMemory(Instruction insn, int operand) {
    return switch (insn.operand(operand)) {
      case RMV -> insn.memory;
      case MOFFSV -> true;
      default -> false;
    };
  }

  private static boolean isRegisterByte(Instruction insn, int operand) {
    return switch (insn.operand(operand)) {
      case RM8 -> !insn.memory;
      case R8 -> true;
      default -> false;
    };
  }

  private static boolean isMemoryByte(Instruction insn, int operand) {
    return insn.operand(operand) == OperandKind.RM8 && insn.memory;
  }

  private static boolean isImmediate(Instruction insn, int operand) {
    return switch (insn.operand(operand)) {
      case IMMV, IMM8_SX, IMM8 -> true;
      default -> false;
    };
  }

  /** Where the last operand of a quick form is: one of the sources; a register where none is. */
  static byte source(Instruction insn) {
    final int last = insn.operandCount() - 1;
    if (last >= 0 && isImmediate(insn, last)) {
      return IMMEDIATE;
    }
    return last >= 0 && isMemory(insn, last) ? LOADED : REGISTER;
  }

  /** The register that is an operand of a quick form; 0 where none is. */
  static byte register(Instruction insn, int operand) {
    if (operand < 0 || operand >= insn.operandCount()) {
      return 0;
    }
    return switch (insn.operand(operand)) {
      case RMV, RM8, RM16 -> insn.memory ? 0 : insn.rm;
      case RV, ZV, R8 -> insn.reg;
      default -> 0;
    };
  }
}
