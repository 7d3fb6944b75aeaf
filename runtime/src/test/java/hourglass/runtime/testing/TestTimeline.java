package hourglass.runtime.testing;

import hourglass.runtime.device.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Guest time that stands still until a test moves it. */
public final class TestTimeline implements Timeline {
  private static final long NEVER = Long.MAX_VALUE;

  private final List<TestTimer> timers = new ArrayList<>();
  private long now;

  private static final class TestTimer implements Timer {
    private final Runnable action;
    private long deadline = NEVER;

    TestTimer(Runnable action) {
      this.action = action;
    }

    @Override
    public void set(long nanos) {
      deadline = nanos;
    }

    @Override
    public void cancel() {
      deadline = NEVER;
    }
  }

  /** Moves time on and runs the timers that come due. */
  public void advance(long nanos) {
    now += nanos;
    runDue();
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public Timer newTimer(Runnable action) {
    final TestTimer timer = new TestTimer(action);
    timers.add(timer);
    return timer;
  }

  @Override
  public long nextDeadline() {
    return timers.stream().mapToLong(timer -> timer.deadline).min().orElse(NEVER);
  }

  @Override
  public void runDue() {
    while (nextDeadline() <= now) {
      final TestTimer due =
          timers.stream().min(Comparator.comparingLong(timer -> timer.deadline)).orElseThrow();
      due.deadline = NEVER;
      due.action.run();
    }
  }
}
