package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.cpu.CpuState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final CpuState state = new CpuState();
  private final VirtualTimeline virtual = new VirtualTimeline(state);
  private final List<String> log = new ArrayList<>();

  @Test
  void dueTimersRunInTheOrderOfTheirTime() {
    final ManualTimeline timeline = new ManualTimeline();
    timeline.newTimer(() -> log.add("late")).set(30);
    timeline.newTimer(() -> log.add("early")).set(10);
    timeline.newTimer(() -> log.add("not due")).set(41);
    timeline.jump(40);
    assertEquals(List.of("early", "late"), log);
    assertEquals(41, timeline.nextDeadline());
  }

  @Test
  void aTimerSetAgainByItsOwnActionRunsAgainInTheSameRound() {
    final ManualTimeline timeline = new ManualTimeline();
    final Timeline.Timer[] timer = new Timeline.Timer[1];
    timer[0] =
        timeline.newTimer(() -> {
          log.add("tick");
          if (log.size() < 3) {
            timer[0].set(log.size());
          }
        });
    timer[0].set(0);
    timeline.runDue();
    assertEquals(1, log.size(), "times run at time 0");
    timeline.jump(2);
    assertEquals(3, log.size(), "times run by time 2");
    assertEquals(Long.MAX_VALUE, timeline.nextDeadline());
  }

  @Test
  void aCancelledTimerDoesNotRun() {
    final ManualTimeline timeline = new ManualTimeline();
    final Timeline.Timer timer = timeline.newTimer(() -> log.add("ran"));
    timer.set(5);
    timer.cancel();
    timeline.jump(10);
    assertEquals(List.of(), log);
  }

  @Test
  void virtualTimeIsTheNumberOfExecutedInstructions() {
    state.beginSlice(1000);
    assertEquals(0, virtual.now());
    state.budget -= 400;
    assertEquals(400, virtual.now());
  }

  @Test
  void aVirtualSliceEndsAtTheNextDeadline() {
    virtual.newTimer(() -> {}).set(12_345);
    assertEquals(12_345, virtual.sliceLength());
  }

  @Test
  void aTimerSetInsideAVirtualSliceEndsItWhereItWouldComeTooLate() {
    final Timeline.Timer timer = virtual.newTimer(() -> {});
    state.beginSlice(1000);
    state.budget = 900;
    timer.set(1000);
    assertEquals(900, state.budget, "a deadline at the slice's end leaves it alone");
    timer.set(999);
    assertEquals(0, state.budget, "an earlier deadline ends it");
    assertEquals(100, virtual.now(), "time does not jump");
  }

  @Test
  void aHaltedProcessorSkipsVirtualTimeToTheNextDeadline() {
    virtual.newTimer(() -> log.add("woken")).set(5_000_000);
    assertEquals(0, virtual.idle(), "nothing to wait for on the host");
    assertEquals(5_000_000, virtual.now());
    virtual.runDue();
    assertEquals(List.of("woken"), log);
    assertEquals(Long.MAX_VALUE, virtual.idle(), "with no timer there is only input to wait for");
  }
}
