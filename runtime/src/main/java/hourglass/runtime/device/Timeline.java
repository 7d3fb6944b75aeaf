package hourglass.runtime.device;

/**
 * Guest time, which TSC, PIT and RTC all follow, and the timers set on it.
 *
 * <p>Used from the thread that runs the guest only.
 */
public interface Timeline {
  /** Guest time since the board was switched on, in nanoseconds. Never goes backwards. */
  long now();

  /**
   * Frequency of the time stamp counter in Hz, on every timeline. A round figure, so that a
   * nanosecond is a cycle: the guest sees a plausible processor of 1 GHz that carries out an
   * instruction a cycle.
   */
  long TSC_HERTZ = 1_000_000_000;

  /** Frequency of the time stamp counter in Hz. */
  default long tscHertz() {
    return TSC_HERTZ;
  }

  /** The time stamp counter: cycles of {@link #tscHertz} since the board was switched on. */
  default long timeStampCounter() {
    return Frequency.ofHertz(tscHertz()).ticksAt(now());
  }

  /**
   * Makes a timer that is not set; {@code action} runs in {@link #runDue} once the time has come.
   */
  Timer newTimer(Runnable action);

  /** The earliest time a timer is set to, or {@link Long#MAX_VALUE}. */
  long nextDeadline();

  /** Runs the actions of all timers that are due, in order of their time. */
  void runDue();

  /** A one-shot timer; setting it again replaces the earlier time. */
  interface Timer {
    /** Sets the timer to a guest time in nanoseconds, which may have passed already. */
    void set(long nanos);

    void cancel();
  }
}
