package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.DS;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.GS;
import static hourglass.translator.cpu.CpuState.SS;
import static hourglass.translator.cpu.GuestFault.DOUBLE_FAULT;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.PAGE_FAULT;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import java.util.Optional;

/**
 * Delivers exceptions and interrupts through the IDT or the real-mode vector table (Intel SDM
 * volume 3, chapter 6).
 *
 * <p>Nothing of the processor's state changes until the frame is on the handler's stack, so a fault
 * on the way leaves the interrupted instruction's state for the next exception to report.
 */
public final class Interrupts {
  /** The IDT bit of an error code: its index is a vector. */
  private static final int IN_IDT = 2;

  /**
   * An exception that code of privilege level 0 has raised.
   *
   * @param selector the code segment it was in
   * @param base where that segment begins
   * @param big whether its code is 32 bits wide
   * @param eip the instruction that raised it
   * @param executed instructions executed by then
   */
  public record Raised(int vector, int selector, int base, boolean big, int eip, long executed) {}

  private long exceptions;
  private int lastVector = -1;
  private int lastSelector;
  private int lastBase;
  private boolean lastBig;
  private int lastEip;
  private long lastExecuted;
  private final Processor cpu;
  private final CpuState state;
  private final StackWriter stack;

  public Interrupts(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
    stack = new StackWriter(cpu);
  }

  /**
   * Delivers an exception that the instruction at {@code state.eip} raised; afterwards {@code
   * state.eip} is the handler's first instruction. A fault on the way becomes a double fault.
   * {@link GuestFault#FROZEN} halts the processor there.
   *
   * @throws TripleFault where delivering the double fault faults too
   */
  public void exception(GuestFault fault) {
    if (fault.vector() == GuestFault.FROZEN) {
      state.halted = true;
      state.endSlice();
      return;
    }
    state.halted = false; // a single-step trap may follow HLT
    exceptions++;
    final int vector = fault.vector();
    final int error = fault.hasErrorCode() ? fault.errorCode() : 0;
    final int eip = state.eip;
    final int cpl = state.cpl;
    if (cpl == 0) {
      note(vector);
    }
    deliverWithFaults(vector, fault.hasErrorCode(), error, isContributory(vector));
    cpu.watcher.exception(vector, error, eip, cpl);
  }

  /**
   * Takes an interrupt from the interrupt controller between two instructions: {@code state.eip} is
   * the address to come back to. Ends HLT.
   *
   * @throws TripleFault as {@link #exception}
   */
  public void hardware(int vector) {
    state.halted = false;
    final int eip = state.eip;
    final int cpl = state.cpl;
    try {
      deliver(vector, 1, false, false, 0, state.eflags(), eip);
      state.eip = state.nextEip;
      cpu.watcher.interrupt(vector, eip, cpl);
    } catch (GuestFault fault) {
      exception(fault);
      return;
    }
    deliverTaskTrap();
  }

  /**
   * Delivers an exception, and what faults on the way (Intel SDM volume 3, table 6-5): a
   * contributory fault after a contributory one, and that or a page fault after a page fault, make
   * a double fault; any other fault is simply delivered in its stead.
   */
  private void deliverWithFaults(int vector, boolean hasError, int error, boolean contributory) {
    int v = vector;
    boolean withError = hasError;
    int code = error;
    boolean first = contributory;
    while (true) {
      if (v == GuestFault.DEBUG) {
        cpu.debugRegisters.enterHandler();
      }
      final boolean resume = v != GuestFault.DEBUG && v != DOUBLE_FAULT;
      try {
        deliver(v, 1, false, withError, code, state.eflags() | (resume ? Flags.RF : 0), state.eip);
        state.eip = state.nextEip;
        break;
      } catch (GuestFault second) {
        if (v == DOUBLE_FAULT) {
          throw new TripleFault();
        }
        final int next = second.vector();
        if (first && isContributory(next)
            || v == PAGE_FAULT && (next == PAGE_FAULT || isContributory(next))) {
          v = DOUBLE_FAULT;
          withError = true;
          code = 0;
        } else {
          v = next;
          withError = second.hasErrorCode();
          code = second.errorCode();
        }
        first = isContributory(v);
      }
    }
    deliverTaskTrap();
  }

