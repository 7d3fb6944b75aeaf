package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.api.Test;

class HostTimelineTest {
  private static final long MILLISECOND = 1_000_000;

  private final CpuState state = new CpuState();
  private long host = 1_000_000_000_000L;
  private final HostTimeline timeline = new HostTimeline(state, () -> host);
  private final long start = host;

  private long hostTime() {
    return host - start;
  }

  /**
   * Runs slices for some host time, at a speed; returns the largest step of guest time an
   * instruction.
   */
  private double run(long nanos, double nanosPerInstruction) {
    final long end = host + nanos;
    double largestStep = 0;
    while (host < end) {
      final int slice = timeline.sliceLength();
      final long before = timeline.now();
      state.beginSlice(slice);
      state.budget = 0;
      largestStep = Math.max(largestStep, (double) (timeline.now() - before) / slice);
      host += (long) (slice * nanosPerInstruction);
    }
    return largestStep;
  }

  @Test
  void keepsUpWithTheHostAtAnySpeed() {
    for (double speed : new double[] {10, 2, 300, 1, 20}) {
      run(200 * MILLISECOND, speed);
      assertEquals(
          hostTime(), timeline.now(), 5 * MILLISECOND, "at " + speed + " ns an instruction");
    }
  }

  @Test
  void neverGoesBackwards() {
    run(100 * MILLISECOND, 100);
    final long before = timeline.now();
    timeline.sliceLength();
    assertEquals(before, timeline.now(), "between slices time stands still");
    run(10 * MILLISECOND, 1);
    assertTrue(timeline.now() > before);
  }

  @Test
  void aPauseOfTheHostIsSpreadOut() {
    run(100 * MILLISECOND, 10);
    host += 20 * MILLISECOND;
    final double largestStep = run(100 * MILLISECOND, 10);
    assertTrue(largestStep < 100, "an instruction of 10 ns takes " + largestStep + " ns at most");
    assertEquals(hostTime(), timeline.now(), 5 * MILLISECOND, "made up for afterwards");
  }

  @Test
  void afterALongAbsenceTimeJumps() {
    run(100 * MILLISECOND, 10);
    host += 10_000 * MILLISECOND;
    timeline.sliceLength();
    assertEquals(hostTime(), timeline.now());
  }

  @Test
  void timeThatPassesInHltIsSeenAtOnce() {
    timeline.newTimer(() -> {}).set(50 * MILLISECOND);
    assertEquals(50 * MILLISECOND - hostTime(), timeline.idle());
    host += 30 * MILLISECOND;
    timeline.woken();
    assertEquals(30 * MILLISECOND, timeline.now());
    assertEquals(20 * MILLISECOND, timeline.idle());
  }

  @Test
  void aSliceEndsNearTheNextDeadline() {
    run(100 * MILLISECOND, 100);
    timeline.newTimer(() -> {}).set(timeline.now() + MILLISECOND / 5);
    assertEquals(2_000, timeline.sliceLength(), 600, "0.2 ms at 100 ns an instruction");
  }
}
