package hourglass.runtime.device;

import java.util.function.IntConsumer;

/**
 * A 16550A serial port (National Semiconductor PC16550D data sheet), eight ports from its base
 * address.
 *
 * <p>Sending takes no time: a byte is with the receiver when it has been written, and the
 * transmitter is empty again. Bytes from the other end arrive at the programmed speed, and only
 * while the guest is ready for them: RTS is raised, or a guest that leaves the modem lines alone
 * has enabled receive interrupts. So nothing is lost that was sent before a guest has set its port
 * up, or faster than it reads.
 */
public final class Uart implements PortBus.PortDevice {
  private static final int IER_RECEIVED = 1;
  private static final int IER_TRANSMIT = 1 << 1;
  private static final int IER_LINE = 1 << 2;
  private static final int IER_MODEM = 1 << 3;

  private static final int IIR_NONE = 1;
  private static final int IIR_MODEM = 0;
  private static final int IIR_TRANSMIT = 2;
  private static final int IIR_RECEIVED = 4;
  private static final int IIR_LINE = 6;
  private static final int IIR_TIMEOUT = 12;

  private static final int LCR_DIVISOR = 0x80;

  private static final int MCR_DTR = 1;
  private static final int MCR_RTS = 1 << 1;
  private static final int MCR_OUT2 = 1 << 3;
  private static final int MCR_LOOP = 1 << 4;

  private static final int LSR_READY = 1;
  private static final int LSR_OVERRUN = 1 << 1;
  private static final int LSR_TRANSMITTER_EMPTY = 0x60;

  /** MSR with a terminal at the other end: DCD, DSR, CTS. */
  private static final int CONNECTED = 0xB0;

  private static final int FIFO_SIZE = 16;
  private static final int[] TRIGGER = {1, 4, 8, 14};

  private static final Frequency BAUD_CLOCK = Frequency.ofHertz(115_200);
  private static final int BITS_PER_CHARACTER = 10;

  private final Timeline timeline;
  private final InterruptLine irq;
  private final IntConsumer output;
  private final ByteQueue input;
  private final boolean connected;
  private final Timeline.Timer arrival;
  private final Timeline.Timer timeout;

  private final ByteQueue fifo = new ByteQueue();
  private int divisor;
  private int ier;
  private int lcr;
  private int mcr;
  private int scratch;
  private int modemStatus;
  private int modemDeltas;
  private int trigger;
  private boolean fifoEnabled;
  private boolean overrun;
  private boolean transmitInterrupt;
  private boolean timedOut;
  private boolean lineBusy;

  /** A port with something at the other end. */
  public Uart(Timeline timeline, InterruptLine irq, IntConsumer output) {
    this(timeline, irq, output, true);
  }

  private Uart(Timeline timeline, InterruptLine irq, IntConsumer output, boolean connected) {
    this.timeline = timeline;
    this.irq = irq;
    this.output = output;
    this.connected = connected;
    input = new ByteQueue();
    arrival = timeline.newTimer(this::arrive);
    timeout = timeline.newTimer(this::timeOut);
    reset();
  }

  /** A port with nothing plugged in: what is sent is lost, and the modem lines are low. */
  public static Uart unconnected(Timeline timeline, InterruptLine irq) {
    return new Uart(timeline, irq, b -> {}, false);
  }

  /** Attaches the port to eight ports from {@code base}. */
  public void attach(PortBus ports, int base) {
    ports.attach(base, base + 7, this);
  }

  /** The master reset. Bytes that have not arrived yet are kept. */
  public void reset() {
    divisor = 12; // 9,600 baud, as a PC's firmware leaves it
    ier = 0;
    lcr = 3;
    mcr = 0;
    modemStatus = connected ? CONNECTED : 0;
    modemDeltas = 0;
    fifoEnabled = false;
    trigger = 1;
    transmitInterrupt = false;
    clearReceiver();
    update();
  }

  /** The other end sends a byte. On the thread that runs the guest. */
  public void receive(int b) {
    input.add(b);
    schedule();
  }

  /** How many bytes of {@link #receive} the port has not taken. */
  public int untaken() {
    return input.size();
  }

  @Override
  public int readPort(int port) {
    final boolean divisorAccess = (lcr & LCR_DIVISOR) != 0;
    switch (port & 7) {
      case 0:
        return divisorAccess ? divisor & 0xFF : readReceiver();
      case 1:
        return divisorAccess ? divisor >> 8 : ier;
      case 2:
        return readInterruptIdentification();
      case 3:
        return lcr;
      case 4:
        return mcr;
      case 5:
        return readLineStatus();
      case 6:
        final int status = modemLines() | modemDeltas;
        modemDeltas = 0;
        update();
        return status;
      default:
        return scratch;
    }
  }

