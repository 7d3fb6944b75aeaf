package hourglass.runtime.interrupt;

/** What the processor sees of the interrupt controller: the INTR line and the acknowledge cycle. */
public interface InterruptController {
  /** Whether INTR is asserted. */
  boolean isPending();

  /** Runs the acknowledge cycle and returns the vector, 0-255 (spurious interrupts included). */
  int acknowledge();
}
