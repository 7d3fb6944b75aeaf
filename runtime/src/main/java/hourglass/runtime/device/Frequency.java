package hourglass.runtime.device;

/**
 * The frequency of an oscillator, and the conversion between its ticks and nanoseconds without
 * overflow in between.
 *
 * @param hertz ticks a second, 1 to 4,000,000,000
 */
public record Frequency(long hertz) {
  private static final long SECOND = 1_000_000_000L;

  public static Frequency ofHertz(long hertz) {
    return new Frequency(hertz);
  }

  /** The number of whole ticks in a time of {@code nanos} nanoseconds, rounded down. */
  public long ticksAt(long nanos) {
    final long seconds = nanos / SECOND;
    return seconds * hertz + (nanos - seconds * SECOND) * hertz / SECOND;
  }

  /** The first nanosecond at which {@link #ticksAt} is {@code ticks}. */
  public long nanosOf(long ticks) {
    final long seconds = ticks / hertz;
    return seconds * SECOND + ((ticks - seconds * hertz) * SECOND + hertz - 1) / hertz;
  }
}