  @Override
  public void writePort(int port, int value) {
    final boolean divisorAccess = (lcr & LCR_DIVISOR) != 0;
    switch (port & 7) {
      case 0 -> {
        if (divisorAccess) {
          divisor = divisor & 0xFF00 | value;
        } else {
          transmit(value);
        }
      }
      case 1 -> {
        if (divisorAccess) {
          divisor = divisor & 0xFF | value << 8;
        } else {
          // Enabling the interrupt of an empty transmitter raises it, each time.
          if ((value & ~ier & IER_TRANSMIT) != 0) {
            transmitInterrupt = true;
          }
          ier = value & 0x0F;
        }
      }
      case 2 -> writeFifoControl(value);
      case 3 -> lcr = value;
      case 4 -> writeModemControl(value & 0x1F);
      case 7 -> scratch = value;
      default -> {
        // LSR and MSR are read only.
      }
    }
    update();
    schedule();
  }

  private int readReceiver() {
    final int value = fifo.isEmpty() ? 0 : fifo.remove();
    timedOut = false;
    restartTimeout();
    update();
    schedule();
    return value;
  }

  private int readInterruptIdentification() {
    final int pending = highestInterrupt();
    if (pending == IIR_TRANSMIT) {
      transmitInterrupt = false;
      update();
    }
    return pending | (fifoEnabled ? 0xC0 : 0);
  }

  private int readLineStatus() {
    final int status =
        LSR_TRANSMITTER_EMPTY | (fifo.isEmpty() ? 0 : LSR_READY) | (overrun ? LSR_OVERRUN : 0);
    if (overrun) {
      overrun = false;
      update();
    }
    return status;
  }

  private void transmit(int value) {
    transmitInterrupt = false;
    update();
    if ((mcr & MCR_LOOP) != 0) {
      accept(value);
    } else {
      output.accept(value);
    }
    transmitInterrupt = true;
  }

  private void writeFifoControl(int value) {
    final boolean enable = (value & 1) != 0;
    if (enable != fifoEnabled || (value & 2) != 0) {
      clearReceiver();
    }
    fifoEnabled = enable;
    trigger = enable ? TRIGGER[value >> 6] : 1;
  }

  private void writeModemControl(int value) {
    final int before = modemLines();
    mcr = value;
    final int changed = (before ^ modemLines()) >> 4;
    // The ring indicator's delta is set by its trailing edge only.
    modemDeltas |= changed & (before >> 4 & 4 | 0b1011);
  }

  /** The upper half of MSR; in loopback mode it shows MCR's outputs. */
  private int modemLines() {
    if ((mcr & MCR_LOOP) == 0) {
      return modemStatus;
    }
    return (mcr & MCR_RTS) << 3 | (mcr & MCR_DTR) << 5 | (mcr & 0b1100) << 4;
  }

  private void clearReceiver() {
    fifo.clear();
    overrun = false;
    timedOut = false;
    timeout.cancel();
  }

  /** A byte has come in. */
  private void accept(int value) {
    if (fifo.size() >= (fifoEnabled ? FIFO_SIZE : 1)) {
      overrun = true;
      if (!fifoEnabled) {
        fifo.clear();
        fifo.add(value);
      }
    } else {
      fifo.add(value);
    }
    restartTimeout();
  }

  private boolean isReadyToReceive() {
    final int lines = mcr & (MCR_DTR | MCR_RTS | MCR_LOOP);
    return (lines & MCR_LOOP) == 0
        && ((lines & MCR_RTS) != 0 || lines == 0 && (ier & IER_RECEIVED) != 0)
        && fifo.size() < (fifoEnabled ? FIFO_SIZE : 1);
  }

  /**
   * Lets the next byte arrive, where there is one and the guest is ready, after the one on the
   * line.
   */
  private void schedule() {
    if (!lineBusy && !input.isEmpty() && isReadyToReceive()) {
      accept(input.remove());
      lineBusy = true;
      arrival.set(timeline.now() + characterTime());
      update();
    }
  }

  private void arrive() {
    lineBusy = false;
    schedule();
  }

  /**
   * With a FIFO that stays below its trigger level, an interrupt comes after four character times.
   */
  private void restartTimeout() {
    if (fifoEnabled && !fifo.isEmpty()) {
      timeout.set(timeline.now() + 4 * characterTime());
    } else {
      timeout.cancel();
    }
  }

  private void timeOut() {
    timedOut = true;
    update();
  }

  private long characterTime() {
    return BAUD_CLOCK.nanosOf((long) BITS_PER_CHARACTER * Math.max(1, divisor));
  }

  private int highestInterrupt() {
    if (overrun && (ier & IER_LINE) != 0) {
      return IIR_LINE;
    }
    if ((ier & IER_RECEIVED) != 0) {
      if (fifo.size() >= trigger) {
        return IIR_RECEIVED;
      }
      if (timedOut) {
        return IIR_TIMEOUT;
      }
    }
    if (transmitInterrupt && (ier & IER_TRANSMIT) != 0) {
      return IIR_TRANSMIT;
    }
    return modemDeltas != 0 && (ier & IER_MODEM) != 0 ? IIR_MODEM : IIR_NONE;
  }

  /** OUT2 switches the interrupt through to the bus; in loopback mode it is low. */
  private void update() {
    irq.set((mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2 && highestInterrupt() != IIR_NONE);
  }
}
