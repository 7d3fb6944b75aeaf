package hourglass.runtime.board;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.memory.PhysicalMemory;
import hourglass.runtime.profile.Activity;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Two boards that run the same guest in virtual time, one on the interpreter and one on the
 * translator, slice by slice; the run ends at the first difference.
 *
 * <p>After every slice the processors and what was printed are compared, now and then, and in the
 * end, all of RAM. Translations are made while the guest waits, so a run with the same input is the
 * same run: where there is a difference the guest is run once more from the start, with shorter
 * slices from where the boards last agreed, and so on, until a few instructions are left, or the
 * slices are too short for the difference to show.
 */
public final class LockStep implements Machine {
  /** Instructions after which processors are compared: long enough for regions to loop in. */
  private static final int SLICE = 10_000;

  /** Instructions after which RAM is compared, which takes about as long as they do. */
  private static final long MEMORY_INTERVAL = 1 << 25;

  /** The slices by which a difference is closed in on; the first where it is in RAM alone. */
  private static final int[] FINER = {SLICE, 256, 16};

  /** The most frames of RAM that are told as different. */
  private static final int MOST_FRAMES = 16;

  /** The most instructions before a difference that are listed. */
  private static final int MOST_LISTED = 40;

  private static final int ROW = 16;

  private final BoardOptions options;
  private final Bootable bootable;
  private final Console console;
  private final EngineMaker interpreter;
  private final EngineMaker translator;
  private final HostSignals host = new HostSignals();
  private final List<Typed> typed = new ArrayList<>();
  private Pass current;

  /** A byte that was typed, and at which guest time. */
  private record Typed(long at, int value) {}

  /**
   * How a pass is run.
   *
   * @param from slices are short once so many instructions have been executed
   * @param slice how short
   * @param frames frames of RAM that are compared after every slice
   */
  private record Plan(long from, int slice, List<Integer> frames) {
    static final Plan FIRST = new Plan(0, SLICE, List.of());

    int slice(long executed) {
      return executed >= from ? slice : (int) Math.min(SLICE, from - executed);
    }
  }

  /** What came of a pass. */
  private sealed interface Result {}

  private record Ended(Outcome outcome) implements Result {}

  private static final Result STOPPED = new Ended(new Outcome.Stopped());

  /**
   * A difference.
   *
   * @param agreed instructions executed when the boards last agreed
   * @param found instructions executed when they did not
   * @param text what differs
   * @param frames the frames of RAM that differ, where nothing else does
   * @param states both states
   */
  private record Difference(
      long agreed, long found, String text, List<Integer> frames, String states)
      implements Result {}

  /**
   * Wires both boards.
   *
   * @param options engine and clock make no difference
   */
  public LockStep(BoardOptions options, Bootable bootable, Console console) {
    this(
        options,
        bootable,
        console,
        CachingEngine::interpreting,
        (cpu, statistics) -> CachingEngine.translatingInPlace(cpu, statistics, options.heat()));
  }

  /** Wires two boards with other engines; both must do the same in every run. */
  LockStep(
      BoardOptions options,
      Bootable bootable,
      Console console,
      EngineMaker interpreter,
      EngineMaker translator) {
    this.options =
        new BoardOptions(
            options.memoryBytes(),
            options.engine(),
            options.heat(),
            BoardOptions.ClockKind.VIRTUAL,
            options.rebootOnReset(),
            options.cpu());
    this.bootable = bootable;
    this.console = console;
    this.interpreter = interpreter;
    this.translator = translator;
    current = new Pass(Plan.FIRST);
  }

  @Override
  public Outcome run() throws BootException {
    host.attach();
    Result result = current.run(this::typedNow);
    for (int slice : FINER) {
      if (result instanceof Difference known && (slice < SLICE || !known.frames.isEmpty())) {
        final Result closer = again(new Plan(known.agreed, slice, known.frames));
        if (closer instanceof Difference || closer.equals(STOPPED)) {
          result = closer;
        } else {
          break; // too short for it to show
        }
      }
    }
    return switch (result) {
      case Ended(Outcome outcome) -> outcome;
      case Difference difference -> outcome(difference);
    };
  }

  private Result again(Plan plan) throws BootException {
    rewire(plan);
    return current.run(new Replay());
  }

  private void rewire(Plan plan) {
    current = null; // its memory is needed
    current = new Pass(plan);
  }

  private Outcome outcome(Difference difference) throws BootException {
    return new Outcome.Difference(
        "the engines differ after %,d instructions, %,d after they last agreed: %s"
            .formatted(difference.found, difference.found - difference.agreed, difference.text),
        difference.states + listing(difference));
  }

  /** What the interpreter executed from where both agreed to where they did not. */
  private String listing(Difference difference) throws BootException {
    final Plan plan = new Plan(difference.agreed, 1, List.of());
    rewire(plan);
    final Board alone = current.reference;
    alone.switchOn();
    final Input input = new Replay();
    final Deque<String> lines = new ArrayDeque<>();
    long executed = 0;
    Optional<Outcome> end = Optional.empty();
    while (end.isEmpty() && executed < difference.found && !input.take(alone.now(), alone::type)) {
      if (executed >= plan.from) {
        if (lines.size() == MOST_LISTED) {
          lines.removeFirst();
        }
        lines.addLast("  %,d  %s%n".formatted(executed, alone.describeInstruction()));
      }
      end = alone.turn(plan.slice(executed));
      executed = alone.processor().instructions();
    }
    return "executed by the interpreter meanwhile:%n%s".formatted(String.join("", lines));
  }

  // --- input -----------------------------------------------------------------------------------

  /** Where the input of a pass comes from. */
  @FunctionalInterface
  private interface Input {
    /**
     * Hands over what has been typed up to now.
     *
     * @return whether the run is to end
     */
    boolean take(long now, IntConsumer receiver);
  }

