package hourglass.runtime.interrupt;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.GuestFault;

/** Delivers exceptions and interrupts through the IDT or the real-mode vector table (Intel SDM volume 3, chapter 6). */
public final class Interrupts {
  private final Processor cpu;

  public Interrupts(Processor cpu) {
    this.cpu = cpu;
  }

  /**
   * Delivers an exception that the instruction at {@code state.eip} raised; afterwards {@code state.eip} is the handler's
   * first instruction. A fault on the way becomes a double fault.
   *
   * @throws TripleFault where delivering the double fault faults too
   */
  public void exception(GuestFault fault) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes an interrupt from the interrupt controller between two instructions: {@code state.eip} is the address to come back
   * to. Ends HLT.
   *
   * @throws TripleFault as {@link #exception}
   */
  public void hardware(int vector) {
    throw new UnsupportedOperationException();
  }

  /**
   * INT n, INT3 and INTO: the return address is {@code state.nextEip}; sets it to the handler.
   *
   * @throws GuestFault where the gate forbids it
   */
  public void software(int vector) {
    throw new UnsupportedOperationException();
  }

  /** Whether an interrupt can be taken before the next instruction: one is pending, IF is set, no shadow. */
  public boolean canTake() {
    return cpu.interruptController.isPending();
  }
}
