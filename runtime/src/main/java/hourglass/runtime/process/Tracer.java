package hourglass.runtime.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Passes on the events that are asked for. Until it is known where a kernel keeps its processes'
 * names and numbers, events wait.
 */
final class Tracer {
  /** So many events wait at most; the rest of the wait is then over. */
  private static final int PATIENCE = 100_000;

  private final Set<TraceKind> kinds;
  private final TraceFilter filter;
  private final TraceSink sink;
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean held;

  /** An event, and what its processes were called then. */
  private record Waiting(TraceEvent event, Optional<String> name, Optional<String> otherName) {}

  Tracer(Set<TraceKind> kinds, TraceFilter filter, TraceSink sink) {
    this.kinds = Set.copyOf(kinds);
    this.filter = filter;
    this.sink = sink;
  }

  boolean wants(TraceKind kind) {
    return kinds.contains(kind);
  }

  /** Lets events wait for {@link #release}. */
  void hold() {
    held = true;
  }

  void release() {
    held = false;
    waiting.forEach(this::passLate);
    waiting.clear();
  }

  /** Passes an event on with the names of its own time, as far as they were known. */
  private void passLate(Waiting late) {
    final GuestProcess process = late.event.process();
    final Optional<GuestProcess> other = late.event.other();
    final Optional<String> name = process.name;
    final Optional<String> otherName = other.flatMap(GuestProcess::name);
    process.name = late.name.or(() -> name);
    other.ifPresent(o -> o.name = late.otherName.or(() -> otherName));
    pass(late.event);
    process.name = name;
    other.ifPresent(o -> o.name = otherName);
  }

  void trace(TraceEvent event) {
    if (!wants(event.kind())) {
      return;
    }
    if (!held) {
      pass(event);
      return;
    }
    waiting.add(
        new Waiting(event, event.process().name(), event.other().flatMap(GuestProcess::name)));
    if (waiting.size() == PATIENCE) {
      release();
    }
  }

  private void pass(TraceEvent event) {
    if (filter.passes(event)) {
      sink.accept(event);
    }
  }
}
