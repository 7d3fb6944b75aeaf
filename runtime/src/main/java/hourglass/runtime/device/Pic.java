package hourglass.runtime.device;

import hourglass.runtime.interrupt.InterruptController;

/**
 * The PC's two cascaded 8259A interrupt controllers (Intel 8259A data sheet, order number 231468):
 * the slave's output is the master's input 2, which makes 15 lines of them. ELCR at 4D0h and 4D1h
 * chooses level triggering line by line, as the PCI chip sets have it (Intel 82371SB data sheet,
 * section 2.5.7).
 *
 * <p>An edge-triggered request has to stay high until it is acknowledged; one that goes away before
 * is answered with the spurious vector of input 7.
 */
public final class Pic implements InterruptController, PortBus.PortDevice {
  private static final int CASCADE = 2;
  private static final int ELCR_MASTER = 0x4D0;
  private static final int ELCR_SLAVE = 0x4D1;

  private final Runnable raised;
  private final Controller master = new Controller(1 << CASCADE, 0b1111_1000);
  private final Controller slave = new Controller(0, 0b1101_1110);
  private boolean pending;

  /**
   * Makes the two controllers, not initialised and with nothing requested.
   *
   * @param raised run whenever INTR goes from low to high
   */
  public Pic(Runnable raised) {
    this.raised = raised;
  }

  /** Attaches the controllers to ports 20h, 21h, A0h, A1h, 4D0h and 4D1h. */
  public void attach(PortBus ports) {
    ports.attach(0x20, 0x21, this);
    ports.attach(0xA0, 0xA1, this);
    ports.attach(ELCR_MASTER, ELCR_SLAVE, this);
  }

  /** The wire to an input: 0-15, without 2. */
  public InterruptLine line(int irq) {
    final Controller controller = irq < 8 ? master : slave;
    final int bit = 1 << (irq & 7);
    return high -> {
      controller.setInput(bit, high);
      update();
    };
  }

  /** Puts both controllers into the state at power-on. */
  public void reset() {
    master.powerOn();
    slave.powerOn();
    update();
  }

  @Override
  public boolean isPending() {
    return pending;
  }

  @Override
  public int acknowledge() {
    final int input = master.acknowledge();
    final int vector;
    if (input == CASCADE) {
      vector = slave.vectorBase | slave.acknowledge();
    } else {
      vector = master.vectorBase | input;
    }
    update();
    return vector;
  }

  @Override
  public int readPort(int port) {
    final int value =
        switch (port) {
          case ELCR_MASTER -> master.levelLines;
          case ELCR_SLAVE -> slave.levelLines;
          default -> controllerAt(port).read(port & 1);
        };
    update();
    return value;
  }

  @Override
  public void writePort(int port, int value) {
    switch (port) {
      case ELCR_MASTER -> master.setLevelLines(value);
      case ELCR_SLAVE -> slave.setLevelLines(value);
      default -> controllerAt(port).write(port & 1, value);
    }
    update();
  }

  private Controller controllerAt(int port) {
    return (port & 0x80) == 0 ? master : slave;
  }

  private void update() {
    master.setInput(1 << CASCADE, slave.highestRequest() >= 0);
    final boolean now = master.highestRequest() >= 0;
    final boolean rises = now && !pending;
    pending = now;
    if (rises) {
      raised.run();
    }
  }

  /** One 8259A. Bit n of a register belongs to input n. */
  private static final class Controller {
    private static final int ICW1_ICW4_NEEDED = 1;
    private static final int ICW1_SINGLE = 1 << 1;
    private static final int ICW1_LEVEL = 1 << 3;
    private static final int ICW1 = 1 << 4;
    private static final int ICW4_AUTO_EOI = 1 << 1;
    private static final int ICW4_FULLY_NESTED = 1 << 4;
    private static final int OCW3 = 1 << 3;
    private static final int OCW3_POLL = 1 << 2;

    /** Inputs that other 8259As are wired to. */
    private final int slaves;

    /** Inputs that ELCR can switch to level triggering. */
    private final int elcrMask;

    private int inputs;
    private int requests;
    private int inService;
    private int mask;
    private int levelLines;
    private int vectorBase;

    /** The input with the lowest priority; the one after it has the highest. */
    private int lowest = 7;

    /** The initialisation command word that is expected next, 2 to 4, or 0. */
    private int expectedIcw;

    private boolean initialised;
    private boolean allLevel;
    private boolean single;
    private boolean icw4Needed;
    private boolean autoEoi;
    private boolean rotateOnAutoEoi;
    private boolean specialFullyNested;
    private boolean specialMask;
    private boolean readInService;
    private boolean poll;

    Controller(int slaves, int elcrMask) {
      this.slaves = slaves;
      this.elcrMask = elcrMask;
    }

    void powerOn() {
      initialise(0);
      inputs = 0;
      requests = 0;
      levelLines = 0;
      vectorBase = 0;
      expectedIcw = 0;
      initialised = false;
    }

