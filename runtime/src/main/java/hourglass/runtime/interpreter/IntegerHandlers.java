package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;

/** Handlers of the user-mode integer instructions: moves, arithmetic, logic, shifts, strings, near branches, stack. */
final class IntegerHandlers {
  private IntegerHandlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    return null;
  }
}
