package hourglass.runtime.device;

/**
 * The 8254 programmable interval timer (Intel 8254 data sheet, order number 231164): three counters
 * at ports 40h-42h, the control word at 43h. Counter 0 drives IRQ 0; the gates of counters 0 and 1
 * are tied high, that of counter 2 hangs on port 61h.
 */
public final class Pit implements PortBus.PortDevice {
  /** The input clock: a twelfth of the 14.31818 MHz oscillator. */
  public static final Frequency CLOCK = Frequency.ofHertz(1_193_182);

  private static final int CONTROL = 0x43;

  /**
   * How far interrupts may fall behind the clock, in nanoseconds, before the missed ones are given
   * up.
   */
  private static final long LONGEST_LAG = 1_000_000_000L;

  private final Timeline timeline;
  private final InterruptLine irq0;
  private final Timeline.Timer timer;
  private final PitCounter[] counters = {new PitCounter(), new PitCounter(), new PitCounter()};

  /** The tick of the next rising edge of counter 0's output that has not reached IRQ 0. */
  private long nextEdge;

  public Pit(Timeline timeline, InterruptLine irq0) {
    this.timeline = timeline;
    this.irq0 = irq0;
    timer = timeline.newTimer(this::edge);
    reset();
  }

  public void attach(PortBus ports) {
    ports.attach(0x40, CONTROL, this);
  }

  /** Stops all counters, as a control word without a count does. */
  public void reset() {
    final long now = ticks();
    for (PitCounter counter : counters) {
      counter.control(0b11_0110, now);
    }
    counters[0].setGate(true, now);
    counters[1].setGate(true, now);
    counters[2].setGate(false, now);
    reschedule();
  }

  /** Sets the gate of counter 2. */
  public void setGate2(boolean high) {
    counters[2].setGate(high, ticks());
  }

  /** The gate of counter 2. */
  public boolean gate2() {
    return counters[2].gate();
  }

  /** The output of counter 2. */
  public boolean out2() {
    return counters[2].out(ticks());
  }

  @Override
  public int readPort(int port) {
    return port == CONTROL ? 0xFF : counters[port & 3].read(ticks());
  }

  @Override
  public void writePort(int port, int value) {
    final long now = ticks();
    if (port != CONTROL) {
      counters[port & 3].write(value, now);
      if ((port & 3) == 0) {
        reschedule();
      }
    } else if (value >>> 6 == 3) {
      readBack(value, now);
    } else {
      counters[value >>> 6].control(value & 0x3F, now);
      if (value >>> 6 == 0 && (value & 0x30) != 0) {
        reschedule();
      }
    }
  }

  private void readBack(int value, long now) {
    for (int i = 0; i < counters.length; i++) {
      if ((value & 2 << i) != 0) {
        if ((value & 0x20) == 0) {
          counters[i].latchCount(now);
        }
        if ((value & 0x10) == 0) {
          counters[i].latchStatus(now);
        }
      }
    }
  }

  private long ticks() {
    return CLOCK.ticksAt(timeline.now());
  }

  private void reschedule() {
    final long now = ticks();
    irq0.set(counters[0].out(now));
    setNextEdge(counters[0].nextRise(now));
  }

  private void setNextEdge(long tick) {
    nextEdge = tick;
    if (tick == Long.MAX_VALUE) {
      timer.cancel();
    } else {
      timer.set(CLOCK.nanosOf(tick));
    }
  }

  /**
   * An edge is due. Where the host stalled and more than one is, they are made up for at four times
   * the rate, so that a guest that counts ticks neither loses time nor is buried under interrupts.
   */
  private void edge() {
    irq0.set(false);
    irq0.set(true);
    final long edge = nextEdge;
    setNextEdge(counters[0].nextRise(edge));
    if (nextEdge == Long.MAX_VALUE) {
      return;
    }
    final long now = timeline.now();
    final long lag = now - CLOCK.nanosOf(nextEdge);
    if (lag > LONGEST_LAG) {
      setNextEdge(counters[0].nextRise(ticks()));
    } else if (lag >= 0) {
      timer.set(now + CLOCK.nanosOf(nextEdge - edge) / 4);
    }
  }
}
