package hourglass.runtime.device;

/** Guest time follows the host's monotonic clock, whether the guest gets to run or not. */
public final class HostTimeline extends TimerQueue {
  /**
   * Long enough for what is done between two slices not to count, short enough for timers to be on
   * time within a millisecond on an engine that runs 30 million instructions a second or more.
   */
  private static final int SLICE = 30_000;

  private final long start = System.nanoTime();

  @Override
  public long now() {
    return System.nanoTime() - start;
  }

  @Override
  public int sliceLength() {
    return SLICE;
  }

  @Override
  public long idle() {
    final long deadline = nextDeadline();
    return deadline == Long.MAX_VALUE ? deadline : deadline - now();
  }
}
