package hourglass.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Grain;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.debug.Symbol;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.process.GuestProcess.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is seen of our own kernel's processes, against what that kernel says of them itself. */
@Timeout(300)
class GrainProcessesTest {
  /** PID, PPID, TID, priority, state, ticks, switches, name. */
  private static final Pattern PS =
      Pattern.compile(" *(\\d+) +(\\d+) +(\\d+) +\\d+ \\w +\\d+ +\\d+ (\\[?)([^\\s\\]]+)\\]?");

  /** Thread, thread group, parent, whether a kernel thread, name. */
  private record Row(int thread, int group, int parent, boolean kernel, String name) {}

  private static List<Row> printedBy(WatchedGrain run) {
    final List<Row> rows = new ArrayList<>();
    for (String line : run.printed().split("\n")) {
      final Matcher m = PS.matcher(line);
      if (m.matches()) {
        rows.add(
            new Row(
                Integer.parseInt(m.group(3)),
                Integer.parseInt(m.group(1)),
                Integer.parseInt(m.group(2)),
                !m.group(4).isEmpty(),
                m.group(5)));
      }
    }
    return rows;
  }

  private static Row seen(WatchedGrain run, GuestProcess process) {
    return new Row(
        process.pid().orElseThrow(),
        process.threadGroup().orElseThrow(),
        run.watcher().parent(process).or(process::creator).orElse(process).pid().orElseThrow(),
        process.kind() == Kind.KERNEL_THREAD,
        process.name().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"INTERPRET, 1000", "TRANSLATE, 1000", "TRANSLATE, 0"})
  void areThoseThatTheGuestsOwnPsPrints(EngineKind engine, int heat) throws Exception {
    final WatchedGrain run = WatchedGrain.run(engine, heat, "ps", WatchedGrain.symbols());
    final List<Row> printed = printedBy(run);
    assertTrue(printed.size() >= 6, run::printed);
    final List<Row> seen =
        run.watcher().processes().stream()
            .filter(p -> p.creator().isPresent()) // ps leaves process 0 out
            .filter(p -> !p.exited() || p.name().equals(Optional.of("ps")))
            .map(p -> seen(run, p))
            .sorted(Comparator.comparingInt(Row::thread))
            .toList();
    assertEquals(
        printed.stream().sorted(Comparator.comparingInt(Row::thread)).toList(), seen, run::printed);
  }

  @Test
  void eventsAreAsManyAsTheGuestCountsItself() throws Exception {
    final WatchedGrain run = WatchedGrain.type("true; true | true; ps; cat /proc/stat");
    final Map<String, Long> counted = new TreeMap<>();
    final Matcher m = Pattern.compile("(?m)^(\\w+) (\\d+)$").matcher(run.printed());
    while (m.find()) {
      counted.put(m.group(1), Long.valueOf(m.group(2)));
    }
    // The file's text is made when it is opened.
    final List<TraceEvent> before =
        run.events().stream()
            .takeWhile(e ->
                !(e instanceof TraceEvent.SystemCall call
                    && call.text().startsWith("open(\"/proc/stat\"")))
            .toList();
    assertTrue(before.size() < run.events().size(), run::printed);
    final Map<String, Long> seen = new TreeMap<>();
    seen.put("switches", count(before, e -> isProcessSwitch(e)));
    seen.put("forks", count(before, e -> e instanceof TraceEvent.Fork));
    seen.put("tasks_freed", count(before, e -> e instanceof TraceEvent.Freed));
    seen.put(
        "mm_borrowed", // process 0 counts as a borrower when it begins, others when they end
        1
            + count(before, e -> e instanceof TraceEvent.Switch s && s.borrowed())
            + count(before, e -> e instanceof TraceEvent.Exit));
    counted.keySet().retainAll(seen.keySet());
    assertEquals(counted, seen, run::printed);
  }

  private static long count(List<TraceEvent> events, Predicate<TraceEvent> which) {
    return events.stream().filter(which).count();
  }

  /** Before the kernel has its tables, address spaces stand for processes. */
  private static boolean isProcessSwitch(TraceEvent event) {
    return event instanceof TraceEvent.Switch s && s.next().pid().isPresent();
  }

  @Test
  void kernelThreadsTakeTheAddressSpaceThatIsThere() throws Exception {
    final WatchedGrain run = WatchedGrain.type("ps");
    int space = 0;
    int borrowed = 0;
    for (TraceEvent.Switch s : run.events(TraceEvent.Switch.class)) {
      if (isProcessSwitch(s)) {
        assertEquals(s.next().kind() == Kind.KERNEL_THREAD || runsFirst(s), s.borrowed());
        if (s.borrowed()) {
          assertEquals(space == 0 ? s.addressSpace() : space, s.addressSpace(), s::toString);
          borrowed++;
        }
        space = s.addressSpace();
      }
    }
    assertTrue(borrowed > 4, "only " + borrowed + " switches to kernel threads");
    assertTrue(
        run.lines().stream()
            .anyMatch(l -> l.matches(".* -> 2 \\w+  cr3 \\w+ kept, borrowed from .*")),
        () -> String.join("\n", run.lines()));
  }

