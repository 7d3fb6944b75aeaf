package hourglass.runtime.interrupt;

import hourglass.runtime.engine.Processor;

/** Far jumps, calls and returns, IRET, SYSENTER and SYSEXIT, through gates and task switches (Intel SDM volume 3, chapters 5 to 7). */
public final class FarTransfers {
  private final Processor cpu;

  public FarTransfers(Processor cpu) {
    this.cpu = cpu;
  }
}
