package hourglass.runtime.device;

/**
 * The gate in address line 20, set by both the 8042 and port 92h, the last one to write wins. Open
 * after power-on: what a guest is loaded by has opened it.
 */
public final class A20Gate {
  private final Listener listener;
  private boolean open = true;

  /** Told of changes. */
  @FunctionalInterface
  public interface Listener {
    void a20Changed(boolean open);
  }

  public A20Gate(Listener listener) {
    this.listener = listener;
  }

  /** Whether line 20 is let through. */
  public boolean isOpen() {
    return open;
  }

  public void set(boolean open) {
    if (open != this.open) {
      this.open = open;
      listener.a20Changed(open);
    }
  }
}
