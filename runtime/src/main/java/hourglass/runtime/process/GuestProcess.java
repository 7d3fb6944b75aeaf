package hourglass.runtime.process;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * A process of the guest's kernel as the runtime sees it: what its kernel calls a task, or, where
 * that cannot be told, an address space.
 *
 * <p>To be read on the guest's thread, or once the run has ended.
 */
public final class GuestProcess {
  /** What it executes. */
  public enum Kind {
    /** Programs, in an address space of its own or shared with other threads. */
    USER,
    /** Nothing but the kernel. */
    KERNEL_THREAD,
    UNKNOWN
  }

  private final Moment firstSeen;

  // Who it is.
  int task;
  OptionalInt pid = OptionalInt.empty();
  OptionalInt threadGroup = OptionalInt.empty();
  Optional<String> name = Optional.empty();
  Optional<GuestProcess> creator = Optional.empty();
  OptionalInt addressSpace = OptionalInt.empty();
  Kind kind = Kind.UNKNOWN;

  // What it has done.
  final Set<Integer> kernelStacks = new HashSet<>();
  final Map<Integer, Long> systemCalls = new TreeMap<>();
  final Map<Integer, PendingCall> pendingCalls = new TreeMap<>();
  long switches;
  long instructions;
  long pageFaults;
  boolean exited;

  /** It has called the scheduler for the last time. */
  boolean dead;

  GuestProcess(Moment firstSeen) {
    this.firstSeen = firstSeen;
  }

  /** When it was made, or seen for the first time. */
  public Moment firstSeen() {
    return firstSeen;
  }

  /** Its number, that of the thread where a process has several. */
  public OptionalInt pid() {
    return pid;
  }

  /** The PID of the process that it is a thread of: its own where it is the only one. */
  public OptionalInt threadGroup() {
    return threadGroup;
  }

  /** What its kernel calls it, now or last. */
  public Optional<String> name() {
    return name;
  }

  /** Who made it; empty for the first process, and where that was not seen. */
  public Optional<GuestProcess> creator() {
    return creator;
  }

  /** CR3 as it last entered user mode. */
  public OptionalInt addressSpace() {
    return addressSpace;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether it has begun to exit. */
  public boolean exited() {
    return exited;
  }

  /**
   * How many kernel stacks (TSS.ESP0) it has entered the kernel on; always 1 where the kernel
   * enters on a stack of the processor's, as Linux does from 4.19 on.
   */
  public int kernelStacks() {
    return kernelStacks.size();
  }

  /** How often the processor was switched to it. */
  public long switches() {
    return switches;
  }

  /** Guest instructions, those of the kernel on its behalf and of interrupts meanwhile included. */
  public long instructions() {
    return instructions;
  }

  /** Page faults while it ran. */
  public long pageFaults() {
    return pageFaults;
  }

  /** How often it made each system call, by number. */
  public Map<Integer, Long> systemCalls() {
    return Collections.unmodifiableMap(systemCalls);
  }

  /** Takes over what another one has done: both are found out to be one. */
  void add(GuestProcess other) {
    kernelStacks.addAll(other.kernelStacks);
    other.systemCalls.forEach((number, count) -> systemCalls.merge(number, count, Long::sum));
    switches += other.switches;
    instructions += other.instructions;
    pageFaults += other.pageFaults;
  }

  /** For people: {@code 45 sh}, or what stands for it where that is not known. */
  @Override
  public String toString() {
    final String called = name.orElse("?");
    if (pid.isPresent()) {
      return pid.getAsInt() + " " + called;
    }
    if (task != 0) {
      return String.format("task:%08x %s", task, called);
    }
    return addressSpace.isPresent()
        ? String.format("space:%08x", addressSpace.getAsInt())
        : "start";
  }
}
