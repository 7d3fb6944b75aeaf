package hourglass.runtime.guests;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Image;
import hourglass.images.Initramfs;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.process.GuestProcess;
import hourglass.runtime.process.ProcessWatcher;
import hourglass.runtime.process.TextTrace;
import hourglass.runtime.process.TraceFilter;
import hourglass.runtime.process.TraceKind;
import hourglass.runtime.testing.FetchedImages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The processes of Debian's kernel, against what its own {@code ps} and {@code /proc} say. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class WatchedDebianTest {
  private static final String SCRIPT =
      """
      sh -c 'echo shell $$; true & sleep 0 | cat; wait'
      for p in /proc/[0-9]*; do
        echo "task $(cat $p/comm):$(sed 's/.*) . \\([0-9]*\\) .*/\\1/' $p/stat):${p#/proc/}"
      done
      """;

  private final StringBuilder console = new StringBuilder();
  private final List<String> lines = new ArrayList<>();

  private ProcessWatcher run(Image image, String commandLine) throws Exception {
    final byte[] initrd =
        Initramfs.withScript(
            Files.readAllBytes(image.initrd().orElseThrow()),
            SCRIPT.getBytes(StandardCharsets.UTF_8));
    final ProcessWatcher watcher =
        new ProcessWatcher(
            SymbolTable.empty(),
            Set.of(TraceKind.PROCESS),
            TraceFilter.ALL,
            new TextTrace(lines::add));
    final Board board =
        new Board(
            new BoardOptions(256 << 20, EngineKind.TRANSLATE, 1000, ClockKind.HOST, false),
            Kernels.open(
                BootFile.read(image.kernel(), "kernel"),
                Optional.of(new BootFile("initrd", initrd)),
                commandLine),
            b -> console.append((char) b),
            watcher);
    assertEquals(new Outcome.DebugExit(0), board.run(), console::toString);
    watcher.finish();
    return watcher;
  }

  private Matcher printed(String pattern) {
    final Matcher m = Pattern.compile(pattern).matcher(console.toString().replace("\r", ""));
    assertTrue(m.find(), console::toString);
    return m;
  }

  /**
   * The lines of the process events, but for switches, from a fork of a shell until it is freed.
   */
  private String storyOf(String shell) {
    return lines.stream()
        .map(l -> l.substring(32))
        .filter(l -> !l.startsWith("switch"))
        .dropWhile(l -> !l.matches("fork +\\d+ \\w+ -> " + shell + " .*"))
        .takeWhile(l -> !l.matches("freed +" + shell + " .*"))
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian", "debian-pae"})
  void areWhatTheGuestSaysAndAShellsPipelineIsSeenWhole(String recipe) throws Exception {
    final Image image = FetchedImages.get(recipe);
    final ProcessWatcher watcher = run(image, image.commandLine());

    // Every task that /proc lists is known by PID, parent and name.
    final List<GuestProcess> seen = watcher.processes();
    final Matcher task = printed("task ([^:\n]+[^\n]*):(\\d+):(\\d+)");
    int tasks = 0;
    do {
      final int pid = Integer.parseInt(task.group(3));
      final GuestProcess process =
          seen.stream()
              .filter(p -> p.pid().isPresent() && p.pid().getAsInt() == pid)
              .reduce((first, second) -> second)
              .orElseThrow(() -> new AssertionError("PID " + pid + " has not been seen"));
      final String name = process.name().orElseThrow();
      if (process.exited()) {
        continue; // the script's own, which end before the table is read
      }
      // /proc adds to the names of the kernel's threads, and does not cut them.
      assertTrue(task.group(1).startsWith(name), task.group() + " is seen as " + process);
      final int parent = watcher.parent(process).map(p -> p.pid().orElse(0)).orElse(0);
      assertEquals(Integer.parseInt(task.group(2)), parent, "the parent of " + process);
      assertEquals(
          parent == 2 || pid == 2,
          process.kind() == GuestProcess.Kind.KERNEL_THREAD,
          "whether " + process + " is a kernel thread");
      tasks++;
    } while (task.find());
    assertTrue(tasks > 30, "only " + tasks + " tasks to compare");

    final String shell = printed("shell (\\d+)").group(1);
    final String story = storyOf(shell);
    final Set<String> children = new TreeSet<>();
    final Matcher forks = Pattern.compile("fork +" + shell + " sh -> (\\d+) sh ").matcher(story);
    while (forks.find()) {
      children.add(forks.group(1));
    }
    assertEquals(3, children.size(), story);
    assertAll(
        children.stream()
            .flatMap(pid ->
                Stream.of(
                    "begin +" + pid + " sh",
                    "exit +" + pid + " (sh|true|sleep|cat)  status 0",
                    "freed +" + pid + " "))
            .map(pattern ->
                () -> assertTrue(Pattern.compile("(?m)^" + pattern).matcher(story).find(), story)));
    assertTrue(Pattern.compile("(?m)^exit +\\d+ sleep  status 0$").matcher(story).find(), story);
    assertTrue(Pattern.compile("(?m)^exit +\\d+ cat  status 0$").matcher(story).find(), story);
    assertTrue(Pattern.compile("(?m)^exec +" + shell + " ").matcher(story).find(), story);
    // true is busybox's shell itself; the other two become programs, once, after they have begun.
    assertAll(
        children.stream()
            .map(pid ->
                () -> {
                  final boolean isShell = count(story, "exit +" + pid + " sh ") == 1;
                  assertEquals(isShell ? 0 : 1, count(story, "exec +" + pid + " "), story);
                  final String inOrder = "(?ms)^begin +%1$s .*^exec +%1$s .*^exit +%1$s ";
                  assertTrue(isShell || find(inOrder.formatted(pid), story), story);
                }));
    assertEquals(2, children.stream().filter(pid -> find("(?m)^exec +" + pid, story)).count());

    switchesFollowEachOther();
  }

  private static boolean find(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).find();
  }

  /** How many lines begin so. */
  private static long count(String text, String begin) {
    return Pattern.compile("(?m)^" + begin).matcher(text).results().count();
  }

  /** Each switch leaves the process that the last one went to; threads keep CR3, as they must. */
  private void switchesFollowEachOther() {
    final Pattern pattern =
        Pattern.compile(".{32}switch +(\\d+) (.+) -> (\\d+) (.+)  cr3 (\\w+) (kept|changed)(.*)");
    String last = "0";
    int borrowed = 0;
    for (String line : lines) {
      final Matcher m = pattern.matcher(line);
      if (m.matches()) {
        assertEquals(last, m.group(1), line);
        last = m.group(3);
        if (m.group(7).startsWith(", borrowed from") && !m.group(7).endsWith("the kernel")) {
          assertEquals("kept", m.group(6), line);
          borrowed++;
        }
      }
    }
    assertTrue(borrowed > 10, "only " + borrowed + " switches that borrow a program's space");
  }

  @Test
  void areSeenAtARandomBaseToo() throws Exception {
    final ProcessWatcher watcher = run(FetchedImages.get("debian"), "console=ttyS0");
    final String shell = printed("shell (\\d+)").group(1);
    assertTrue(storyOf(shell).contains(" sleep  status 0"), () -> storyOf(shell));
    assertTrue(watcher.describe().startsWith("kernel symbols"), watcher.describe());
  }
}
