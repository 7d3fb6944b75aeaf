package hourglass.runtime.device;

import hourglass.translator.cpu.x87.X87State;

/**
 * What stands between the x87 unit's FERR# and IRQ 13 in a PC, for systems that leave CR0.NE clear:
 * FERR# raises the line, and a write to port F0h lowers it and lets the handler use the unit,
 * through IGNNE#, until no exception is pending any more (Intel SDM volume 1, appendix D.2).
 */
public final class NumericError {
  private static final int PORT = 0xF0;

  private final X87State fpu;
  private final InterruptLine line;

  public NumericError(X87State fpu, InterruptLine line) {
    this.fpu = fpu;
    this.line = line;
  }

  public void attach(PortBus ports) {
    ports.attach(PORT, PORT, new ClearPort());
  }

  public void reset() {
    line.set(false);
  }

  /** Looks at FERR#; to be called after every slice, since FERR# ends one. */
  public void update() {
    if (fpu.ferr && !fpu.ignne) {
      line.set(true);
    }
  }

  private final class ClearPort implements PortBus.PortDevice {
    @Override
    public int readPort(int port) {
      return 0xFF;
    }

    @Override
    public void writePort(int port, int value) {
      fpu.ignne = fpu.ferr;
      line.set(false);
    }
  }
}
