package hourglass.runtime.process;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which processes' events are traced: those with one of some PIDs or names; all where none is
 * given.
 */
public record TraceFilter(Set<Integer> pids, Set<String> names) {
  /** Lets everything pass. */
  public static final TraceFilter ALL = new TraceFilter(Set.of(), Set.of());

  public TraceFilter {
    pids = Set.copyOf(pids);
    names = Set.copyOf(names);
  }

  /** Whether one of an event's processes is asked for. */
  boolean passes(TraceEvent event) {
    return pids.isEmpty() && names.isEmpty()
        || concerns(event.process())
        || event.other().map(this::concerns).orElse(false);
  }

  private boolean concerns(GuestProcess process) {
    return process.pid().isPresent() && pids.contains(process.pid().getAsInt())
        || process.name().map(names::contains).orElse(false);
  }

  /**
   * Reads {@code pid=N} and {@code name=TEXT} terms.
   *
   * @return empty where a term is neither
   */
  public static Optional<TraceFilter> parse(List<String> terms) {
    final var pids = new java.util.HashSet<Integer>();
    final var names = new java.util.HashSet<String>();
    for (String term : terms) {
      if (term.matches("pid=\\d{1,9}")) {
        pids.add(Integer.valueOf(term.substring("pid=".length())));
      } else if (term.matches("name=.+")) {
        names.add(term.substring("name=".length()));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new TraceFilter(pids, names));
  }
}
