package hourglass.runtime.interrupt;

/**
 * A fault while delivering a double fault: the processor shuts down (Intel SDM volume 3, section
 * 6.15, interrupt 8).
 */
public final class TripleFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TripleFault() {
    super("triple fault", null, false, false);
  }
}