  private static boolean isContributory(int vector) {
    return vector == GuestFault.DIVIDE_ERROR
        || vector >= GuestFault.INVALID_TSS && vector <= GENERAL_PROTECTION;
  }

  /** A task gate may have led to a task whose TSS asks for a debug trap. */
  private void deliverTaskTrap() {
    if (cpu.debugRegisters.takeTaskTrap()) {
      deliverWithFaults(GuestFault.DEBUG, false, 0, false);
    }
  }

  /**
   * INT n: the return address is {@code state.nextEip}; sets it to the handler. In virtual-8086
   * mode IOPL and the redirection bitmap decide who handles it (Intel SDM volume 3, section 20.3).
   *
   * @throws GuestFault where the gate or IOPL forbids it
   */
  public void software(int vector) {
    exceptions++;
    final int cpl = state.cpl;
    final int esp = state.reg[ESP];
    final int returnEip = state.nextEip;
    if (state.isVirtual8086()) {
      if ((state.cr4 & CpuState.CR4_VME) != 0 && !isInterceptedByMonitor(vector)) {
        deliverInVirtual8086(vector);
        return;
      }
      if ((state.systemFlags & Flags.IOPL) != Flags.IOPL) {
        throw state.fault.of(GENERAL_PROTECTION, 0);
      }
    }
    trap(vector);
    cpu.watcher.softwareInterrupt(vector, cpl, esp, returnEip);
  }

  /**
   * INT3 and INTO, which IOPL does not concern: the return address is {@code state.nextEip}; sets
   * it to the handler.
   *
   * @throws GuestFault where the gate forbids it
   */
  public void trap(int vector) {
    cpu.debugRegisters.dropStep();
    deliver(vector, 0, true, false, 0, state.eflags(), state.nextEip);
    afterTrap();
  }

  /**
   * INT1: a debug exception that no gate's DPL forbids; the return address is {@code
   * state.nextEip}.
   */
  public void debugTrap() {
    cpu.debugRegisters.dropStep();
    cpu.debugRegisters.enterHandler();
    deliver(GuestFault.DEBUG, 1, false, false, 0, state.eflags(), state.nextEip);
    afterTrap();
  }

  private void afterTrap() {
    if (cpu.debugRegisters.takeTaskTrap()) {
      throw state.fault.of(GuestFault.DEBUG);
    }
  }

  private void note(int vector) {
    final Segment code = state.segment[CS];
    lastVector = vector;
    lastSelector = code.selector;
    lastBase = code.base;
    lastBig = code.isBig();
    lastEip = state.eip;
    lastExecuted = state.instructions();
  }

  /** The last exception that code of privilege level 0 has raised since the machine started. */
  public Optional<Raised> lastRaised() {
    return lastVector < 0
        ? Optional.empty()
        : Optional.of(
            new Raised(lastVector, lastSelector, lastBase, lastBig, lastEip, lastExecuted));
  }

  /** The machine starts, for the first time or again. */
  public void reset() {
    lastVector = -1;
  }

  /** How many exceptions and INT n have been delivered since the processor was made. */
  public long exceptions() {
    return exceptions;
  }

  /**
   * Whether an interrupt can be taken before the next instruction: one is pending, IF is set, no
   * shadow.
   */
  public boolean canTake() {
    return (state.systemFlags & Flags.IF) != 0
        && !state.interruptShadow
        && cpu.interruptController.isPending();
  }

  /**
   * Replaces the bits of EFLAGS in {@code mask}, the arithmetic flags always among them, and ends
   * the slice where that lets an interrupt in or begins single stepping. Updates the mode where AC
   * has changed, but not for VM.
   */
  public void replaceFlags(int image, int mask) {
    final int before = state.systemFlags;
    state.systemFlags = (before & ~mask | image & mask) & ~Flags.ARITHMETIC | 2;
    state.setArithmeticFlags(image);
    if (((before ^ state.systemFlags) & Flags.AC) != 0) {
      state.updateMode();
    }
    flagsChanged(before);
  }

