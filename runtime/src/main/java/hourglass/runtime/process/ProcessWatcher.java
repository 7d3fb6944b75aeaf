package hourglass.runtime.process;

import hourglass.runtime.debug.Kallsyms;
import hourglass.runtime.debug.Symbol;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.engine.Watcher;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Sees a guest's processes.
 *
 * <p>From the hardware alone it tells address spaces apart: whatever runs between two loads of CR3
 * is one process's. Once the kernel has its TSS, its symbols are looked for: in its memory, else
 * those of its file if the IDT shows that they are where the kernel runs. With them, processes are
 * what the kernel takes for such, and everything until then is its first process's.
 */
public final class ProcessWatcher implements Watcher {
  private static final int SYSTEM_CALL = 0x80;
  private static final int PAGE_MASK = 0xFFF;

  /** What the handler of page faults is called: from Linux 5.8 on, and before. */
  private static final List<String> PAGE_FAULT_HANDLERS =
      List.of("asm_exc_page_fault", "page_fault");

  private final SymbolTable linked;
  private final Tracer tracer;
  private final ProcessListener listener;
  private Machine machine;
  private GuestView view;
  private ProcessList processes;
  private SystemCalls calls;
  private Optional<KernelView> kernel = Optional.empty();
  private boolean searchedMemory;

  // While processes are address spaces.
  private Map<Integer, GuestProcess> bySpace = new HashMap<>();
  private int kernelStack;

  /**
   * Watches one board.
   *
   * @param linked the symbols of the kernel's file, where it was linked to run; empty where it has
   *     none
   * @param kinds what is traced, if anything
   * @param filter whose events are traced
   * @param sink where they go
   * @param listener is told as well
   */
  public ProcessWatcher(
      SymbolTable linked,
      Set<TraceKind> kinds,
      TraceFilter filter,
      TraceSink sink,
      ProcessListener listener) {
    this.linked = linked;
    this.listener = listener;
    tracer = new Tracer(kinds, filter, sink);
  }

  /** Watches one board, and tells nobody but a sink. */
  public ProcessWatcher(
      SymbolTable linked, Set<TraceKind> kinds, TraceFilter filter, TraceSink sink) {
    this(linked, kinds, filter, sink, ProcessListener.NOBODY);
  }

  // --- what there is to see

  /** All processes seen since the machine was last reset, in the order in which they came. */
  public List<GuestProcess> processes() {
    processes.account();
    kernel.ifPresent(KernelView::update);
    return processes.all();
  }

  /** A process's parent, as the kernel has it now; empty where it is dead or that is unknown. */
  public Optional<GuestProcess> parent(GuestProcess process) {
    return kernel.flatMap(k -> k.parent(process));
  }

  /** The name of a system call where its number is known to have Linux's meaning. */
  public String systemCallName(int number) {
    return calls.name(number);
  }

  /** For people: what processes are known by. */
  public String describe() {
    return kernel
        .map(KernelView::describe)
        .orElse("the hardware alone: address spaces; PIDs, names and kernel threads are unknown");
  }

  /** Passes on what is held back; to be called when the run has ended. */
  public void finish() {
    tracer.release();
  }

  // --- the machine

  @Override
  public void attach(Machine watched) {
    machine = watched;
    view = new GuestView(watched.state(), watched.memory());
    listener.attached(watched);
    begin();
  }

  private void begin() {
    processes = new ProcessList(machine);
    calls = new SystemCalls(machine, view, processes, tracer);
    kernel = Optional.empty();
    searchedMemory = false;
    bySpace = new HashMap<>();
    bySpace.put(machine.state().cr3, processes.current());
  }

  @Override
  public void reset() {
    tracer.release();
    machine.engine().observe(Map.of());
    listener.reset();
    begin();
  }

  // --- the kernel's symbols

