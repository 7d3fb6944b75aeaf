package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Decimal;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;

/** AAA, AAD, AAM, AAS, DAA and DAS. */
final class DecimalHandlers {
  private DecimalHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case AAA -> (c, i) -> set(c.state, Decimal.aaa(ax(c.state), flags(c.state)));
      case AAS -> (c, i) -> set(c.state, Decimal.aas(ax(c.state), flags(c.state)));
      case DAA -> (c, i) -> set(c.state, Decimal.daa(ax(c.state), flags(c.state)));
      case DAS -> (c, i) -> set(c.state, Decimal.das(ax(c.state), flags(c.state)));
      case AAD -> (c, i) -> set(c.state, Decimal.aad(ax(c.state), i.immediate & 0xFF));
      case AAM ->
          (c, i) -> {
            if ((i.immediate & 0xFF) == 0) {
              throw c.state.fault.of(GuestFault.DIVIDE_ERROR);
            }
            set(c.state, Decimal.aam(ax(c.state), i.immediate & 0xFF));
          };
      default -> null;
    };
  }

  private static int ax(CpuState s) {
    return s.reg[EAX] & 0xFFFF;
  }

  private static int flags(CpuState s) {
    return Flags.materialize(s.flagResult, s.flagAux);
  }

  private static void set(CpuState s, int flagsAndAx) {
    Registers.set16(s.reg, EAX, flagsAndAx);
    s.setArithmeticFlags(flagsAndAx >>> 16);
  }
}
