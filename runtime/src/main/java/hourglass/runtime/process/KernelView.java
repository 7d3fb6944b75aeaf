package hourglass.runtime.process;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ESP;

import hourglass.runtime.debug.Symbol;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.engine.Watcher.Machine;
import hourglass.translator.cpu.CpuState;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The processes of a kernel whose symbols are known and whose paths are Linux's: follows them
 * through the instructions at which those paths begin.
 */
final class KernelView {
  /** Functions from which a process calls the scheduler for the last time. */
  private static final Set<String> LAST_CALLERS = Set.of("do_exit", "do_task_dead");

  /** Where functions take their first argument. */
  private enum Convention {
    UNKNOWN,
    REGISTERS,
    STACK
  }

  private final CpuState state;
  private final GuestView view;
  private final ProcessList processes;
  private final SystemCalls calls;
  private final Tracer tracer;
  private final ProcessListener listener;
  private final SymbolTable symbols;
  private final Map<KernelPath, Symbol> paths = new EnumMap<>(KernelPath.class);
  private final TaskLayout layout;
  private final Map<Integer, GuestProcess> byTask = new HashMap<>();
  private final Map<Integer, GuestProcess> ownersOfSpaces = new HashMap<>();
  private Convention convention = Convention.UNKNOWN;
  private boolean switched;

  /** CR3 when the scheduler was called. */
  private int spaceBefore;

  /** The process that the last switch left. */
  private Optional<GuestProcess> left = Optional.empty();

  /** Of processes that are making another one: the flags, by the two conventions. */
  private final Map<GuestProcess, int[]> forking = new HashMap<>();

  KernelView(
      Machine machine,
      GuestView view,
      ProcessList processes,
      SystemCalls calls,
      Tracer tracer,
      ProcessListener listener,
      SymbolTable symbols) {
    state = machine.state();
    this.view = view;
    this.processes = processes;
    this.calls = calls;
    this.tracer = tracer;
    this.listener = listener;
    this.symbols = symbols;
    layout = new TaskLayout(view);
    for (KernelPath path : KernelPath.values()) {
      path.in(symbols).ifPresent(symbol -> paths.put(path, symbol));
    }
    if (isNamed(KernelPath.SWITCH, "__switch_to_asm")) {
      convention = Convention.REGISTERS; // newer than Linux 2.6.25, which knows no other
    }
  }

  private boolean isNamed(KernelPath path, String name) {
    return paths.containsKey(path) && paths.get(path).name().equals(name);
  }

  /** Whether its processes can be told apart. */
  boolean isUsable() {
    return paths.containsKey(KernelPath.SWITCH);
  }

  /** What to observe, by physical address. */
  Map<Integer, Runnable> observers() {
    final Map<Integer, Runnable> observers = new HashMap<>();
    paths.forEach((path, symbol) -> {
      final int physical = view.physical(symbol.address());
      if (physical != GuestView.NOT_MAPPED) {
        observers.put(physical, observer(path));
      }
    });
    return observers;
  }

  private Runnable observer(KernelPath path) {
    return switch (path) {
      case SCHEDULE -> this::scheduling;
      case SWITCH -> this::switching;
      case FORK -> this::forking;
      case NEW_TASK -> this::made;
      case FIRST_RETURN, FIRST_RETURN_OF_THREAD -> this::firstReturn;
      case EXEC -> this::becomesProgram;
      case EXIT -> this::exits;
      case SWITCHED -> this::hasSwitched;
    };
  }

  /** The process that runs is the first one of a kernel that is about to begin with others. */
  void begin() {
    processes.current().kind = GuestProcess.Kind.KERNEL_THREAD;
    spaceBefore = state.cr3;
    tracer.hold();
  }

  /** Brings names and numbers up to date. */
  void update() {
    processes.all().forEach(this::identify);
  }

  /** For people: how processes are told apart. */
  String describe() {
    return "kernel symbols; task_struct: " + layout;
  }

  // --- the paths

  private void scheduling() {
    spaceBefore = state.cr3;
    final GuestProcess process = processes.current();
    if (process.exited) {
      view.word(state.reg[ESP])
          .ifPresent(caller ->
              process.dead |=
                  symbols
                      .nearest(caller)
                      .map(symbol -> LAST_CALLERS.contains(symbol.name()))
                      .orElse(false));
    }
  }

  private void switching() {
    final GuestProcess from = processes.current();
    if (!switched) {
      switched = true;
      from.task = state.reg[EAX];
      byTask.put(from.task, from);
      layout.foundFirst(from);
      releaseWhenDecided();
    }
    final GuestProcess next = byTask.computeIfAbsent(state.reg[EDX], this::cameUnseen);
    identify(from);
    identify(next);
    if (!from.exited) {
      owns(from, spaceBefore);
    }
    listener.switched(from, next, spaceBefore, state.cr3);
    final boolean kept = state.cr3 == spaceBefore;
    final boolean borrowed = kept && next.kind == GuestProcess.Kind.KERNEL_THREAD;
    final Optional<GuestProcess> owner =
        borrowed ? Optional.ofNullable(ownersOfSpaces.get(state.cr3)) : Optional.empty();
    tracer.trace(
        new TraceEvent.Switch(processes.now(), from, next, state.cr3, kept, borrowed, owner));
    left = Optional.of(from);
    processes.switchTo(next);
  }

  /**
   * A process that has run programs is the last one to do so in an address space. CR3 is taken in
   * the kernel, as user mode has another one where page tables are isolated; and not after the
   * process has given its own back, when it borrows like a kernel thread.
   */
  private void owns(GuestProcess process, int space) {
    if (process.addressSpace.isPresent()) {
      ownersOfSpaces.put(space, process);
    }
  }

