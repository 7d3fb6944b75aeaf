package hourglass.runtime.device;

import java.util.ArrayList;
import java.util.List;

/**
 * The timers of a timeline. A board has about a dozen, so the earliest one is found by looking at
 * all of them; only its time is kept at hand, because it is asked for at the end of every slice.
 */
public abstract class TimerQueue implements Timeline {
  private static final long NEVER = Long.MAX_VALUE;

  private final List<QueuedTimer> timers = new ArrayList<>();
  private long nextDeadline = NEVER;

  TimerQueue() {}

  /**
   * How many instructions the processor may run before {@link #runDue} has to look at the timers
   * again, 1 or more.
   */
  public abstract int sliceLength();

  /**
   * Tells that the processor is halted and can be woken. A timeline that does not depend on the
   * host's clock moves on to the next deadline.
   *
   * @return host nanoseconds until a timer is due: 0 or less where one is now, {@link
   *     Long#MAX_VALUE} where none is set
   */
  public abstract long idle();

  /** Tells that host time may have passed while the processor was halted. */
  public void woken() {}

  /** Tells a timeline that a timer has been set to an earlier time than all others. */
  void earlierDeadline(long nanos) {}

  @Override
  public final Timer newTimer(Runnable action) {
    final QueuedTimer timer = new QueuedTimer(action);
    timers.add(timer);
    return timer;
  }

  @Override
  public final long nextDeadline() {
    return nextDeadline;
  }

  @Override
  public final void runDue() {
    if (nextDeadline == NEVER) {
      return;
    }
    final long now = now();
    while (nextDeadline <= now) {
      final QueuedTimer due = earliest();
      due.deadline = NEVER;
      nextDeadline = earliestDeadline();
      due.action.run();
    }
  }

  private QueuedTimer earliest() {
    QueuedTimer first = timers.getFirst();
    for (int i = 1; i < timers.size(); i++) {
      if (timers.get(i).deadline < first.deadline) {
        first = timers.get(i);
      }
    }
    return first;
  }

  private long earliestDeadline() {
    return earliest().deadline;
  }

  private final class QueuedTimer implements Timer {
    private final Runnable action;
    private long deadline = NEVER;

    QueuedTimer(Runnable action) {
      this.action = action;
    }

    @Override
    public void set(long nanos) {
      deadline = nanos;
      final long before = nextDeadline;
      nextDeadline = earliestDeadline();
      if (nextDeadline < before) {
        earlierDeadline(nextDeadline);
      }
    }

    @Override
    public void cancel() {
      if (deadline != NEVER) {
        deadline = NEVER;
        nextDeadline = earliestDeadline();
      }
    }
  }
}
