package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;

/** NOP, BOUND, and what is no instruction. */
final class TrapHandlers {
  private TrapHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case NOP -> (c, i) -> {};
      case BOUND -> TrapHandlers::bound;
      case UD0, UD1, UD2, INVALID ->
          (c, i) -> {
            throw c.state.fault.of(GuestFault.INVALID_OPCODE);
          };
      case TOO_LONG ->
          (c, i) -> {
            throw c.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
          };
      default -> null;
    };
  }

  /** Below the lower bound, the upper one is not read. */
  private static void bound(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int offset = cpu.offset(insn);
    final boolean inside;
    if (insn.operandSize == 32) {
      final int value = s.reg[insn.reg];
      inside =
          cpu.read32(insn.segment, offset) <= value
              && value <= cpu.read32(insn.segment, second(insn, offset + 4));
    } else {
      final short value = (short) s.reg[insn.reg];
      inside =
          (short) cpu.read16(insn.segment, offset) <= value
              && value <= (short) cpu.read16(insn.segment, second(insn, offset + 2));
    }
    if (!inside) {
      throw s.fault.of(GuestFault.BOUND);
    }
  }

  private static int second(Instruction insn, int offset) {
    return insn.addressSize == 32 ? offset : offset & 0xFFFF;
  }
}
