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
  private final Map<GuestProcess, Moment> running = new HashMap<>();
  private long calls;

  /** Begins the array; the stream is closed with it. */
  public ChromeTrace(OutputStream out) {
    json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out);
    json.writeStartArray();
  }

  @Override
  public void accept(TraceEvent event) {
    label(event.process());
    event.other().ifPresent(this::label);
    switch (event) {
      case TraceEvent.Switch e -> switched(e);
      case TraceEvent.Fork e -> {
        instant(e, TextTrace.flags(e.flags()));
        arrow("s", e.process(), e.child(), e.at());
      }
      case TraceEvent.FirstReturn e -> {
        instant(e, "");
        arrow("f", e.process(), e.process(), e.at());
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
    final Optional<Moment> since = Optional.ofNullable(running.remove(e.process()));
    if (since.isPresent()) {
      begin(e.process().name().orElse("runs"), "X", e.process());
      time("ts", since.get().nanos());
      time("dur", e.at().nanos() - since.get().nanos());
      json.writeObjectPropertyStart("args");
      json.writeNumberProperty("instructions", e.at().instructions() - since.get().instructions());
      json.writeStringProperty("next", e.next().toString());
      json.writeStringProperty("next runs in", TextTrace.addressSpace(e));
      json.writeEndObject();
      end();
    }
    running.put(e.next(), e.at());
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

  /** Ends the array, and with it the stream. */
  @Override
  public void close() {
    json.close(); // ends what is open
  }
}
