package hourglass.runtime.process;

/** What can be traced. */
public enum TraceKind {
  /** Forks, first returns, execs, switches, exits. */
  PROCESS,
  SYSCALL,
  /** Exceptions. */
  FAULT,
  /** Hardware interrupts. */
  INTERRUPT
}