  /** Process 1 begins as a kernel thread. */
  private static boolean runsFirst(TraceEvent.Switch s) {
    return s.next().pid().getAsInt() == 1
        && s.next().firstSeen().instructions() + 1000 > s.at().instructions();
  }

  @Test
  void theLinesOfACommandTellWhatItWas() throws Exception {
    final WatchedGrain run = WatchedGrain.type("true");
    final String lines =
        run.lines().stream()
            .map(l -> l.substring(32).strip())
            .filter(l -> l.matches("(fork|begin|exec|exit|freed) .*\\b(sh|true)\\b.*"))
            .collect(Collectors.joining("\n"));
    final Matcher m =
        Pattern.compile(
                """
                fork +(\\d+) sh -> (\\d+) sh  flags 00000011, signal 17
                begin +\\2 sh
                exec +\\2 true
                exit +\\2 true  status 0
                freed +\\2 true  by \\1 sh\
                """)
            .matcher(lines);
    assertTrue(m.find(), lines);
    assertTrue(
        run.lines().stream().anyMatch(l -> l.contains("sh  execve(\"/bin/true\", ")),
        () -> String.join("\n", run.lines()));
  }

  @Test
  void withoutSymbolsTheHardwareShowsAddressSpacesAndTheSameCalls() throws Exception {
    final WatchedGrain known =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "forktest", WatchedGrain.symbols());
    final WatchedGrain unknown =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "forktest", SymbolTable.empty());
    final List<GuestProcess> spaces = unknown.watcher().processes();
    assertTrue(spaces.size() > 5, spaces::toString);
    assertTrue(
        spaces.stream().allMatch(p -> p.pid().isEmpty() && p.kind() == Kind.UNKNOWN),
        spaces::toString);
    assertEquals(calls(known), calls(unknown));
    assertEquals(
        known.watcher().processes().stream().mapToLong(GuestProcess::pageFaults).sum(),
        spaces.stream().mapToLong(GuestProcess::pageFaults).sum(),
        "page faults");
    assertEquals(
        unknown.instructions(),
        spaces.stream().mapToLong(GuestProcess::instructions).sum(),
        "instructions on all accounts");
    assertFalse(
        ProcessReport.of(unknown.watcher()).stream().anyMatch(l -> l.contains("forktest")),
        "a name out of nothing");
  }

  private static Map<Integer, Long> calls(WatchedGrain run) {
    final Map<Integer, Long> calls = new TreeMap<>();
    run.watcher()
        .processes()
        .forEach(p -> p.systemCalls().forEach((n, c) -> calls.merge(n, c, Long::sum)));
    return calls;
  }

  @Test
  void symbolsThatAreNotWhereTheKernelRunsAreMovedThereOrNotUsed() throws Exception {
    final List<Symbol> moved = new ArrayList<>();
    final List<Symbol> wrong = new ArrayList<>();
    for (Symbol s : WatchedGrain.symbols().symbols()) {
      moved.add(new Symbol(s.name(), s.address() + 0x40_0000));
      wrong.add(new Symbol(s.name(), s.address() + 0x40_0010));
    }
    final WatchedGrain right =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "true", SymbolTable.of(moved));
    assertTrue(
        right.watcher().processes().stream().anyMatch(p -> p.name().equals(Optional.of("true"))),
        () -> right.watcher().processes().toString());
    final WatchedGrain without =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "true", SymbolTable.of(wrong));
    assertTrue(
        without.watcher().processes().stream().allMatch(p -> p.name().isEmpty()),
        () -> without.watcher().processes().toString());
  }

  @Test
  void theGuestDoesNotNoticeThatItIsWatched() throws Exception {
    final WatchedGrain watched =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "clonetest", WatchedGrain.symbols());
    final StringBuilder printed = new StringBuilder();
    final Board board =
        new Board(
            new BoardOptions(64 << 20, EngineKind.TRANSLATE, 1000, ClockKind.VIRTUAL, false),
            Kernels.open(
                new BootFile(Grain.NAME, Grain.kernel()), Optional.empty(), "run=clonetest"),
            b -> printed.append((char) b));
    assertEquals(board.run(), watched.outcome());
    assertEquals(printed.toString().replace("\r", ""), watched.printed());
    assertEquals(
        board.statistics().interpretedInstructions + board.statistics().translatedInstructions,
        watched.instructions());
  }
}
