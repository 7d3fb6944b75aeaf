package hourglass.runtime.device;

/** Guest time stands still until it is moved by hand. */
public final class ManualTimeline extends TimerQueue {
  private long now;

  @Override
  public long now() {
    return now;
  }

  /** Moves time on, stopping at every deadline on the way to run what is due. */
  public void advance(long nanos) {
    final long end = now + nanos;
    while (nextDeadline() <= end) {
      now = Math.max(now, nextDeadline());
      runDue();
    }
    now = end;
  }

  /** Moves time on in one step, as when the host stalls: what is due runs late. */
  public void jump(long nanos) {
    now += nanos;
    runDue();
  }

  @Override
  public int sliceLength() {
    return 1;
  }

  @Override
  public long idle() {
    return nextDeadline() == Long.MAX_VALUE ? Long.MAX_VALUE : nextDeadline() - now;
  }
}
