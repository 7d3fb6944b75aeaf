package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;

/** Handlers of the system instructions: segment loads, far transfers, interrupts, control registers, ports. */
final class SystemHandlers {
  private SystemHandlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    return null;
  }
}
