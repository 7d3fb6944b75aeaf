package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/** Addresses, registers and the stack as values, under one mode key. */
final class Operands {
  private final int modeKey;
  private final BlockBuilder out;

  Operands(int modeKey, BlockBuilder out) {
    this.modeKey = modeKey;
    this.out = out;
  }

  /** The width in bytes of an operand kind that is a general register, memory or an immediate. */
  static int size(OperandKind kind, Instruction insn) {
    return switch (kind) {
      case RM8, R8, Z8, M8, AL, IMM8, MOFFS8, SRC8, DST8, CL -> 1;
      case RM16, R16, M16, AX, IMM16, DX -> 2;
      case RM32, R32, M32, R32_RM -> 4;
      default -> insn.operandSize / 8;
    };
  }

  /** The segment register that an opcode names. */
  static int segment(OperandKind kind) {
    return switch (kind) {
      case ES -> CpuState.ES;
      case CS -> CpuState.CS;
      case SS -> CpuState.SS;
      case DS -> CpuState.DS;
      case FS -> CpuState.FS;
      case GS -> CpuState.GS;
      default -> throw new IllegalArgumentException(kind + " is no segment register");
    };
  }

  // --- registers

  /** A general register of 1, 2 or 4 bytes, zero-extended. */
  static Value register(int number, int size) {
    return switch (size) {
      case 1 ->
          number < 4
              ? Value.and(Value.reg(number), 0xFF)
              : Value.and(Value.shr(Value.reg(number - 4), 8), 0xFF);
      case 2 -> Value.and(Value.reg(number), 0xFFFF);
      default -> Value.reg(number);
    };
  }

  /** Sets a general register of 1, 2 or 4 bytes; upper bits of {@code value} are ignored. */
  void setRegister(int number, int size, Value value) {
    switch (size) {
      case 1 -> {
        final int whole = number & 3;
        final int shift = number < 4 ? 0 : 8;
        final Value low = Value.shl(Value.and(value, 0xFF), shift);
        out.set(whole, Value.or(Value.and(Value.reg(whole), ~(0xFF << shift)), low));
      }
      case 2 ->
          out.set(
              number, Value.or(Value.and(Value.reg(number), ~0xFFFF), Value.and(value, 0xFFFF)));
      default -> out.set(number, value);
    }
  }

  // --- memory

  /** The offset in its segment of an instruction's memory operand. */
  static Value offset(Instruction insn) {
    Value offset = Value.of(insn.displacement);
    if (insn.index != Instruction.NONE) {
      offset = Value.add(Value.shl(Value.reg(insn.index), insn.scale), offset);
    }
    if (insn.base != Instruction.NONE) {
      offset = Value.add(Value.reg(insn.base), offset);
    }
    return insn.addressSize == 32 ? offset : Value.and(offset, 0xFFFF);
  }

  /** Whether a memory operand's offset is its linear address, and needs no check. */
  boolean isFlat(Instruction insn) {
    return (modeKey & CpuState.MODE_FLAT) != 0
        && insn.segment != CpuState.CS
        && insn.segment != CpuState.FS
        && insn.segment != CpuState.GS;
  }

  /** The linear address of an access to an instruction's memory operand. */
  Value address(Instruction insn, int size, boolean write) {
    return linear(insn.segment, offset(insn), size, write);
  }

  /** The linear address of an access by segment and offset. */
  Value linear(int segment, Value offset, int size, boolean write) {
    final boolean flat = (modeKey & CpuState.MODE_FLAT) != 0 && segment < FS;
    if (flat && !(write && segment == CpuState.CS)) {
      return offset;
    }
    return new Value.Checked(segment, offset, size, write);
  }

  /** Reads an operand that is a general register, memory or an immediate, zero-extended. */
  Value read(Instruction insn, int operand) {
    final OperandKind kind = insn.operand(operand);
    final int size = size(kind, insn);
    return switch (kind) {
      case RM8, RM16, RM32, RMV ->
          insn.memory
              ? new Value.Load(size, address(insn, size, false), false)
              : register(insn.rm, size);
      case M8, M16, M32, MOFFS8, MOFFSV -> new Value.Load(size, address(insn, size, false), false);
      case R8, R16, R32, RV, Z8, ZV -> register(insn.reg, size);
      case AL, AX, AXV -> register(CpuState.EAX, size);
      case CL -> register(CpuState.ECX, 1);
      case DX -> register(CpuState.EDX, 2);
      case ONE -> Value.of(1);
      default -> Value.zeroExtend(Value.of(insn.immediate), size);
    };
  }

  /**
   * A destination that is read and then written: {@link #read}, then {@link #write} exactly once.
   */
  final class Destination {
    private final Instruction insn;
    private final int size;
    private final Value address;
    private final int register;

    private Destination(Instruction insn, int operand) {
      this.insn = insn;
      final OperandKind kind = insn.operand(operand);
      size = Operands.size(kind, insn);
      register =
          switch (kind) {
            case RM8, RM16, RM32, RMV, RV_M16 -> insn.rm;
            case R8, R16, R32, RV, Z8, ZV -> insn.reg;
            case AL, AX, AXV -> CpuState.EAX;
            default -> Instruction.NONE;
          };
      address = isMemory() ? out.temp(address(insn, size, true)) : Value.of(0);
    }

    private boolean isMemory() {
      return register == Instruction.NONE;
    }

    int size() {
      return size;
    }

    /** The old value in a temporary, zero-extended. */
    Value read() {
      return out.temp(
          isMemory() ? new Value.Load(size, address, true) : Operands.register(register, size));
    }

    void write(Value value) {
      if (isMemory()) {
        out.store(size, address, value);
      } else {
        setRegister(register, size, value);
      }
    }
  }

  Destination destination(Instruction insn, int operand) {
    return new Destination(insn, operand);
  }

  // --- the stack

  private boolean stack32() {
    return (modeKey & CpuState.MODE_STACK32) != 0;
  }

  /** The linear address of the stack at a distance from the stack pointer. */
  Value stackAddress(int distance, int size, boolean write) {
    final Value offset = Value.add(Value.reg(ESP), distance);
    return linear(SS, stack32() ? offset : Value.and(offset, 0xFFFF), size, write);
  }

  /** Moves the stack pointer. */
  void moveStack(Value distance) {
    setRegister(ESP, stack32() ? 4 : 2, Value.add(Value.reg(ESP), distance));
  }

  void push(int size, Value value) {
    out.store(size, stackAddress(-size, size, true), value);
    moveStack(Value.of(-size));
  }

  /** Loads the top of the stack into a temporary and moves the stack pointer. */
  Value pop(int size) {
    final Value value = out.temp(new Value.Load(size, stackAddress(0, size, false), false));
    moveStack(Value.of(size));
    return value;
  }
}
