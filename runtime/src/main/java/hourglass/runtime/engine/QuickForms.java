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

  // Where the operands of an operation are, which is added to the operation.

  private static final int OF_REGISTERS = 0;
  private static final int OF_IMMEDIATE = 1;
  private static final int OF_LOADED = 2;

  static final byte ADD = 1;
  static final byte ADD_IMMEDIATE = ADD + OF_IMMEDIATE;
  static final byte ADD_LOADED = ADD + OF_LOADED;
  static final byte SUBTRACT = 4;
  static final byte SUBTRACT_IMMEDIATE = SUBTRACT + OF_IMMEDIATE;
  static final byte SUBTRACT_LOADED = SUBTRACT + OF_LOADED;
  static final byte COMPARE = 7;
  static final byte COMPARE_IMMEDIATE = COMPARE + OF_IMMEDIATE;
  static final byte COMPARE_LOADED = COMPARE + OF_LOADED;
  static final byte AND = 10;
  static final byte AND_IMMEDIATE = AND + OF_IMMEDIATE;
  static final byte AND_LOADED = AND + OF_LOADED;
  static final byte OR = 13;
  static final byte OR_IMMEDIATE = OR + OF_IMMEDIATE;
  static final byte OR_LOADED = OR + OF_LOADED;
  static final byte XOR = 16;
  static final byte XOR_IMMEDIATE = XOR + OF_IMMEDIATE;
  static final byte XOR_LOADED = XOR + OF_LOADED;
  static final byte TEST = 19;
  static final byte TEST_IMMEDIATE = TEST + OF_IMMEDIATE;
  static final byte MOVE = 22;
  static final byte MOVE_IMMEDIATE = MOVE + OF_IMMEDIATE;
  static final byte LOAD = MOVE + OF_LOADED;

  /** {@link #LOAD} where the address is a register and a displacement. */
  static final byte LOAD_AT_BASE = 25;

  static final byte STORE = 26;

  /** {@link #STORE} where the address is a register and a displacement. */
  static final byte STORE_AT_BASE = 27;

  static final byte STORE_IMMEDIATE = 28;
  static final byte LOAD_BYTE = 29;
  static final byte STORE_BYTE = 30;
  static final byte ZERO_EXTEND_BYTE = 31;
  static final byte ZERO_EXTEND_WORD = 32;
  static final byte LOAD_ZERO_EXTENDED_BYTE = 33;
  static final byte LOAD_ZERO_EXTENDED_WORD = 34;
  static final byte ADDRESS = 35;

  static final byte COMPARE_MEMORY = 36;
  static final byte COMPARE_MEMORY_IMMEDIATE = 37;
  static final byte COMPARE_MEMORY_BYTE_IMMEDIATE = 38;
  static final byte TEST_MEMORY_BYTE_IMMEDIATE = 39;
  static final byte TEST_BYTE = 40;
  static final byte INCREMENT = 41;
  static final byte DECREMENT = 42;
  static final byte SHIFT_LEFT = 43;
  static final byte SHIFT_RIGHT = 44;
  static final byte SHIFT_RIGHT_ARITHMETIC = 45;
  static final byte ROTATE_LEFT = 46;
  static final byte ROTATE_RIGHT = 47;

  static final byte PUSH = 48;
  static final byte PUSH_IMMEDIATE = PUSH + OF_IMMEDIATE;
  static final byte PUSH_LOADED = PUSH + OF_LOADED;
  static final byte POP = 51;
  static final byte LEAVE = 52;
  static final byte CALL = 53;
  static final byte RETURN = 54;
  static final byte JUMP = 55;

  /** To this the condition is added. */
  static final byte BRANCH = 56;

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
      case ADD -> operation(insn, ADD);
      case SUB -> operation(insn, SUBTRACT);
      case CMP -> comparison(insn);
      case AND -> operation(insn, AND);
      case OR -> operation(insn, OR);
      case XOR -> operation(insn, XOR);
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
      case PUSH -> push(insn);
      case POP -> isRegister(insn, 0) ? POP : GENERIC;
      case LEAVE -> LEAVE;
      case CALL -> insn.operand(0) == OperandKind.RELV ? CALL : GENERIC;
      case RET -> insn.operandCount() == 0 ? RETURN : GENERIC;
      case JMP -> isRelative(insn) ? JUMP : GENERIC;
      case JCC -> BRANCH + insn.condition;
      default -> GENERIC;
    };
  }

  /** An operation whose destination is a register. */
  private static int operation(Instruction insn, byte operation) {
    return isRegister(insn, 0) ? source(insn, 1, operation) : GENERIC;
  }

  /** An operation with the last of its operands as it is. */
  private static int source(Instruction insn, int operand, byte operation) {
    if (isRegister(insn, operand)) {
      return operation + OF_REGISTERS;
    }
    if (isImmediate(insn, operand)) {
      return operation + OF_IMMEDIATE;
    }
    return isMemory(insn, operand) ? operation + OF_LOADED : GENERIC;
  }

  private static int comparison(Instruction insn) {
    if (isMemory(insn, 0)) {
      return isImmediate(insn, 1) ? COMPARE_MEMORY_IMMEDIATE : COMPARE_MEMORY;
    }
    if (isMemoryByte(insn, 0) && isImmediate(insn, 1)) {
      return COMPARE_MEMORY_BYTE_IMMEDIATE;
    }
    return operation(insn, COMPARE);
  }

  private static int test(Instruction insn) {
    if (isMemoryByte(insn, 0) && isImmediate(insn, 1)) {
      return TEST_MEMORY_BYTE_IMMEDIATE;
    }
    if (isRegisterByte(insn, 0) && isRegisterByte(insn, 1)) {
      return TEST_BYTE;
    }
    return operation(insn, TEST);
  }

  private static int move(Instruction insn) {
    if (isMemory(insn, 0)) {
      if (isImmediate(insn, 1)) {
        return STORE_IMMEDIATE;
      }
      if (isRegister(insn, 1)) {
        return isAtBase(insn) ? STORE_AT_BASE : STORE;
      }
      return GENERIC;
    }
    if (isMemoryByte(insn, 0) && isRegisterByte(insn, 1)) {
      return STORE_BYTE;
    }
    if (isRegisterByte(insn, 0) && isMemoryByte(insn, 1)) {
      return LOAD_BYTE;
    }
    final int form = operation(insn, MOVE);
    return form == LOAD && isAtBase(insn) ? LOAD_AT_BASE : form;
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

  private static int push(Instruction insn) {
    return switch (insn.operand(0)) {
      case ZV, RMV, IMMV, IMM8_SX -> source(insn, 0, PUSH);
      default -> GENERIC;
    };
  }

  private static boolean isRelative(Instruction insn) {
    return insn.operand(0) == OperandKind.RELV || insn.operand(0) == OperandKind.REL8;
  }

  private static boolean isAtBase(Instruction insn) {
    return insn.base != Instruction.NONE && insn.index == Instruction.NONE;
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

  /** The register that is an operand of a quick form; 0 where none is. */
  static byte register(Instruction insn, int operand) {
    if (operand >= insn.operandCount()) {
      return 0;
    }
    return switch (insn.operand(operand)) {
      case RMV, RM8, RM16 -> insn.memory ? 0 : insn.rm;
      case RV, ZV, R8 -> insn.reg;
      default -> 0;
    };
  }
}
