package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;

/** Handlers of the x87 instructions, WAIT, FXSAVE and FXRSTOR. */
final class X87Handlers {
  private X87Handlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    return null;
  }
}