  /**
   * Tells that IF or TF may have changed: ends the slice where an interrupt can now be taken or
   * single stepping begins.
   *
   * @param before the system flags before the change
   */
  public void flagsChanged(int before) {
    final int set = state.systemFlags & ~before;
    if ((set & Flags.TF) != 0 || (set & Flags.IF) != 0 && cpu.interruptController.isPending()) {
      state.endSlice();
    }
  }

  // --- delivery

  /**
   * Delivers through the vector table of the current mode and sets {@code state.nextEip} to the
   * handler.
   *
   * @param ext the EXT bit of error codes on the way: 0 for INT n, INT3, INTO, else 1
   * @param software whether the gate's DPL counts
   * @param flags the image of EFLAGS to push
   */
  private void deliver(
      int vector,
      int ext,
      boolean software,
      boolean hasError,
      int error,
      int flags,
      int returnEip) {
    if (!state.isProtectedMode()) {
      deliverReal(vector, ext, flags, returnEip);
      return;
    }
    final int gateError = vector * 8 + IN_IDT + ext;
    if (vector * 8 + 7 > state.idtrLimit) {
      throw state.fault.of(GENERAL_PROTECTION, gateError);
    }
    final long words = cpu.memory.load64(state.idtrBase + vector * 8, DENY_READ_SUPERVISOR);
    final int low = (int) words;
    final int high = (int) (words >>> 32);
    final int type = Descriptor.isSegment(high) ? 0 : Descriptor.type(high);
    final boolean isTaskGate = type == Descriptor.TASK_GATE;
    if (!isTaskGate && (type & 6) != 6 || software && Descriptor.dpl(high) < state.cpl) {
      throw state.fault.of(GENERAL_PROTECTION, gateError);
    }
    if (!Descriptor.isPresent(high)) {
      throw state.fault.of(NOT_PRESENT, gateError);
    }
    if (isTaskGate) {
      final TaskSwitch task = cpu.taskSwitch;
      task.fetchFromGate(Descriptor.gateSelector(low), ext);
      task.switchTo(
          TaskSwitch.Cause.INTERRUPT, Descriptor.gateSelector(low), returnEip, flags, ext);
      if (hasError) {
        task.pushErrorCode(error, ext);
      }
      return;
    }
    enterHandler(low, high, ext, hasError, error, flags, returnEip);
  }

