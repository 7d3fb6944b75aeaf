package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.DS;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.GS;
import static hourglass.translator.cpu.CpuState.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;

/**
 * Far jumps, calls and returns, IRET, SYSENTER and SYSEXIT, through gates and task switches (Intel
 * SDM volume 3, chapters 5 to 7). Each sets {@code state.nextEip} to where execution goes on.
 *
 * @see Interrupts the other way into inner levels
 */
public final class FarTransfers {
  /** Flags that POPF and IRET change at any privilege level. */
  private static final int FLAGS_ANY = Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT;

  /** Flags of the upper word that 32-bit IRET changes at any privilege level. */
  private static final int FLAGS_ANY_UPPER = Flags.RF | Flags.AC | Flags.ID;

  private static final int VIRTUAL_INTERRUPT = Flags.VIF | Flags.VIP;

  private static final int FLAT_CODE =
      Segment.PRESENT
          | Segment.NOT_SYSTEM
          | Segment.CODE
          | Segment.READABLE
          | Segment.ACCESSED
          | Segment.BIG
          | Segment.GRANULAR;
  private static final int FLAT_DATA = FLAT_CODE & ~Segment.CODE;

  private final Processor cpu;
  private final CpuState state;
  private final Segmentation segmentation;
  private final StackWriter stack;
  private final int[] parameters = new int[31];

  public FarTransfers(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
    segmentation = cpu.segmentation;
    stack = new StackWriter(cpu);
  }

  // --- JMP and CALL

  /**
   * JMP to another segment, or through a call gate, task gate or TSS.
   *
   * @throws GuestFault with nothing changed, or in the context of a task just entered
   */
  public void jump(int selector, int offset) {
    if (state.isRealOrVirtual8086()) {
      checkRealLimit(offset);
      enterReal(selector, offset);
      return;
    }
    fetchTarget(selector);
    if (Descriptor.isCode(segmentation.high)) {
      checkDirect(selector);
      segmentation.checkCodeLimit(offset, segmentation.low, segmentation.high, 0);
      segmentation.markAccessed();
      enter(selector, offset, segmentation.low, segmentation.high, state.cpl);
      return;
    }
    final int type = systemType(selector);
    if (type == Descriptor.CALL_GATE16 || type == Descriptor.CALL_GATE32) {
      final int entry = fetchThroughGate();
      final int code = gateSelector;
      final int high = segmentation.high;
      if (!Descriptor.isConforming(high) && Descriptor.dpl(high) != state.cpl) {
        throw segmentation.fault(GENERAL_PROTECTION, code, 0);
      }
      checkPresent(code);
      segmentation.checkCodeLimit(entry, segmentation.low, high, 0);
      segmentation.markAccessed();
      enter(code, entry, segmentation.low, segmentation.high, state.cpl);
    } else {
      switchTask(selector, type, TaskSwitch.Cause.JUMP);
    }
  }

  /**
   * CALL to another segment, or through a call gate, task gate or TSS; the return address is {@code
   * state.nextEip}.
   *
   * @param wide whether a call without a gate pushes doublewords
   * @throws GuestFault as {@link #jump}
   */
  public void call(int selector, int offset, boolean wide) {
    if (state.isRealOrVirtual8086()) {
      stack.useCurrent(0);
      stack.push(state.segment[CS].selector, wide);
      stack.push(state.nextEip, wide);
      checkRealLimit(offset);
      stack.commit();
      enterReal(selector, offset);
      return;
    }
    fetchTarget(selector);
    if (Descriptor.isCode(segmentation.high)) {
      checkDirect(selector);
      callSameLevel(selector, offset, wide);
      return;
    }
    final int type = systemType(selector);
    if (type == Descriptor.CALL_GATE16 || type == Descriptor.CALL_GATE32) {
      final int count = Descriptor.gateParameters(segmentation.high);
      final int entry = fetchThroughGate();
      checkPresent(gateSelector);
      final int level = Descriptor.dpl(segmentation.high);
      if (Descriptor.isConforming(segmentation.high) || level == state.cpl) {
        callSameLevel(gateSelector, entry, type == Descriptor.CALL_GATE32);
      } else {
        callInnerLevel(gateSelector, entry, level, count, type == Descriptor.CALL_GATE32);
      }
    } else {
      switchTask(selector, type, TaskSwitch.Cause.CALL);
    }
  }

  private void callSameLevel(int selector, int offset, boolean wide) {
    segmentation.markAccessed();
    stack.useCurrent(0);
    stack.push(state.segment[CS].selector, wide);
    stack.push(state.nextEip, wide);
    segmentation.checkCodeLimit(offset, segmentation.low, segmentation.high, 0);
    stack.commit();
    enter(selector, offset, segmentation.low, segmentation.high, state.cpl);
  }

