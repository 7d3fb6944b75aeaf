package hourglass.runtime.interrupt;

import hourglass.runtime.engine.Processor;
import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;

/**
 * Breakpoints, single stepping and task-switch traps (Intel SDM volume 3, chapter 17).
 *
 * <p>While {@link #isActive} the engine executes one instruction at a time, with {@link
 * #beforeInstruction} and {@link #afterInstruction} around it.
 */
public final class DebugRegisters implements Mmu.AccessWatcher {
  /** DR6: a debug register was accessed with DR7.GD set. */
  public static final int GENERAL_DETECT = 1 << 13;

  /** DR6: single step. */
  public static final int SINGLE_STEP = 1 << 14;

  /** DR6: task switch. */
  public static final int TASK_SWITCH = 1 << 15;

  private static final int DR6_FIXED = 0xFFFF_0FF0;
  private static final int DR6_WRITABLE = 0xE00F;
  private static final int DR7_FIXED = 0x400;
  private static final int DR7_WRITABLE = 0xFFFF_23FF;
  private static final int DR7_ENABLES = 0xFF;
  private static final int DR7_LOCAL_ENABLES = 0x155;
  private static final int DR7_GENERAL_DETECT = 1 << 13;

  private static final int EXECUTE = 0;
  private static final int WRITE = 1;
  private static final int IO = 2;
  private static final int READ_WRITE = 3;

  private final Processor cpu;
  private final CpuState state;

  /** DR6 bits of the data and I/O breakpoints that the current instruction has hit. */
  private int hits;

  /** Whether a single-step trap follows the current instruction. */
  private boolean step;

  /** The current instruction loads SS: what it hits waits for the next one to finish. */
  private boolean loadsStack;

  /** The instruction before loaded SS: no breakpoint stops this one. */
  private boolean inhibited;

  private boolean taskTrap;

  public DebugRegisters(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
  }

  /** Whether the next instruction has to be executed alone: TF is set or a breakpoint enabled. */
  public boolean isActive() {
    return (state.systemFlags & Flags.TF) != 0 || (state.dr[7] & DR7_ENABLES) != 0;
  }

  /** Whether a breakpoint is enabled. */
  public boolean hasBreakpoints() {
    return (state.dr[7] & DR7_ENABLES) != 0;
  }

  // --- around an instruction

  /**
   * To be called before the instruction at a linear address is fetched.
   *
   * @throws GuestFault #DB where an instruction breakpoint is set there and RF is clear
   */
  public void beforeInstruction(int linear) {
    if (!inhibited) {
      hits = 0;
    }
    loadsStack = false;
    step = (state.systemFlags & Flags.TF) != 0;
    if ((state.systemFlags & Flags.RF) != 0) {
      state.systemFlags &= ~Flags.RF;
    } else if (hasBreakpoints() && !inhibited) {
      final int matches = matches(linear, 1, EXECUTE, EXECUTE);
      if (matches != 0) {
        throw raise(matches);
      }
    }
    inhibited = false;
  }

  /**
   * To be called after an instruction, when {@code state.eip} is the next one's.
   *
   * @param repeats whether it is a string instruction that goes on with its next element: a
   *     breakpoint on it has been seen
   * @throws GuestFault #DB where the instruction was single-stepped or has hit a breakpoint
   */
  public void afterInstruction(boolean repeats) {
    // RF is in the image of a trap between elements, and keeps the breakpoint on it from being seen
    // again. Else nobody asks for it, and engines that do not count on it may run.
    if (repeats && (step || hasBreakpoints())) {
      state.systemFlags |= Flags.RF;
    }
    if (loadsStack) {
      inhibited = true;
      return;
    }
    final int cause = hits | (step ? SINGLE_STEP : 0);
    hits = 0;
    step = false;
    if (cause != 0) {
      throw raise(cause);
    }
  }

  /**
   * MOV SS and POP SS: no debug exception comes before the next instruction has executed, so that
   * it can load ESP (Intel SDM volume 3, section 6.8.3).
   */
  public void inhibit() {
    loadsStack = true;
  }

  /**
   * No single-step trap follows the current instruction: it is a software interrupt, which has
   * cleared TF.
   */
  void dropStep() {
    step = false;
  }

