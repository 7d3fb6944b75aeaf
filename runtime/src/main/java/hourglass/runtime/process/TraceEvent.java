package hourglass.runtime.process;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Something that happened to a guest's processes. */
public sealed interface TraceEvent {
  Moment at();

  /** Whom it happened to. */
  GuestProcess process();

  /** The other one where two take part. */
  default Optional<GuestProcess> other() {
    return Optional.empty();
  }

  /** What it is counted among. */
  default TraceKind kind() {
    return TraceKind.PROCESS;
  }

  /**
   * A process was made, and is about to be queued for its first turn.
   *
   * @param process the parent
   * @param flags of clone(2), the exit signal in the low byte
   */
  record Fork(Moment at, GuestProcess process, GuestProcess child, OptionalLong flags)
      implements TraceEvent {
    @Override
    public Optional<GuestProcess> other() {
      return Optional.of(child);
    }
  }

  /** A new process has come to {@code ret_from_fork}. */
  record FirstReturn(Moment at, GuestProcess process) implements TraceEvent {}

  /** A process has become another program, and is about to enter it. */
  record Exec(Moment at, GuestProcess process) implements TraceEvent {}

  /**
   * The processor goes from one process to another.
   *
   * @param process the one it leaves
   * @param addressSpace CR3, as the next one finds it
   * @param kept whether CR3 has not been loaded with another value for it
   * @param borrowed whether the next one is a kernel thread and takes the one that is there
   * @param owner of a borrowed one: the process that has run programs in it last; empty where it is
   *     the kernel's own
   */
  record Switch(
      Moment at,
      GuestProcess process,
      GuestProcess next,
      int addressSpace,
      boolean kept,
      boolean borrowed,
      Optional<GuestProcess> owner)
      implements TraceEvent {
    @Override
    public Optional<GuestProcess> other() {
      return Optional.of(next);
    }
  }

  /**
   * A process begins to exit.
   *
   * @param code as wait(2) gives it: the status times 256, or a signal
   */
  record Exit(Moment at, GuestProcess process, OptionalInt code) implements TraceEvent {}

  /**
   * The next process to run gives back a dead one's stack, in {@code finish_task_switch}.
   *
   * @param process the dead one
   */
  record Freed(Moment at, GuestProcess process, GuestProcess by) implements TraceEvent {
    @Override
    public Optional<GuestProcess> other() {
      return Optional.of(by);
    }
  }

  /**
   * A system call has returned, or will not.
   *
   * @param begun when it was made
   * @param name of the call
   * @param text the call with its arguments and what became of it
   */
  record SystemCall(Moment at, GuestProcess process, Moment begun, String name, String text)
      implements TraceEvent {
    @Override
    public TraceKind kind() {
      return TraceKind.SYSCALL;
    }
  }

  /**
   * An exception.
   *
   * @param address CR2, for a page fault
   * @param cpl where it was raised
   */
  record Fault(
      Moment at, GuestProcess process, int vector, int errorCode, int address, int eip, int cpl)
      implements TraceEvent {
    @Override
    public TraceKind kind() {
      return TraceKind.FAULT;
    }
  }

  /**
   * A hardware interrupt.
   *
   * @param cpl what it interrupted
   */
  record Interrupt(Moment at, GuestProcess process, int vector, int eip, int cpl)
      implements TraceEvent {
    @Override
    public TraceKind kind() {
      return TraceKind.INTERRUPT;
    }
  }
}