  private void enterHandler(
      int gateLow, int gateHigh, int ext, boolean hasError, int error, int flags, int returnEip) {
    final Segmentation segmentation = cpu.segmentation;
    final int selector = Descriptor.gateSelector(gateLow);
    if (Segmentation.isNull(selector)) {
      throw state.fault.of(GENERAL_PROTECTION, ext);
    }
    segmentation.fetch(selector, GENERAL_PROTECTION, ext);
    final int codeHigh = segmentation.high;
    final int cpl = Descriptor.isConforming(codeHigh) ? state.cpl : Descriptor.dpl(codeHigh);
    final boolean fromVirtual8086 = (flags & Flags.VM) != 0;
    if (!Descriptor.isCode(codeHigh)
        || Descriptor.dpl(codeHigh) > state.cpl
        || fromVirtual8086 && cpl != 0) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, ext);
    }
    if (!Descriptor.isPresent(codeHigh)) {
      throw segmentation.fault(NOT_PRESENT, selector, ext);
    }
    segmentation.markAccessed();
    final int codeLow = segmentation.low;
    final int offset = Descriptor.gateOffset(gateLow, gateHigh);
    final boolean wide = Descriptor.is32Bit(gateHigh);
    final boolean inner = cpl < state.cpl;
    if (inner) {
      stack.useInner(cpl, ext);
    } else {
      stack.useCurrent(ext);
    }
    segmentation.checkCodeLimit(offset, codeLow, codeHigh, ext);
    if (inner) {
      if (fromVirtual8086) {
        stack.push(state.segment[GS].selector, wide);
        stack.push(state.segment[FS].selector, wide);
        stack.push(state.segment[DS].selector, wide);
        stack.push(state.segment[ES].selector, wide);
      }
      stack.push(state.segment[SS].selector, wide);
      stack.push(state.reg[ESP], wide);
    }
    stack.push(flags, wide);
    stack.push(state.segment[CS].selector, wide);
    stack.push(returnEip, wide);
    if (hasError) {
      stack.push(error, wide);
    }

    stack.commit();
    if (fromVirtual8086) {
      state.segment[GS].setNull(0);
      state.segment[FS].setNull(0);
      state.segment[DS].setNull(0);
      state.segment[ES].setNull(0);
    }
    segmentation.enterCode(selector, codeLow, codeHigh, cpl);
    final boolean masks =
        (Descriptor.type(gateHigh) & 1) == 0; // interrupt gates are even, trap gates odd
    state.systemFlags &= ~(Flags.TF | Flags.VM | Flags.RF | Flags.NT | (masks ? Flags.IF : 0));
    state.nextEip = offset;
    state.updateMode();
  }

  /**
   * Real mode: vectors of four bytes at the IDTR's base, no error codes (Intel SDM volume 3,
   * section 20.1.4).
   */
  private void deliverReal(int vector, int ext, int flags, int returnEip) {
    if (vector * 4 + 3 > state.idtrLimit) {
      throw state.fault.of(GENERAL_PROTECTION, vector * 8 + IN_IDT + ext);
    }
    final int target = cpu.memory.load32(state.idtrBase + vector * 4, DENY_READ_SUPERVISOR);
    pushRealFrame(flags, returnEip);
    state.systemFlags &= ~(Flags.IF | Flags.TF | Flags.AC | Flags.RF);
    enterRealHandler(target);
  }

  private void pushRealFrame(int flags, int returnEip) {
    stack.useCurrent(0);
    stack.push16(flags);
    stack.push16(state.segment[CS].selector);
    stack.push16(returnEip);
    stack.commit();
  }

  private void enterRealHandler(int target) {
    cpu.segmentation.loadReal(state.segment[CS], target >>> 16);
    state.nextEip = target & 0xFFFF;
    state.updateMode();
  }

  // --- virtual-8086 mode extensions

  /**
   * Whether the redirection bitmap, the 32 bytes below the I/O permission bitmap, sends INT n to
   * the monitor.
   */
  private boolean isInterceptedByMonitor(int vector) {
    final Segment tss = state.tr;
    if (Integer.compareUnsigned(tss.limit, TaskSwitch.IO_MAP_BASE + 1) < 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    final int place =
        cpu.memory.load16(tss.base + TaskSwitch.IO_MAP_BASE, DENY_READ_SUPERVISOR)
            - 32
            + (vector >> 3);
    if (Integer.compareUnsigned(place, tss.limit) > 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    return (cpu.memory.load8(tss.base + place, DENY_READ_SUPERVISOR) >> (vector & 7) & 1) != 0;
  }

  /** Sends INT n to the virtual-8086 program's own vector table at linear address 0. */
  private void deliverInVirtual8086(int vector) {
    cpu.debugRegisters.dropStep();
    final int target = cpu.memory.load32(vector * 4, state.denyRead);
    final boolean ownsInterrupts = (state.systemFlags & Flags.IOPL) == Flags.IOPL;
    int image = state.eflags();
    if (!ownsInterrupts) {
      image = image & ~Flags.IF | Flags.IOPL | ((image & Flags.VIF) != 0 ? Flags.IF : 0);
    }
    pushRealFrame(image, state.nextEip);
    state.systemFlags &=
        ~(Flags.TF | Flags.RF | Flags.NT | (ownsInterrupts ? Flags.IF : Flags.VIF));
    enterRealHandler(target);
  }
}