  /** A breakpoint on a data access traps after the instruction. */
  @Override
  public void accessed(int linear, int size, boolean write) {
    hits |= matches(linear, size, write ? WRITE : READ_WRITE, READ_WRITE);
  }

  /** Tells of a port access; a breakpoint on it traps after the instruction. */
  public void portAccess(int port, int size) {
    if (hasBreakpoints() && (state.cr4 & CpuState.CR4_DE) != 0) {
      hits |= matches(port, size, IO, IO);
    }
  }

  /** The DR6 bits of the enabled breakpoints of one of two kinds that overlap an address range. */
  private int matches(int address, int size, int kind, int otherKind) {
    final int control = state.dr[7];
    int matches = 0;
    for (int i = 0; i < 4; i++) {
      final int condition = control >>> 16 + 4 * i;
      if ((control >>> 2 * i & 3) != 0
          && ((condition & 3) == kind || (condition & 3) == otherKind)) {
        final int length = (condition >>> 2 & 3) + 1;
        final int start = state.dr[i] & -length;
        // Two ranges overlap where one's start lies in the other.
        if (Integer.compareUnsigned(address - start, length) < 0
            || Integer.compareUnsigned(start - address, size) < 0) {
          matches |= 1 << i;
        }
      }
    }
    return matches;
  }

  @Override
  public boolean watches(int page) {
    for (int i = 0; i < 4; i++) {
      if (isDataBreakpoint(i) && state.dr[i] >>> 12 == page) {
        return true;
      }
    }
    return false;
  }

  private boolean isDataBreakpoint(int index) {
    final int control = state.dr[7];
    return (control >>> 2 * index & 3) != 0 && (control >>> 16 + 4 * index & 1) != 0;
  }

  private boolean hasDataBreakpoints() {
    return isDataBreakpoint(0) || isDataBreakpoint(1) || isDataBreakpoint(2) || isDataBreakpoint(3);
  }

  private GuestFault raise(int cause) {
    state.dr[6] = state.dr[6] | cause;
    return state.fault.of(GuestFault.DEBUG);
  }

  // --- entering handlers and switching tasks

  /** A debug exception is being delivered: its handler may access the debug registers. */
  void enterHandler() {
    state.dr[7] &= ~DR7_GENERAL_DETECT;
  }

  /** A task switch disables the local breakpoints. */
  void leaveTask() {
    if ((state.dr[7] & DR7_LOCAL_ENABLES) != 0) {
      state.dr[7] &= ~DR7_LOCAL_ENABLES;
    }
  }

  /** The TSS of the task just entered has its T bit set. */
  void requestTaskTrap() {
    state.dr[6] |= TASK_SWITCH;
    taskTrap = true;
  }

  /** Whether a task trap was requested; it no longer is. */
  boolean takeTaskTrap() {
    final boolean requested = taskTrap;
    taskTrap = false;
    return requested;
  }

  // --- MOV to and from debug registers

  /**
   * Reads a debug register.
   *
   * @param index 0-7; 4 and 5 stand for 6 and 7
   * @throws GuestFault #UD for 4 and 5 with CR4.DE set, #DB with DR7.GD set
   */
  public int read(int index) {
    return state.dr[resolve(index)];
  }

  /** Writes a debug register; throws as {@link #read} does. */
  public void write(int index, int value) {
    final int target = resolve(index);
    final boolean watched = hasDataBreakpoints();
    state.dr[target] =
        switch (target) {
          case 6 -> value & DR6_WRITABLE | DR6_FIXED;
          case 7 -> value & DR7_WRITABLE | DR7_FIXED;
          default -> value;
        };
    if (hasDataBreakpoints()) {
      cpu.memory.watchAccesses(this);
    } else if (watched) {
      cpu.memory.unwatchAccesses();
    }
    state.endSlice(); // the engine may have to go on one instruction at a time
  }

  private int resolve(int index) {
    if ((index & 6) == 4 && (state.cr4 & CpuState.CR4_DE) != 0) {
      throw state.fault.of(GuestFault.INVALID_OPCODE);
    }
    if ((state.dr[7] & DR7_GENERAL_DETECT) != 0) {
      throw raise(GENERAL_DETECT);
    }
    return (index & 6) == 4 ? index + 2 : index;
  }
}