  private boolean typedNow(long now, IntConsumer receiver) {
    host.setUntaken(current.subject.untakenInput());
    return host.take(b -> {
      typed.add(new Typed(now, b));
      receiver.accept(b);
    });
  }

  /** Types what was typed in the first pass, at the same times. */
  private final class Replay implements Input {
    private int next;

    @Override
    public boolean take(long now, IntConsumer receiver) {
      while (next < typed.size() && typed.get(next).at <= now) {
        receiver.accept(typed.get(next++).value);
      }
      return host.take(b -> {});
    }
  }

  // --- a pass ----------------------------------------------------------------------------------

  /** Both boards, from switching on to a difference or the end of the run. */
  private final class Pass {
    private final Plan plan;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream printedBySubject = new ByteArrayOutputStream();
    private final Board reference;
    private final Board subject;
    private long nextMemory = MEMORY_INTERVAL;

    Pass(Plan plan) {
      this.plan = plan;
      reference = new Board(options, bootable, printed::write, host, interpreter);
      subject = new Board(options, bootable, printedBySubject::write, host, translator);
    }

    Result run(Input input) throws BootException {
      reference.switchOn();
      subject.switchOn();
      long agreed = 0;
      while (true) {
        if (input.take(reference.now(), this::type)) {
          return STOPPED;
        }
        final int slice = plan.slice(executed());
        final Optional<Outcome> end = reference.turn(slice);
        final Optional<Outcome> subjectEnd = subject.turn(slice);
        final Optional<String> difference = difference(end, subjectEnd);
        if (difference.isPresent()) {
          return new Difference(agreed, executed(), difference.get(), List.of(), states());
        }
        final boolean all = end.isPresent() || executed() >= nextMemory;
        final List<Integer> frames =
            all ? differentFrames() : plan.frames.stream().filter(this::isDifferent).toList();
        if (!frames.isEmpty()) {
          return new Difference(agreed, executed(), "memory", frames, states());
        }
        if (all) {
          nextMemory = executed() + MEMORY_INTERVAL;
        }
        forward();
        if (end.isPresent()) {
          return new Ended(end.get());
        }
        agreed = executed();
      }
    }

    private long executed() {
      return reference.processor().instructions();
    }

    private void type(int b) {
      reference.type(b);
      subject.type(b);
    }

    private void forward() {
      if (plan == Plan.FIRST) {
        for (byte b : printed.toByteArray()) {
          console.output(b & 0xFF);
        }
      }
      printed.reset();
      printedBySubject.reset();
    }

    private Optional<String> difference(Optional<Outcome> end, Optional<Outcome> subjectEnd) {
      final int[] expected = Snapshot.of(reference.processor());
      final int[] actual = Snapshot.of(subject.processor());
      if (!Arrays.equals(expected, actual)) {
        return Optional.of(Snapshot.difference(expected, actual));
      }
      if (!end.equals(subjectEnd)) {
        return Optional.of("one ends with %s, the other with %s".formatted(end, subjectEnd));
      }
      if (!Arrays.equals(printed.toByteArray(), printedBySubject.toByteArray())) {
        return Optional.of("what is printed");
      }
      return Optional.empty();
    }

    // --- memory --------------------------------------------------------------------------------

    private boolean isDifferent(int frame) {
      return firstDifference(frame) < GuestMemory.PAGE_SIZE;
    }

    /** The offset in a frame of the first byte that differs; the size of a page if none does. */
    private int firstDifference(int frame) {
      final int begin = frame << GuestMemory.PAGE_SHIFT;
      return reference
          .memory()
          .ram()
          .same(begin, subject.memory().ram(), begin, GuestMemory.PAGE_SIZE);
    }

    private List<Integer> differentFrames() {
      return IntStream.range(0, reference.memory().ram().size() >>> GuestMemory.PAGE_SHIFT)
          .filter(this::isDifferent)
          .limit(MOST_FRAMES)
          .boxed()
          .toList();
    }

    private String states() {
      final StringBuilder text = new StringBuilder();
      for (int frame : differentFrames()) {
        final int row = (frame << GuestMemory.PAGE_SHIFT) + firstDifference(frame) / ROW * ROW;
        text.append("memory at %08x, interpreter:%s%n".formatted(row, row(reference, row)));
        text.append("memory at %08x, translator: %s%n".formatted(row, row(subject, row)));
      }
      return text.append("interpreter:%n%s%n".formatted(reference.describeProcessor()))
          .append("translator:%n%s%n".formatted(subject.describeProcessor()))
          .toString();
    }

    private static String row(Board board, int at) {
      final StringBuilder text = new StringBuilder();
      for (int i = 0; i < ROW; i++) {
        text.append(" %02x".formatted(board.memory().ram().load8(at + i)));
      }
      return text.toString();
    }
  }

  // --- a machine -------------------------------------------------------------------------------

  @Override
  public void stop() {
    host.stop();
  }

  @Override
  public void sendInput(byte[] bytes, int offset, int length) {
    host.send(bytes, offset, length);
  }

  @Override
  public boolean hasRoomForInput() {
    return host.hasRoomForInput();
  }

  @Override
  public void call(Runnable action) {
    host.call(action);
  }

  /** What the translator counts. */
  @Override
  public Statistics statistics() {
    return current.subject.statistics();
  }

  /** Not told: what takes turns are two boards and their comparison. */
  @Override
  public Optional<Activity> activity() {
    return Optional.empty();
  }

  @Override
  public List<Region> regions() {
    return current.subject.regions();
  }

  @Override
  public PhysicalMemory memory() {
    return current.subject.memory();
  }

  @Override
  public String describeProcessor() {
    return current.subject.describeProcessor();
  }
}
