package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.CS;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;

/**
 * Handlers of the x87 instructions, WAIT, FXSAVE and FXRSTOR.
 *
 * <p>A handler first reports what must come before the instruction, then accesses memory, and only
 * then lets {@link hourglass.translator.cpu.x87.X87Operations} change the unit's state.
 */
final class X87Handlers {
  private X87Handlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    Handler handler = X87ArithmeticHandlers.find(insn);
    if (handler == null) {
      handler = X87TransferHandlers.find(insn);
    }
    return handler != null ? handler : X87ControlHandlers.find(insn);
  }

  /**
   * Begins a waiting instruction.
   *
   * @throws GuestFault #NM where the unit is switched away or absent, #MF where an exception is
   *     pending
   */
  static X87State waiting(Processor cpu) {
    final X87State f = available(cpu);
    if (f.isErrorPending()) {
      reportError(cpu.state);
    }
    return f;
  }

  /**
   * Begins an instruction that does not wait for pending exceptions.
   *
   * @throws GuestFault #NM where the unit is switched away or absent
   */
  static X87State available(Processor cpu) {
    final CpuState state = cpu.state;
    if ((state.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0) {
      throw state.fault.of(GuestFault.NO_FPU);
    }
    return state.fpu;
  }

  /** Reports a pending exception: #MF, or FERR# where CR0.NE is clear. */
  static void reportError(CpuState state) {
    if ((state.cr0 & CpuState.CR0_NE) != 0) {
      throw state.fault.of(GuestFault.FPU_ERROR);
    }
    if (state.inRegion) {
      throw state.fault.of(GuestFault.REEXECUTE); // the slice cannot end in the middle of a block
    }
    state.fpu.ferr = true;
    state.endSlice(); // so that the board sees it
  }

  /** Remembers where the instruction is, for FNSTENV. */
  static void note(Processor cpu, Instruction insn) {
    final CpuState state = cpu.state;
    final X87State f = state.fpu;
    f.lastInstructionOffset = state.eip;
    f.lastInstructionSelector = state.segment[CS].selector;
    f.lastOpcode = insn.x87Opcode;
  }

  /** As {@link #note}, with the memory operand. */
  static void note(Processor cpu, Instruction insn, int offset) {
    note(cpu, insn);
    cpu.state.fpu.lastDataOffset = offset;
    cpu.state.fpu.lastDataSelector = cpu.state.segment[insn.segment].selector;
  }
}
