package hourglass.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.process.GuestProcess.Kind;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Events as lines and as JSON, and which of them pass. */
class TraceTest {
  private final GuestProcess shell = process(45, "sh", Kind.USER);
  private final GuestProcess child = process(46, "sh", Kind.USER);
  private final GuestProcess thread = process(12, "kworker/0:1", Kind.KERNEL_THREAD);

  private static GuestProcess process(int pid, String name, Kind kind) {
    final GuestProcess process = new GuestProcess(at(0));
    process.pid = OptionalInt.of(pid);
    process.threadGroup = process.pid;
    process.name = Optional.of(name);
    process.kind = kind;
    return process;
  }

  private static Moment at(long micros) {
    return new Moment(1000 * micros, 700 * micros);
  }

  private List<TraceEvent> events() {
    return List.of(
        new TraceEvent.Switch(at(1), thread, shell, 0x2c79000, false, false, Optional.empty()),
        new TraceEvent.Fork(at(2), shell, child, OptionalLong.of(0x1200011)),
        new TraceEvent.SystemCall(at(3), shell, at(1), "fork", "fork() = 46"),
        new TraceEvent.Switch(at(4), shell, child, 0x2c7a000, false, false, Optional.empty()),
        new TraceEvent.FirstReturn(at(5), child),
        new TraceEvent.Fault(at(6), child, 14, 7, 0xbffffd08, 0x8048754, 3),
        new TraceEvent.Exec(at(7), child),
        new TraceEvent.Interrupt(at(8), child, 0x30, 0x8048000, 3),
        new TraceEvent.Exit(at(9), child, OptionalInt.of(0x200)),
        new TraceEvent.Switch(at(10), child, thread, 0x2c7a000, true, true, Optional.of(child)),
        new TraceEvent.Freed(at(11), child, thread));
  }

  @Test
  void aLineHasTimeInstructionsEventAndProcesses() {
    final List<String> lines = new ArrayList<>();
    events().forEach(new TextTrace(lines::add)::accept);
    final List<String> expected =
        List.of(
            "switch     12 kworker/0:1 -> 45 sh  cr3 02c79000 changed",
            "fork       45 sh -> 46 sh  flags 01200011 CHILD_CLEARTID|CHILD_SETTID, signal 17",
            "syscall    45 sh  fork() = 46",
            "switch     45 sh -> 46 sh  cr3 02c7a000 changed",
            "begin      46 sh",
            "fault      46 sh  #PF at bffffd08 (protection, write, user), eip 08048754, level 3",
            "exec       46 sh",
            "interrupt  46 sh  vector 30, eip 08048000, level 3",
            "exit       46 sh  status 2",
            "switch     46 sh -> 12 kworker/0:1  cr3 02c7a000 kept, borrowed from 46 sh",
            "freed      46 sh  by 12 kworker/0:1");
    assertEquals(expected, lines.stream().map(l -> l.substring(32)).toList());
    assertEquals("   0.000001000             700  ", lines.getFirst().substring(0, 32));
  }

  @Test
  void whatIsNotKnownIsCalledUnknown() {
    final GuestProcess nameless = new GuestProcess(at(0));
    nameless.addressSpace = OptionalInt.of(0x1000);
    final List<String> lines = new ArrayList<>();
    final TextTrace trace = new TextTrace(lines::add);
    trace.accept(new TraceEvent.Exit(at(1), nameless, OptionalInt.empty()));
    trace.accept(new TraceEvent.Fork(at(1), nameless, shell, OptionalLong.empty()));
    assertEquals(
        List.of(
            "exit       space:00001000  code unknown",
            "fork       space:00001000 -> 45 sh  flags unknown"),
        lines.stream().map(l -> l.substring(32)).toList());
  }

