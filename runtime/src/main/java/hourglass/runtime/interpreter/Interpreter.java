package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;

/**
 * Executes one instruction at a time, uncached and with every check: the engine's last resort, used for single stepping,
 * debug registers, interrupt shadows and code outside RAM.
 */
public final class Interpreter {
  private final Processor cpu;

  public Interpreter(Processor cpu) {
    this.cpu = cpu;
  }

  /**
   * Fetches, decodes and executes the instruction at CS:EIP, delivers the exception it raises, and the debug trap after it
   * (EFLAGS.TF, DR0-DR3). Counts one instruction against the budget.
   */
  public void step() {
    throw new UnsupportedOperationException();
  }
}
