package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;

/**
 * Handlers of CLI, STI and POPF, whose effect IOPL and the virtual-8086 and protected-mode
 * interrupt extensions decide (Intel SDM volume 3, sections 20.3 and 20.4).
 */
final class InterruptFlagHandlers {
  private static final int POPF_ANY = Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT;
  private static final int POPF_ANY_UPPER = Flags.AC | Flags.ID;

  private InterruptFlagHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case CLI -> InterruptFlagHandlers::cli;
      case STI -> InterruptFlagHandlers::sti;
      case POPF -> InterruptFlagHandlers::popf;
      default -> null;
    };
  }

  private static void cli(Processor cpu, Instruction insn) {
    cpu.state.systemFlags &= mayChangeIf(cpu.state) ? ~Flags.IF : ~Flags.VIF;
  }

  private static void sti(Processor cpu, Instruction insn) {
    final CpuState state = cpu.state;
    final int before = state.systemFlags;
    if (mayChangeIf(state)) {
      if ((before & Flags.IF) == 0) {
        state.systemFlags = before | Flags.IF;
        state.interruptShadow = true;
        cpu.interrupts.flagsChanged(before);
      }
    } else if ((before & Flags.VIP) != 0) {
      throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    } else {
      state.systemFlags = before | Flags.VIF;
    }
  }

  /**
   * Whether CLI and STI change IF; where not, they change VIF.
   *
   * @throws GuestFault #GP(0) where they may change neither
   */
  private static boolean mayChangeIf(CpuState state) {
    if (state.cpl <= ioPrivilege(state)) {
      return true;
    }
    final int extension = state.isVirtual8086() ? CpuState.CR4_VME : CpuState.CR4_PVI;
    if (state.cpl != 3 || (state.cr4 & extension) == 0) {
      throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    return false;
  }

  private static int ioPrivilege(CpuState state) {
    return (state.systemFlags & Flags.IOPL) >> 12;
  }

  /**
   * In virtual-8086 mode with IOPL below 3: whether the extensions apply; #GP(0) where they do not.
   */
  private static boolean isVirtualized(CpuState state, Instruction insn) {
    if (!state.isVirtual8086() || (state.systemFlags & Flags.IOPL) == Flags.IOPL) {
      return false;
    }
    if (insn.operandSize == 32 || (state.cr4 & CpuState.CR4_VME) == 0) {
      throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    return true;
  }

  private static void popf(Processor cpu, Instruction insn) {
    final CpuState state = cpu.state;
    final boolean virtualized = isVirtualized(state, insn);
    final int size = insn.operandSize;
    int image = Stack.top(cpu, size);
    int mask = size == 32 ? POPF_ANY | POPF_ANY_UPPER : POPF_ANY;
    if (virtualized) {
      image = cpu.farTransfers.virtualInterruptImage(image);
      mask |= Flags.VIF;
    } else if (state.cpl == 0) {
      mask |= Flags.IF | Flags.IOPL;
    } else if (state.cpl <= ioPrivilege(state)) {
      mask |= Flags.IF;
    }
    Stack.move(state, size >> 3);
    state.systemFlags &= ~Flags.RF;
    cpu.interrupts.replaceFlags(image, mask);
  }
}