  @Test
  void chromeGetsTracksSlicesAndArrows() {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ChromeTrace trace = new ChromeTrace(out)) {
      events().forEach(trace::accept);
    }
    final List<Map<String, String>> entries = parse(out.toString(StandardCharsets.UTF_8));
    final Map<String, Long> phases = new HashMap<>();
    entries.forEach(e -> phases.merge(e.get("ph"), 1L, Long::sum));
    // three names; a run seen at its end, two that began and ended, one that goes on; one arrow;
    // one call; and instants
    assertEquals(Map.of("M", 3L, "X", 4L, "s", 1L, "f", 1L, "b", 1L, "e", 1L, "i", 7L), phases);
    final List<Map<String, String>> runs =
        entries.stream().filter(e -> e.get("ph").equals("X")).toList();
    assertEquals("1.0", runs.get(1).get("ts"));
    assertEquals("3.0", runs.get(1).get("dur"));
    assertEquals("4.0", runs.get(2).get("ts"));
    assertEquals("1.0", runs.get(3).get("dur"), "until the last event");
    final Map<String, String> from = only(entries, "s");
    final Map<String, String> to = only(entries, "f");
    assertEquals(from.get("id"), to.get("id"));
    assertEquals(runs.get(1).get("tid"), from.get("tid"), "the arrow begins at the parent");
    assertEquals(runs.get(2).get("tid"), to.get("tid"), "the arrow ends at the child");
  }

  private static Map<String, String> only(List<Map<String, String>> entries, String phase) {
    return entries.stream().filter(e -> e.get("ph").equals(phase)).findFirst().orElseThrow();
  }

  /** The scalar properties of each object in an array. */
  private static List<Map<String, String>> parse(String text) {
    final List<Map<String, String>> entries = new ArrayList<>();
    int depth = 0;
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        switch (token) {
          case START_OBJECT -> {
            if (depth++ == 0) {
              entries.add(new HashMap<>());
            }
          }
          case END_OBJECT -> depth--;
          default -> {
            if (token.isScalarValue() && depth == 1) {
              entries.getLast().put(json.currentName(), json.getString());
            }
          }
        }
      }
    }
    return entries;
  }

  private List<TraceEvent> passed(Set<TraceKind> kinds, String... terms) {
    final List<TraceEvent> passed = new ArrayList<>();
    final TraceFilter filter = TraceFilter.parse(List.of(terms)).orElseThrow();
    final Tracer tracer = new Tracer(kinds, filter, passed::add);
    events().forEach(tracer::trace);
    return passed;
  }

  @Test
  void onlyTheKindsAskedForPass() {
    assertEquals(11, passed(EnumSet.allOf(TraceKind.class)).size());
    assertEquals(1, passed(Set.of(TraceKind.SYSCALL)).size());
    assertEquals(2, passed(Set.of(TraceKind.FAULT, TraceKind.INTERRUPT)).size());
  }

  @Test
  void aFilterLetsThroughWhereOneOfTheProcessesIsMeant() {
    final Set<TraceKind> all = EnumSet.allOf(TraceKind.class);
    assertEquals(4, passed(all, "pid=45").size());
    assertEquals(3, passed(all, "name=kworker/0:1").size());
    assertEquals(11, passed(all, "pid=45", "name=kworker/0:1", "pid=46").size());
    assertTrue(TraceFilter.parse(List.of("uid=0")).isEmpty());
    assertTrue(TraceFilter.parse(List.of("pid=x")).isEmpty());
  }

  @Test
  void eventsThatWaitedHaveTheNamesOfTheirTime() {
    final List<String> lines = new ArrayList<>();
    final Tracer tracer =
        new Tracer(Set.of(TraceKind.PROCESS), TraceFilter.ALL, new TextTrace(lines::add));
    tracer.hold();
    tracer.trace(new TraceEvent.FirstReturn(at(1), child));
    child.name = Optional.of("true");
    tracer.trace(new TraceEvent.Exec(at(2), child));
    tracer.release();
    assertEquals(
        List.of("begin      46 sh", "exec       46 true"),
        lines.stream().map(l -> l.substring(32)).toList());
    assertEquals(Optional.of("true"), child.name());
  }

  @Test
  void theTableOfSystemCallsIsWhole() throws Exception {
    try (InputStream in = SystemCallNames.class.getResourceAsStream("system-calls.txt")) {
      final String table = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(table.matches("(\\d+ [a-z_0-9]+ (-|[dxs]{1,6})( x)?\n)+"), table);
    }
    final SystemCallNames names = SystemCallNames.linux();
    assertEquals("clone", names.name(120));
    assertEquals("call 9999", names.name(9999));
    assertEquals("-ENOENT", names.result(5, -2));
    assertEquals("-1000", names.result(5, -1000));
    assertEquals("0xb7f00000", names.result(192, 0xb7f0_0000));
    assertEquals("7", names.result(2, 7));
  }
}
