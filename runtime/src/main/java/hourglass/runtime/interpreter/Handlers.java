package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;

/** Finds the handler of a decoded instruction. */
public final class Handlers {
  private Handlers() {}

  /**
   * The handler of an instruction, chosen once when it is decoded; every form of the instruction
   * table has one.
   */
  public static Handler of(Instruction insn) {
    Handler handler = IntegerHandlers.find(insn);
    if (handler == null) {
      handler = SystemHandlers.find(insn);
    }
    if (handler == null) {
      handler = X87Handlers.find(insn);
    }
    if (handler == null) {
      handler = SimdHandlers.find(insn);
    }
    if (handler == null) {
      throw new IllegalStateException("no handler for " + insn.form);
    }
    return handler;
  }
}