  @Override
  public void loadedTables() {
    final CpuState state = machine.state();
    if (kernel.isPresent() || !state.isProtectedMode() || state.tr.selector == 0) {
      return;
    }
    final Optional<SymbolTable> symbols = symbols();
    symbols.ifPresent(listener::foundSymbols);
    final Optional<KernelView> found =
        symbols
            .map(s -> new KernelView(machine, view, processes, calls, tracer, listener, s))
            .filter(KernelView::isUsable);
    if (found.isPresent()) {
      kernel = found;
      processes.restart();
      calls.useNames();
      found.get().begin();
      machine.engine().observe(found.get().observers());
    }
  }

  private Optional<SymbolTable> symbols() {
    if (!searchedMemory) {
      searchedMemory = true;
      final Optional<SymbolTable> own = Kallsyms.find(machine.memory().ram());
      if (own.isPresent()) {
        return own;
      }
    }
    return runningSymbols();
  }

  /** The file's symbols where the kernel runs, if the IDT tells where that is. */
  private Optional<SymbolTable> runningSymbols() {
    final OptionalInt handler = view.handler(GuestFault.PAGE_FAULT);
    for (String name : PAGE_FAULT_HANDLERS) {
      final Optional<Symbol> symbol = linked.find(name);
      if (symbol.isPresent() && handler.isPresent()) {
        final int slide = handler.getAsInt() - symbol.get().address();
        if ((slide & PAGE_MASK) == 0) {
          return Optional.of(slide == 0 ? linked : moved(slide));
        }
      }
    }
    return Optional.empty();
  }

  private SymbolTable moved(int slide) {
    return SymbolTable.of(
        linked.symbols().stream().map(s -> new Symbol(s.name(), s.address() + slide)).toList());
  }

  // --- what the processor does

  @Override
  public void loadedAddressSpace(int before) {
    final int space = machine.state().cr3;
    if (kernel.isEmpty() && space != before) {
      final GuestProcess from = processes.current();
      final GuestProcess next = bySpace.computeIfAbsent(space, key -> processes.add());
      next.addressSpace = OptionalInt.of(space);
      switchSpace(from, next, before);
    }
  }

  private void switchSpace(GuestProcess from, GuestProcess next, int before) {
    final int space = machine.state().cr3;
    listener.switched(from, next, before, space);
    tracer.trace(
        new TraceEvent.Switch(
            processes.now(), from, next, space, from == next, false, Optional.empty()));
    processes.switchTo(next);
  }

  @Override
  public void enteredUser() {
    final GuestProcess process = processes.current();
    final int stack = view.kernelStack().orElse(0);
    if (kernel.isEmpty()
        && process.kernelStacks() > 0
        && stack != kernelStack
        && kernelStackIsOf(process)) {
      switchSpace(
          process, process, machine.state().cr3); // another thread in the same address space
    }
    kernelStack = stack;
    process.kernelStacks.add(stack);
    process.addressSpace = OptionalInt.of(machine.state().cr3);
    calls.returned(kernel.isPresent());
  }

  /** Whether the stack that was last entered on is one of a process's. */
  private boolean kernelStackIsOf(GuestProcess process) {
    return process.kernelStacks.contains(kernelStack);
  }

  @Override
  public void softwareInterrupt(int vector, int cpl, int esp, int returnEip) {
    if (vector == SYSTEM_CALL) {
      calls.made(cpl == 3, esp, returnEip);
    }
  }

  @Override
  public void fastSystemCall() {
    calls.madeFast();
  }

  @Override
  public void exception(int vector, int errorCode, int eip, int cpl) {
    final GuestProcess process = processes.current();
    if (vector == GuestFault.PAGE_FAULT) {
      process.pageFaults++;
    }
    if (tracer.wants(TraceKind.FAULT)) {
      final int address = machine.state().cr2;
      tracer.trace(
          new TraceEvent.Fault(processes.now(), process, vector, errorCode, address, eip, cpl));
    }
  }

  @Override
  public void interrupt(int vector, int eip, int cpl) {
    if (tracer.wants(TraceKind.INTERRUPT)) {
      tracer.trace(
          new TraceEvent.Interrupt(processes.now(), processes.current(), vector, eip, cpl));
    }
  }
}