  private void callInnerLevel(int selector, int offset, int level, int count, boolean wide) {
    segmentation.markAccessed();
    final int low = segmentation.low;
    final int high = segmentation.high;
    stack.useInner(level, 0);
    segmentation.checkCodeLimit(offset, low, high, 0);
    for (int i = 0; i < count; i++) {
      parameters[i] = wide ? peek32(4 * i) : peek16(2 * i);
    }
    stack.push(state.segment[SS].selector, wide);
    stack.push(state.reg[ESP], wide);
    for (int i = count - 1; i >= 0; i--) {
      stack.push(parameters[i], wide);
    }
    stack.push(state.segment[CS].selector, wide);
    stack.push(state.nextEip, wide);
    stack.commit();
    enter(selector, offset, low, high, level);
  }

  private void fetchTarget(int selector) {
    if (Segmentation.isNull(selector)) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    segmentation.fetch(selector, GENERAL_PROTECTION, 0);
  }

  /** Checks the privilege and presence of a code segment reached without a gate. */
  private void checkDirect(int selector) {
    final int high = segmentation.high;
    final int dpl = Descriptor.dpl(high);
    final boolean allowed =
        Descriptor.isConforming(high)
            ? dpl <= state.cpl
            : dpl == state.cpl && (selector & 3) <= state.cpl;
    if (!allowed) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    checkPresent(selector);
  }

  private void checkPresent(int selector) {
    if (!Descriptor.isPresent(segmentation.high)) {
      throw segmentation.fault(NOT_PRESENT, selector, 0);
    }
  }

  /**
   * The type of the gate or TSS just read, its privilege checked: DPL must not be less than CPL and
   * RPL.
   */
  private int systemType(int selector) {
    final int high = segmentation.high;
    final int type = Descriptor.isSegment(high) ? 0 : Descriptor.type(high);
    final boolean known =
        type == Descriptor.CALL_GATE16
            || type == Descriptor.CALL_GATE32
            || type == Descriptor.TASK_GATE
            || type == Descriptor.TSS16_AVAILABLE
            || type == Descriptor.TSS32_AVAILABLE;
    if (!known || Descriptor.dpl(high) < Math.max(state.cpl, selector & 3)) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    checkPresent(selector);
    return type;
  }

  /** The code segment that the call gate read last names. */
  private int gateSelector;

  /** Reads the code descriptor behind the call gate just read, and returns the gate's offset. */
  private int fetchThroughGate() {
    final int low = segmentation.low;
    final int high = segmentation.high;
    gateSelector = Descriptor.gateSelector(low);
    fetchTarget(gateSelector);
    if (!Descriptor.isCode(segmentation.high) || Descriptor.dpl(segmentation.high) > state.cpl) {
      throw segmentation.fault(GENERAL_PROTECTION, gateSelector, 0);
    }
    return Descriptor.gateOffset(low, high);
  }

  private void switchTask(int selector, int type, TaskSwitch.Cause cause) {
    int tss = selector;
    if (type == Descriptor.TASK_GATE) {
      tss = Descriptor.gateSelector(segmentation.low);
      cpu.taskSwitch.fetchFromGate(tss, 0);
    } else if ((selector & 4) != 0) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    cpu.taskSwitch.switchTo(cause, tss, state.nextEip, state.eflags(), 0);
    raiseTaskTrap();
  }

  private void raiseTaskTrap() {
    if (cpu.debugRegisters.takeTaskTrap()) {
      throw state.fault.of(GuestFault.DEBUG);
    }
  }

