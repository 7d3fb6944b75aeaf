package hourglass.runtime.process;

import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes the JSON array of events that Chrome's trace viewer and Perfetto open (Trace Event
 * Format): a process is a track, its runs are slices, a fork is an arrow from the parent to the
 * child's first return, a system call lasts from its begin to its end, and the rest are instants.
 */
public final class ChromeTrace implements TraceSink, AutoCloseable {
  /** The viewer's process that all tracks belong to. */
  private static final int GUEST = 1;

  private final JsonGenerator json;
  private final Map<GuestProcess, Integer> tracks = new HashMap<>();
  private final Map<GuestProcess, String> labels = new HashMap<>();

  /** Forks whose child has not returned for the first time yet. */
  private final Map<GuestProcess, TraceEvent.Fork> forked = new HashMap<>();

  /** Who runs, since when it is known to; empty before the first event. */
  private Optional<Run> running = Optional.empty();

  private Moment last = new Moment(0, 0);
  private boolean switches;
  private long calls;

  private record Run(GuestProcess process, Moment since) {}

  /** Begins the array; the stream is closed with it. */
  public ChromeTrace(OutputStream out) {
    json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out);
    json.writeStartArray();
  }

  @Override
  public void accept(TraceEvent event) {
    label(event.process());
    event.other().ifPresent(this::label);
    last = event.at();
    final GuestProcess current = event instanceof TraceEvent.Freed e ? e.by() : event.process();
    if (running.filter(run -> run.process == current).isEmpty()) {
      running = Optional.of(new Run(current, event.at()));
    }
    switch (event) {
      case TraceEvent.Switch e -> switched(e);
      case TraceEvent.Fork e -> {
        instant(e, TextTrace.flags(e.flags()));
        forked.put(e.child(), e);
      }
      case TraceEvent.FirstReturn e -> {
        instant(e, "");
        final Optional<TraceEvent.Fork> fork = Optional.ofNullable(forked.remove(e.process()));
        fork.ifPresent(f -> arrow(f, e));
      }
      case TraceEvent.SystemCall e -> called(e);
      case TraceEvent.Fault e -> instant(e, TextTrace.fault(e));
      case TraceEvent.Interrupt e -> instant(e, String.format("vector %02x", e.vector()));
      case TraceEvent.Exec e -> instant(e, "");
      case TraceEvent.Exit e -> instant(e, "");
      case TraceEvent.Freed e -> instant(e, "by " + e.by());
    }
  }

  /** Names a track, where it has no name yet or another one. */
  private void label(GuestProcess process) {
    final String label = process.toString();
    if (!label.equals(labels.put(process, label))) {
      begin("thread_name", "M", process);
      json.writeObjectPropertyStart("args");
      json.writeStringProperty("name", label);
      json.writeEndObject();
      end();
    }
  }

  private int track(GuestProcess process) {
    return tracks.computeIfAbsent(process, key -> tracks.size() + 1);
  }

  private void begin(String name, String phase, GuestProcess process) {
    json.writeStartObject();
    json.writeStringProperty("name", name);
    json.writeStringProperty("ph", phase);
    json.writeNumberProperty("pid", GUEST);
    json.writeNumberProperty("tid", track(process));
  }

  private void end() {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void time(String key, long nanos) {
    json.writeNumberProperty(key, nanos / 1e3);
  }

  private void switched(TraceEvent.Switch e) {
    switches = true;
    beginRun();
    json.writeStringProperty("next", e.next().toString());
    json.writeStringProperty("next runs in", TextTrace.addressSpace(e));
    endRun();
    running = Optional.of(new Run(e.next(), e.at()));
  }

  /** Writes the current run, which ends with the last event. */
  private void beginRun() {
    final Run run = running.orElseThrow();
    begin(run.process.name().orElse("runs"), "X", run.process);
    time("ts", run.since.nanos());
    time("dur", last.nanos() - run.since.nanos());
    json.writeObjectPropertyStart("args");
    json.writeNumberProperty("instructions", last.instructions() - run.since.instructions());
  }

  private void endRun() {
    json.writeEndObject();
    end();
  }

  /** Comes whole or not at all: half an arrow leads nowhere. */
  private void arrow(TraceEvent.Fork fork, TraceEvent.FirstReturn end) {
    arrow("s", fork.process(), fork.child(), fork.at());
    arrow("f", end.process(), end.process(), end.at());
  }

  private void arrow(String phase, GuestProcess at, GuestProcess child, Moment when) {
    begin("fork", phase, at);
    time("ts", when.nanos());
    json.writeStringProperty("cat", "fork");
    json.writeNumberProperty("id", track(child));
    if (phase.equals("f")) {
      json.writeStringProperty("bp", "e"); // ends at the slice around it
    }
    end();
  }

  private void called(TraceEvent.SystemCall e) {
    calls++;
    asynchronous("b", e, e.begun());
    json.writeObjectPropertyStart("args");
    json.writeStringProperty("call", e.text());
    json.writeEndObject();
    end();
    asynchronous("e", e, e.at());
    end();
  }

  private void asynchronous(String phase, TraceEvent.SystemCall e, Moment when) {
    begin(e.name(), phase, e.process());
    time("ts", when.nanos());
    json.writeStringProperty("cat", e.process().toString());
    json.writeNumberProperty("id", calls);
  }

  private void instant(TraceEvent e, String text) {
    begin(TextTrace.name(e), "i", e.process());
    time("ts", e.at().nanos());
    json.writeStringProperty("s", "t");
    json.writeObjectPropertyStart("args");
    json.writeStringProperty("what", text);
    json.writeEndObject();
    end();
  }

  /** Ends what still runs, the array, and with it the stream. */
  @Override
  public void close() {
    if (switches) {
      beginRun();
      endRun();
    }
    json.close(); // ends what is open
  }
}
