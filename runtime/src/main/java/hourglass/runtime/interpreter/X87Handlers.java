package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.x87.X87Access;
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

  /** Begins a waiting instruction, see {@link X87Access#waiting}. */
  static X87State waiting(Processor cpu) {
    return X87Access.waiting(cpu.state);
  }

  /** Begins an instruction that does not wait for pending exceptions. */
  static X87State available(Processor cpu) {
    return X87Access.available(cpu.state);
  }

  /** Remembers where the instruction is, for FNSTENV. */
  static void note(Processor cpu, Instruction insn) {
    X87Access.note(cpu.state, insn.x87Opcode, cpu.state.eip);
  }

  /** As {@link #note(Processor, Instruction)}, with the memory operand. */
  static void note(Processor cpu, Instruction insn, int offset) {
    X87Access.note(cpu.state, insn.x87Opcode, cpu.state.eip, insn.segment, offset);
  }
}
