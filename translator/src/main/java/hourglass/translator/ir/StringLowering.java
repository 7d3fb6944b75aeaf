package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESI;

import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Instruction;
import java.util.List;

/**
 * Lowers MOVS, STOS, LODS, CMPS and SCAS without a repeat prefix; and repeated, in flat segments,
 * MOVS and STOS, whose elements mostly are few. Other repeated ones are the interpreter's.
 */
final class StringLowering {
  private static final int DF_SHIFT = Integer.numberOfTrailingZeros(Flags.DF);

  private final BlockBuilder out;
  private final Operands operands;

  StringLowering(BlockBuilder out, Operands operands) {
    this.out = out;
    this.operands = operands;
  }

  /** Lowers one of the five; false where it is the interpreter's. */
  boolean lower(Instruction insn) {
    final int size = Operands.size(insn.operand(0), insn);
    if (insn.repeat != Instruction.NO_REPEAT) {
      return repeated(size, insn);
    }
    switch (insn.mnemonic) {
      case MOVS -> {
        final Value element = load(insn.segment, ESI, size, insn);
        store(element, size, insn);
        advance(size, insn, ESI, EDI);
      }
      case STOS -> {
        store(Value.reg(EAX), size, insn);
        advance(size, insn, EDI);
      }
      case LODS -> {
        operands.setRegister(EAX, size, load(insn.segment, ESI, size, insn));
        advance(size, insn, ESI);
      }
      case CMPS -> {
        final Value left = load(insn.segment, ESI, size, insn);
        final Value right = load(ES, EDI, size, insn);
        advance(size, insn, ESI, EDI);
        compare(size, left, right);
      }
      default -> { // SCAS
        final Value left = out.temp(Operands.register(EAX, size));
        final Value right = load(ES, EDI, size, insn);
        advance(size, insn, EDI);
        compare(size, left, right);
      }
    }
    return true;
  }

  private boolean repeated(int size, Instruction insn) {
    if (insn.addressSize != 32 || !operands.isFlat(insn)) {
      return false;
    }
    final Value bytes = Value.shl(Value.reg(ECX), Integer.numberOfTrailingZeros(size));
    switch (insn.mnemonic) {
      case MOVS -> {
        perform(StringRoutine.MOVE, Value.reg(ESI), Value.reg(EDI), size);
        out.set(ESI, Value.add(Value.reg(ESI), bytes));
      }
      case STOS -> perform(StringRoutine.STORE, Value.reg(EDI), Value.reg(EAX), size);
      default -> {
        return false;
      }
    }
    out.set(EDI, Value.add(Value.reg(EDI), bytes));
    out.set(ECX, Value.of(0));
    return true;
  }

  private void perform(StringRoutine routine, Value first, Value second, int size) {
    out.add(
        new Op.Perform(
            new Value.Invoke(routine, List.of(first, second, Value.of(size), Value.reg(ECX)))));
  }

  private Value load(int segment, int index, int size, Instruction insn) {
    return out.temp(new Value.Load(size, address(segment, index, size, insn, false), false));
  }

  private void store(Value value, int size, Instruction insn) {
    out.store(size, address(ES, EDI, size, insn, true), value);
  }

  private Value address(int segment, int index, int size, Instruction insn, boolean write) {
    return operands.linear(segment, Operands.register(index, insn.addressSize / 8), size, write);
  }

  /** Moves index registers by an element, down where DF is set. */
  private void advance(int size, Instruction insn, int... indexes) {
    final Value down = Value.and(Value.shr(new Value.SystemFlags(), DF_SHIFT), 1);
    final int doubled = Integer.numberOfTrailingZeros(2 * size);
    final Value distance = out.temp(Value.sub(Value.of(size), Value.shl(down, doubled)));
    for (int index : indexes) {
      operands.setRegister(index, insn.addressSize / 8, Value.add(Value.reg(index), distance));
    }
  }

  private void compare(int size, Value left, Value right) {
    out.setComparisonFlags(size, left, right, out.temp(Value.sub(left, right)));
  }
}