  private void checkRealLimit(int offset) {
    if (Integer.compareUnsigned(offset, state.segment[CS].limit) > 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
  }

  private void enterReal(int selector, int offset) {
    segmentation.loadReal(state.segment[CS], selector);
    state.nextEip = offset;
    state.updateMode();
  }

  private void enter(int selector, int offset, int low, int high, int cpl) {
    segmentation.enterCode(selector, low, high, cpl);
    state.nextEip = offset;
    state.updateMode();
  }

  // --- RET and IRET

  private int peek16(int distance) {
    return cpu.read16(SS, state.reg[ESP] + distance & stackMask());
  }

  private int peek32(int distance) {
    return cpu.read32(SS, state.reg[ESP] + distance & stackMask());
  }

  private int peek(int distance, boolean wide) {
    return wide ? peek32(distance) : peek16(distance);
  }

  private int stackMask() {
    return state.segment[SS].isBig() ? -1 : 0xFFFF;
  }

  /** Adds to ESP or SP, as the stack segment says. */
  private void release(int bytes) {
    final int mask = stackMask();
    state.reg[ESP] = state.reg[ESP] & ~mask | state.reg[ESP] + bytes & mask;
  }

  /**
   * RET to another segment.
   *
   * @param wide whether it pops doublewords
   * @param extra bytes of parameters to release, on the outer stack too
   * @throws GuestFault with nothing changed
   */
  public void ret(boolean wide, int extra) {
    final int slot = wide ? 4 : 2;
    final int offset = peek(0, wide);
    final int selector = peek(slot, wide) & 0xFFFF;
    if (state.isRealOrVirtual8086()) {
      checkRealLimit(offset);
      release(2 * slot + extra);
      enterReal(selector, offset);
      return;
    }
    fetchReturn(selector);
    final int level = selector & 3;
    final int low = segmentation.low;
    final int high = segmentation.high;
    if (level == state.cpl) {
      segmentation.checkCodeLimit(offset, low, high, 0);
      release(2 * slot + extra);
      enter(selector, offset, low, high, level);
    } else {
      returnToOuter(selector, offset, low, high, 2 * slot + extra, wide);
      release(extra);
      tellOfUser();
    }
  }

  /** Reads and checks the code descriptor that a far return or IRET goes to. */
  private void fetchReturn(int selector) {
    fetchTarget(selector);
    final int high = segmentation.high;
    final int level = selector & 3;
    final int dpl = Descriptor.dpl(high);
    if (level < state.cpl
        || !Descriptor.isCode(high)
        || (Descriptor.isConforming(high) ? dpl > level : dpl != level)) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    checkPresent(selector);
    segmentation.markAccessed();
  }

  /**
   * Pops ESP and SS, enters the outer level and takes from it the data segments of the inner one.
   */
  private void returnToOuter(
      int selector, int offset, int low, int high, int stackDistance, boolean wide) {
    final int level = selector & 3;
    final int esp = peek(stackDistance, wide);
    final int ss = peek(stackDistance + (wide ? 4 : 2), wide) & 0xFFFF;
    segmentation.fetchStack(ss, level, GENERAL_PROTECTION, 0);
    segmentation.checkCodeLimit(offset, low, high, 0);
    segmentation.install(state.segment[SS], ss);
    if (state.segment[SS].isBig()) {
      state.reg[ESP] = esp;
    } else {
      state.reg[ESP] = state.reg[ESP] & 0xFFFF_0000 | esp & 0xFFFF;
    }
    segmentation.enterCode(selector, low, high, level);
    segmentation.dropInnerData();
    state.nextEip = offset;
    state.updateMode();
  }

  /**
   * IRET, in all modes: to the same level, an outer one, virtual-8086 mode, or the task that was
   * interrupted.
   *
   * @param wide whether it pops doublewords
   * @throws GuestFault with nothing changed, or in the context of a task just entered
   */
  public void iret(boolean wide) {
    if (state.isRealOrVirtual8086()) {
      iretReal(wide);
      return;
    }
    if ((state.systemFlags & Flags.NT) != 0) {
      cpu.taskSwitch.returnToCaller();
      raiseTaskTrap();
      return;
    }
    final int slot = wide ? 4 : 2;
    final int offset = peek(0, wide);
    final int selector = peek(slot, wide) & 0xFFFF;
    final int image = peek(2 * slot, wide);
    if (wide && (image & Flags.VM) != 0 && state.cpl == 0) {
      iretToVirtual8086(offset, selector, image);
      return;
    }
    fetchReturn(selector);
    int mask = FLAGS_ANY;
    if (state.cpl <= ioPrivilege()) {
      mask |= Flags.IF;
    }
    if (state.cpl == 0) {
      mask |= Flags.IOPL;
    }
    if (wide) {
      mask |= resumable(FLAGS_ANY_UPPER);
      if (state.cpl == 0) {
        mask |= VIRTUAL_INTERRUPT;
      }
    }
    final int level = selector & 3;
    final int low = segmentation.low;
    final int high = segmentation.high;
    final boolean outer = level != state.cpl;
    if (outer) {
      returnToOuter(selector, offset, low, high, 3 * slot, wide);
    } else {
      segmentation.checkCodeLimit(offset, low, high, 0);
      release(3 * slot);
      enter(selector, offset, low, high, level);
    }
    cpu.interrupts.replaceFlags(image, mask);
    if (outer) {
      tellOfUser();
    }
  }

  private void tellOfUser() {
    if (state.cpl == 3) {
      cpu.watcher.enteredUser();
    }
  }

  /**
   * RF holds back instruction breakpoints for one instruction. While none is enabled nobody looks
   * at it, nor clears it, so it is not set then.
   */
  private int resumable(int mask) {
    if (cpu.debugRegisters.hasBreakpoints()) {
      return mask;
    }
    state.systemFlags &= ~Flags.RF;
    return mask & ~Flags.RF;
  }

  private int ioPrivilege() {
    return (state.systemFlags & Flags.IOPL) >> 12;
  }

  private void iretReal(boolean wide) {
    final boolean virtual8086 = state.isVirtual8086();
    final boolean restricted = virtual8086 && ioPrivilege() != 3;
    if (restricted && (wide || (state.cr4 & CpuState.CR4_VME) == 0)) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    final int slot = wide ? 4 : 2;
    final int offset = peek(0, wide);
    final int selector = peek(slot, wide) & 0xFFFF;
    int image = peek(2 * slot, wide);
    int mask = FLAGS_ANY;
    if (restricted) {
      image = virtualInterruptImage(image);
      mask |= Flags.VIF;
    } else {
      mask |= Flags.IF;
      if (!virtual8086) {
        mask |= Flags.IOPL;
      }
      if (wide) {
        mask |= resumable(FLAGS_ANY_UPPER);
      }
    }
    checkRealLimit(offset);
    release(3 * slot);
    enterReal(selector, offset);
    cpu.interrupts.replaceFlags(image, mask);
  }

  /**
   * The flags image of a 16-bit POPF or IRET under the virtual-8086 mode extensions: its IF stands
   * for VIF.
   *
   * @throws GuestFault #GP(0) where the monitor has to see it: TF, or IF while VIP is set
   */
  public int virtualInterruptImage(int image) {
    final boolean enables = (image & Flags.IF) != 0;
    if ((image & Flags.TF) != 0 || enables && (state.systemFlags & Flags.VIP) != 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    return enables ? image | Flags.VIF : image & ~Flags.VIF;
  }

  private void iretToVirtual8086(int offset, int selector, int image) {
    final int esp = peek32(12);
    final int ss = peek32(16);
    final int es = peek32(20);
    final int ds = peek32(24);
    final int fs = peek32(28);
    final int gs = peek32(32);
    if (Integer.compareUnsigned(offset, 0xFFFF) > 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    state.reg[ESP] = esp;
    state.segment[CS].setReal(selector, 3);
    state.segment[SS].setReal(ss, 3);
    state.segment[ES].setReal(es, 3);
    state.segment[DS].setReal(ds, 3);
    state.segment[FS].setReal(fs, 3);
    state.segment[GS].setReal(gs, 3);
    state.cpl = 3;
    state.nextEip = offset;
    final int upper = resumable(FLAGS_ANY_UPPER);
    cpu.interrupts.replaceFlags(
        image, FLAGS_ANY | upper | Flags.IF | Flags.IOPL | Flags.VM | VIRTUAL_INTERRUPT);
    state.updateMode();
    cpu.watcher.enteredUser();
  }

  // --- SYSENTER and SYSEXIT

  /**
   * SYSENTER: to level 0 as the SYSENTER MSRs say, with flat segments that no descriptor table is
   * asked for (Intel SDM volume 3, section 5.8.7).
   *
   * @throws GuestFault #GP(0) in real mode or where the CS MSR holds a null selector
   */
  public void sysenter() {
    if (!state.isProtectedMode() || Segmentation.isNull(state.sysenterCs)) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    cpu.watcher.fastSystemCall();
    state.systemFlags &= ~(Flags.VM | Flags.IF | Flags.RF);
    enterFlat(state.sysenterCs & 0xFFFC, state.sysenterCs + 8 & 0xFFFC, 0);
    state.reg[ESP] = state.sysenterEsp;
    state.nextEip = state.sysenterEip;
  }

  /**
   * SYSEXIT: to level 3 at EDX with the stack ECX.
   *
   * @throws GuestFault #GP(0) where CPL is not 0, in real mode, or where the CS MSR holds a null
   *     selector
   */
  public void sysexit() {
    if (!state.isProtectedMode() || state.cpl != 0 || Segmentation.isNull(state.sysenterCs)) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    enterFlat(state.sysenterCs + 16 & 0xFFFC | 3, state.sysenterCs + 24 & 0xFFFC | 3, 3);
    state.reg[ESP] = state.reg[ECX];
    state.nextEip = state.reg[EDX];
    cpu.watcher.enteredUser();
  }

  private void enterFlat(int cs, int ss, int cpl) {
    final int privilege = cpl << Segment.DPL_SHIFT;
    state.segment[CS].set(cs, 0, 0xFFFF_FFFF, FLAT_CODE | privilege);
    state.segment[SS].set(ss, 0, 0xFFFF_FFFF, FLAT_DATA | privilege);
    state.cpl = cpl;
    state.updateMode();
  }
}
