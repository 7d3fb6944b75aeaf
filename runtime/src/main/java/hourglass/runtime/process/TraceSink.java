package hourglass.runtime.process;

/** Where traced events go; called on the guest's thread. */
@FunctionalInterface
public interface TraceSink {
  /** Takes an event; its processes have the names and numbers that they have now. */
  void accept(TraceEvent event);
}
