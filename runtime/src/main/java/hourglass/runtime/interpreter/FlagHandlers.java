package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;

/** CLC, STC, CMC, CLD, STD, LAHF, SAHF and SALC. */
final class FlagHandlers {
  private static final int AH = 4;

  private FlagHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case CLC -> (c, i) -> c.state.flagAux = Flags.withCarry(c.state.flagAux, false);
      case STC -> (c, i) -> c.state.flagAux = Flags.withCarry(c.state.flagAux, true);
      case CMC ->
          (c, i) ->
              c.state.flagAux = Flags.withCarry(c.state.flagAux, !Flags.carry(c.state.flagAux));
      case CLD -> (c, i) -> c.state.systemFlags &= ~Flags.DF;
      case STD -> (c, i) -> c.state.systemFlags |= Flags.DF;
      case LAHF -> (c, i) -> Registers.set8(c.state.reg, AH, c.state.eflags());
      case SAHF -> FlagHandlers::storeFlags;
      case SALC -> (c, i) -> Registers.set8(c.state.reg, EAX, c.state.flagAux >> 31);
      default -> null;
    };
  }

  private static void storeFlags(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int overflow = Flags.overflow(s.flagAux) ? Flags.OF : 0;
    s.setArithmeticFlags(Registers.get8(s.reg, AH) | overflow);
  }
}
