package hourglass.runtime.device;

/**
 * What a PC's chip set answers beside the chips with a name: system control port B (61h: speaker
 * and counter 2), system control port A (92h: A20 and fast reset), the reset control register
 * (CF9h), and a port that ends the run (F4h).
 */
public final class SystemPorts {
  private static final int REFRESH_HALF_PERIOD = 15_085;

  private final Timeline timeline;
  private final Pit pit;
  private final A20Gate a20;
  private final MachineControl machine;
  private boolean speaker;
  private int resetControl;

  public SystemPorts(Timeline timeline, Pit pit, A20Gate a20, MachineControl machine) {
    this.timeline = timeline;
    this.pit = pit;
    this.a20 = a20;
    this.machine = machine;
  }

  public void attach(PortBus ports) {
    ports.attach(0x61, 0x61, new SpeakerPort());
    ports.attach(0x92, 0x92, new FastControlPort());
    ports.attach(0xCF8, 0xCFB, new ResetControlPort());
    ports.attach(0xF4, 0xF7, new DebugExitPort());
  }

  public void reset() {
    speaker = false;
    resetControl = 0;
    pit.setGate2(false);
  }

  /**
   * Bit 0 gate of counter 2, 1 speaker, 4 toggles with every memory refresh, 5 output of counter 2.
   */
  private final class SpeakerPort implements PortBus.PortDevice {
    @Override
    public int readPort(int port) {
      final long refresh = timeline.now() / REFRESH_HALF_PERIOD & 1;
      return (pit.gate2() ? 1 : 0)
          | (speaker ? 2 : 0)
          | (int) refresh << 4
          | (pit.out2() ? 0x20 : 0);
    }

    @Override
    public void writePort(int port, int value) {
      pit.setGate2((value & 1) != 0);
      speaker = (value & 2) != 0;
    }
  }

  /** Bit 0 resets when it is set, bit 1 is the A20 gate. */
  private final class FastControlPort implements PortBus.PortDevice {
    @Override
    public int readPort(int port) {
      return a20.isOpen() ? 2 : 0;
    }

    @Override
    public void writePort(int port, int value) {
      a20.set((value & 2) != 0);
      if ((value & 1) != 0) {
        machine.reset();
      }
    }
  }

  /**
   * CF9h: bit 2 going high resets. It answers to bytes only; wider accesses are meant for the PCI
   * configuration address register at the same place, which this board does not have.
   */
  private final class ResetControlPort implements PortBus.PortDevice {
    private static final int PORT = 0xCF9;
    private static final int RESET = 4;

    @Override
    public int readPort(int port) {
      return port == PORT ? resetControl : 0xFF;
    }

    @Override
    public void writePort(int port, int value) {
      if (port == PORT) {
        final boolean resets = (value & ~resetControl & RESET) != 0;
        resetControl = value & 0x0E;
        if (resets) {
          machine.reset();
        }
      }
    }

    @Override
    public int readPortWide(int port, int size) {
      return size == 2 ? 0xFFFF : -1;
    }

    @Override
    public void writePortWide(int port, int value, int size) {}
  }

  /** Writing n, of any size, to F4h ends the run. */
  private final class DebugExitPort implements PortBus.PortDevice {
    private static final int PORT = 0xF4;

    @Override
    public int readPort(int port) {
      return 0xFF;
    }

    @Override
    public void writePort(int port, int value) {
      writePortWide(port, value, 1);
    }

    @Override
    public void writePortWide(int port, int value, int size) {
      if (port == PORT) {
        machine.exit(value);
      }
    }
  }
}
