package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.board.Machine;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.memory.PhysicalBus;
import hourglass.runtime.memory.PhysicalMemory;
import hourglass.runtime.profile.Activity;
import hourglass.translator.emit.Region;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a machine's outcome. */
class GuestRunTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** A machine whose run ends at once. */
  private record EndedMachine(Outcome run) implements Machine {
    @Override
    public void stop() {}

    @Override
    public void sendInput(byte[] bytes, int offset, int length) {}

    @Override
    public boolean hasRoomForInput() {
      return true;
    }

    @Override
    public void call(Runnable action) {}

    @Override
    public Statistics statistics() {
      return new Statistics();
    }

    @Override
    public Optional<Activity> activity() {
      return Optional.empty();
    }

    @Override
    public List<Region> regions() {
      return List.of();
    }

    @Override
    public PhysicalMemory memory() {
      return new PhysicalBus(4096);
    }

    @Override
    public String describeProcessor() {
      return "";
    }
  }

  private int status(Outcome outcome) throws Exception {
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(),
            new ByteArrayOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    final GuestRun.Options options =
        new GuestRun.Options(
            new SerialTarget.Nowhere(),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new GuestRun(
            streams, options, (memory, state) -> {}, console -> new EndedMachine(outcome))
        .run();
  }

  @Test
  void aDifferenceBetweenEnginesIsOneLineAndAReportWithAStatusOfItsOwn() throws Exception {
    assertEquals(4, status(new Outcome.Difference("they differ", "both states\nand the code\n")));
    assertEquals(
        "hourglass: they differ\nboth states\nand the code\n",
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aGuestThatHaltedForGoodIsOneLineAndItsCauseWithAStatusOfItsOwn() throws Exception {
    assertEquals(5, status(new Outcome.Halted("it halted", Optional.of("after this"))));
    assertEquals("hourglass: it halted\nafter this\n", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aGuestThatHaltedForGoodWithoutACauseIsOneLine() throws Exception {
    assertEquals(5, status(new Outcome.Halted("it halted", Optional.empty())));
    assertEquals("hourglass: it halted\n", err.toString(StandardCharsets.UTF_8));
  }
}