    void setLevelLines(int value) {
      levelLines = value & elcrMask;
      requests = requests & ~levelLines | inputs & levelLines;
    }

    void setInput(int bit, boolean high) {
      if (high) {
        if ((inputs & bit) == 0 || isLevel(bit)) {
          requests |= bit;
        }
        inputs |= bit;
      } else {
        inputs &= ~bit;
        requests &= ~bit;
      }
    }

    /**
     * A slave's output stays high for its next request, so its input behaves as if level-triggered.
     */
    private boolean isLevel(int bit) {
      return allLevel || ((levelLines | slaves) & bit) != 0;
    }

    /** The input to be served next, or -1 where none may interrupt now. */
    int highestRequest() {
      final int wanted = requests & ~mask;
      if (wanted == 0 || !initialised || expectedIcw != 0) {
        return -1;
      }
      for (int i = 1; i <= 8; i++) {
        final int input = lowest + i & 7;
        final int bit = 1 << input;
        final boolean isWanted = (wanted & bit) != 0;
        if ((inService & bit) == 0) {
          if (isWanted) {
            return input;
          }
        } else if (isWanted && specialFullyNested && (slaves & bit) != 0) {
          return input;
        } else if (!specialMask) {
          return -1;
        }
      }
      return -1;
    }

    /** The acknowledge cycle: the input served, 7 where the request has gone. */
    int acknowledge() {
      final int input = highestRequest();
      if (input < 0) {
        return 7;
      }
      final int bit = 1 << input;
      if (!isLevel(bit)) {
        requests &= ~bit;
      }
      if (!autoEoi) {
        inService |= bit;
      } else if (rotateOnAutoEoi) {
        lowest = input;
      }
      return input;
    }

    int read(int address) {
      if (poll) {
        poll = false;
        final boolean requested = highestRequest() >= 0;
        return requested ? 0x80 | acknowledge() : 0;
      }
      if (address == 1) {
        return mask;
      }
      return readInService ? inService : requests;
    }

    void write(int address, int value) {
      if (address == 0) {
        if ((value & ICW1) != 0) {
          initialise(value);
        } else if ((value & OCW3) != 0) {
          writeOcw3(value);
        } else {
          writeOcw2(value);
        }
        return;
      }
      switch (expectedIcw) {
        case 2 -> {
          vectorBase = value & 0xF8;
          expectedIcw = single ? afterIcw3() : 3;
        }
        case 3 -> expectedIcw = afterIcw3();
        case 4 -> {
          autoEoi = (value & ICW4_AUTO_EOI) != 0;
          specialFullyNested = (value & ICW4_FULLY_NESTED) != 0;
          expectedIcw = 0;
        }
        default -> mask = value;
      }
    }

    private int afterIcw3() {
      return icw4Needed ? 4 : 0;
    }

    private void initialise(int icw1) {
      initialised = true;
      expectedIcw = 2;
      icw4Needed = (icw1 & ICW1_ICW4_NEEDED) != 0;
      single = (icw1 & ICW1_SINGLE) != 0;
      allLevel = (icw1 & ICW1_LEVEL) != 0;
      // The edge sense circuit is reset: a line has to rise again to be seen.
      requests = allLevel ? inputs : requests & (levelLines | slaves);
      inService = 0;
      mask = 0;
      lowest = 7;
      autoEoi = false;
      rotateOnAutoEoi = false;
      specialFullyNested = false;
      specialMask = false;
      readInService = false;
      poll = false;
    }

    private void writeOcw3(int value) {
      if ((value & OCW3_POLL) != 0) {
        poll = true;
      }
      if ((value & 0b10) != 0) {
        readInService = (value & 1) != 0;
      }
      if ((value & 0x40) != 0) {
        specialMask = (value & 0x20) != 0;
      }
    }

    private void writeOcw2(int value) {
      final int input = value & 7;
      switch (value >>> 5) {
        case 0b000 -> rotateOnAutoEoi = false;
        case 0b001 -> endHighest(false);
        case 0b011 -> inService &= ~(1 << input);
        case 0b100 -> rotateOnAutoEoi = true;
        case 0b101 -> endHighest(true);
        case 0b110 -> lowest = input;
        case 0b111 -> {
          inService &= ~(1 << input);
          lowest = input;
        }
        default -> {
          // 0b010 is no operation.
        }
      }
    }

    /** The non-specific end of interrupt. In special mask mode, masked inputs stay in service. */
    private void endHighest(boolean rotate) {
      final int candidates = specialMask ? inService & ~mask : inService;
      for (int i = 1; i <= 8; i++) {
        final int input = lowest + i & 7;
        if ((candidates & 1 << input) != 0) {
          inService &= ~(1 << input);
          if (rotate) {
            lowest = input;
          }
          return;
        }
      }
    }
  }
}