  /** A process that was made in a way that is not watched. */
  private GuestProcess cameUnseen(int task) {
    final GuestProcess process = processes.add();
    process.task = task;
    classify(process);
    return process;
  }

  private void forking() {
    final int pointer = state.reg[EAX];
    final boolean pointsToFlags =
        isNamed(KernelPath.FORK, "kernel_clone")
            || isNamed(KernelPath.FORK, "_do_fork") && view.word(pointer).isPresent();
    final int first = pointsToFlags ? view.word(pointer).orElse(0) : pointer;
    forking.put(processes.current(), new int[] {first, firstOnStack().orElse(first)});
  }

  private OptionalInt firstOnStack() {
    return view.word(state.reg[ESP] + 4);
  }

  private void made() {
    final GuestProcess parent = processes.current();
    final int[] flags = forking.remove(parent);
    final OptionalInt task = newTask();
    if (task.isEmpty()) {
      return; // it will be seen when it is switched to
    }
    final GuestProcess child = processes.add();
    child.task = task.getAsInt();
    child.creator = Optional.of(parent);
    byTask.put(child.task, child);
    layout.made(child);
    classify(child);
    identify(parent);
    identify(child);
    tracer.trace(new TraceEvent.Fork(processes.now(), parent, child, chosen(flags)));
    releaseWhenDecided();
  }

  /** The address of the task that was made; tells, the first time it can, how arguments come. */
  private OptionalInt newTask() {
    final int inRegister = state.reg[EAX];
    final OptionalInt onStack = firstOnStack();
    if (convention == Convention.UNKNOWN) {
      final boolean register = resemblesCurrent(inRegister);
      final boolean stack = onStack.isPresent() && resemblesCurrent(onStack.getAsInt());
      if (register && stack && inRegister == onStack.getAsInt()) {
        return onStack; // whichever it is
      }
      if (register == stack) {
        return OptionalInt.empty();
      }
      convention = register ? Convention.REGISTERS : Convention.STACK;
    }
    return convention == Convention.REGISTERS ? OptionalInt.of(inRegister) : onStack;
  }

  /** Whether this is the address of a copy of the current process. */
  private boolean resemblesCurrent(int task) {
    if (task == processes.current().task) {
      return false;
    }
    final Optional<String> name = layout.name(task);
    return name.isPresent()
        ? name.equals(layout.name(processes.current().task))
        : layout.resemblesFirst(task);
  }

  private OptionalLong chosen(int[] flags) {
    if (flags == null || convention == Convention.UNKNOWN && flags[0] != flags[1]) {
      return OptionalLong.empty();
    }
    final int value = convention == Convention.STACK ? flags[1] : flags[0];
    return OptionalLong.of(value & 0xFFFF_FFFFL);
  }

  private void firstReturn() {
    identify(processes.current());
    tracer.trace(new TraceEvent.FirstReturn(processes.now(), processes.current()));
  }

  private void becomesProgram() {
    final GuestProcess process = processes.current();
    if (process.task != 0) {
      final boolean known = layout.knowsMm();
      final List<GuestProcess> others =
          processes.all().stream()
              .filter(p -> p != process && p.task != 0 && !p.exited)
              .filter(p -> p.kind == GuestProcess.Kind.KERNEL_THREAD)
              .toList();
      layout.becameProgram(process, others);
      if (!known && layout.knowsMm()) {
        processes.all().stream().filter(p -> p.task != 0 && !p.exited).forEach(this::classify);
      }
    }
    process.kind = GuestProcess.Kind.USER;
    calls.abandon(process, "becomes another program");
    identify(process);
    tracer.trace(new TraceEvent.Exec(processes.now(), process));
  }

  private void exits() {
    final GuestProcess process = processes.current();
    identify(process);
    owns(process, state.cr3);
    process.exited = true;
    calls.abandon(process, "does not return");
    final OptionalInt code =
        switch (convention) {
          case REGISTERS -> OptionalInt.of(state.reg[EAX]);
          case STACK -> firstOnStack();
          case UNKNOWN -> OptionalInt.empty();
        };
    tracer.trace(new TraceEvent.Exit(processes.now(), process, code));
  }

  private void hasSwitched() {
    if (left.isPresent() && left.get().dead) {
      tracer.trace(new TraceEvent.Freed(processes.now(), left.get(), processes.current()));
      byTask.remove(left.get().task, left.get());
    }
    left = Optional.empty();
  }

  // --- who is who

  private void releaseWhenDecided() {
    if (layout.isDecided()) {
      update();
      tracer.release();
    }
  }

  /**
   * Whether a process has an address space; where that cannot be read, it has what its maker has.
   */
  private void classify(GuestProcess process) {
    final OptionalInt mm = layout.mm(process.task);
    if (mm.isPresent()) {
      process.kind = mm.getAsInt() == 0 ? GuestProcess.Kind.KERNEL_THREAD : GuestProcess.Kind.USER;
    } else {
      process.kind = process.creator.map(GuestProcess::kind).orElse(GuestProcess.Kind.UNKNOWN);
    }
  }

  /** Reads a process's name and numbers, unless its task_struct may be another's by now. */
  private void identify(GuestProcess process) {
    if (process.task == 0 || process.dead) {
      return;
    }
    process.name = layout.name(process.task).or(process::name);
    process.pid = layout.pid(process.task);
    process.threadGroup = layout.threadGroup(process.task);
  }

  /** The current parent of a process that lives; empty where that is not known. */
  Optional<GuestProcess> parent(GuestProcess process) {
    final OptionalInt task =
        process.task == 0 || process.dead ? OptionalInt.empty() : layout.parent(process.task);
    return task.isEmpty() ? Optional.empty() : Optional.ofNullable(byTask.get(task.getAsInt()));
  }
}
