package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.DS;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.GS;
import static hourglass.translator.cpu.CpuState.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_TSS;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.Segment;

/**
 * Hardware task switches between 16- and 32-bit task state segments (Intel SDM volume 3, chapter
 * 7).
 *
 * <p>Up to the point where the outgoing task has been saved a fault leaves it as it was; from there
 * on faults belong to the incoming task: {@code state.eip} is then its instruction pointer.
 */
public final class TaskSwitch {
  /** Offset in a 32-bit TSS of the I/O permission bitmap's own offset. */
  public static final int IO_MAP_BASE = 102;

  private static final int LIMIT16 = 0x2B;
  private static final int LIMIT32 = 0x67;

  /**
   * What leads to a task switch; decides about busy bits, the back link and NT (Intel SDM volume 3,
   * table 7-2).
   */
  enum Cause {
    JUMP,
    CALL,
    INTERRUPT,
    RETURN
  }

  private final Processor cpu;
  private final CpuState state;
  private final Segmentation segmentation;
  private final StackWriter stack;

  // The incoming task as its TSS has it.
  private final int[] reg = new int[8];
  private final int[] selector = new int[6];
  private int eip;
  private int eflags;
  private int cr3;
  private int ldt;
  private boolean debugTrap;

  public TaskSwitch(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
    segmentation = cpu.segmentation;
    stack = new StackWriter(cpu);
  }

  /**
   * Reads the descriptor of the TSS that a task gate names.
   *
   * @throws hourglass.translator.cpu.GuestFault #GP or #NP where it is not an available TSS in the
   *     GDT
   */
  void fetchFromGate(int selector, int ext) {
    if ((selector & 4) != 0 || Segmentation.isNull(selector)) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, ext);
    }
    segmentation.fetch(selector, GENERAL_PROTECTION, ext);
    checkAvailable(selector, ext);
  }

  /** Checks that the descriptor read last is an available, present TSS. */
  void checkAvailable(int selector, int ext) {
    final int high = segmentation.high;
    final int type = Descriptor.isSegment(high) ? 0 : Descriptor.type(high);
    if (type != Descriptor.TSS16_AVAILABLE && type != Descriptor.TSS32_AVAILABLE) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, ext);
    }
    if (!Descriptor.isPresent(high)) {
      throw segmentation.fault(NOT_PRESENT, selector, ext);
    }
  }

  /** IRET with NT set: back to the task that the current TSS's back link names. */
  void returnToCaller() {
    final int link = cpu.memory.load16(state.tr.base, DENY_READ_SUPERVISOR);
    if ((link & 4) != 0 || Segmentation.isNull(link)) {
      throw segmentation.fault(INVALID_TSS, link, 0);
    }
    segmentation.fetch(link, INVALID_TSS, 0);
    final int high = segmentation.high;
    final int type = Descriptor.isSegment(high) ? 0 : Descriptor.type(high);
    if (type != Descriptor.TSS16_BUSY && type != Descriptor.TSS32_BUSY) {
      throw segmentation.fault(INVALID_TSS, link, 0);
    }
    if (!Descriptor.isPresent(high)) {
      throw segmentation.fault(NOT_PRESENT, link, 0);
    }
    switchTo(Cause.RETURN, link, state.nextEip, state.eflags(), 0);
  }

  /**
   * Switches to the task whose TSS descriptor has just been read; its type and presence are checked
   * already. Sets {@code state.eip} and {@code state.nextEip} to the incoming task's next
   * instruction.
   *
   * @param savedEip where the outgoing task goes on
   * @param savedFlags the outgoing task's EFLAGS
   */
  void switchTo(Cause cause, int tss, int savedEip, int savedFlags, int ext) {
    final int low = segmentation.low;
    final int high = segmentation.high;
    final int base = Descriptor.base(low, high);
    final int limit = Descriptor.limit(low, high);
    final boolean wide = Descriptor.is32Bit(high);
    if (Integer.compareUnsigned(limit, wide ? LIMIT32 : LIMIT16) < 0) {
      throw segmentation.fault(INVALID_TSS, tss, ext);
    }
    final boolean nests = cause == Cause.CALL || cause == Cause.INTERRUPT;
    final boolean oldWide = (state.tr.attributes & Segment.CODE) != 0;
    probe(base, wide, nests);
    cpu.memory.probe(state.tr.base, (oldWide ? LIMIT32 : LIMIT16) + 1, DENY_WRITE_SUPERVISOR);
    if (wide) {
      read32(base);
    } else {
      read16(base);
    }

    if (!nests) {
      setBusy(state.tr.selector, false);
    }
    final int flags = cause == Cause.RETURN ? savedFlags & ~Flags.NT : savedFlags;
    if (oldWide) {
      save32(state.tr.base, savedEip, flags);
    } else {
      save16(state.tr.base, savedEip, flags);
    }
    if (nests) {
      cpu.memory.store16(base, state.tr.selector, DENY_WRITE_SUPERVISOR);
      eflags |= Flags.NT;
    }
    if (cause != Cause.RETURN) {
      setBusy(tss, true);
    }
    state.tr.set(tss, base, limit, Descriptor.attributes(high) | Descriptor.BUSY >>> 8);
    enter(wide, ext);
  }

  private void probe(int base, boolean wide, boolean writes) {
    cpu.memory.probe(base, (wide ? LIMIT32 : LIMIT16) + 1, DENY_READ_SUPERVISOR);
    if (writes) {
      cpu.memory.probe(base, 2, DENY_WRITE_SUPERVISOR);
    }
  }

  private void setBusy(int tss, boolean busy) {
    final int place = state.gdtrBase + (tss & 0xFFF8) + 5;
    final int type = cpu.memory.load8(place, DENY_WRITE_SUPERVISOR);
    cpu.memory.store8(place, busy ? type | 2 : type & ~2, DENY_WRITE_SUPERVISOR);
  }

  // --- the two layouts of a TSS

  private void read32(int base) {
    cr3 = load32(base + 28);
    eip = load32(base + 32);
    eflags = load32(base + 36);
    for (int i = 0; i < 8; i++) {
      reg[i] = load32(base + 40 + 4 * i);
    }
    for (int i = 0; i < 6; i++) {
      selector[i] = load16(base + 72 + 4 * i);
    }
    ldt = load16(base + 96);
    debugTrap = (load16(base + 100) & 1) != 0;
  }

  private void read16(int base) {
    cr3 = state.cr3;
    eip = load16(base + 14);
    eflags = load16(base + 16);
    for (int i = 0; i < 8; i++) {
      reg[i] = load16(base + 18 + 2 * i);
    }
    for (int i = ES; i <= DS; i++) {
      selector[i] = load16(base + 34 + 2 * i);
    }
    selector[FS] = 0;
    selector[GS] = 0;
    ldt = load16(base + 42);
    debugTrap = false;
  }

  private void save32(int base, int savedEip, int flags) {
    store32(base + 32, savedEip);
    store32(base + 36, flags);
    for (int i = 0; i < 8; i++) {
      store32(base + 40 + 4 * i, state.reg[i]);
    }
    for (int i = 0; i < 6; i++) {
      store16(base + 72 + 4 * i, state.segment[i].selector);
    }
  }

  private void save16(int base, int savedEip, int flags) {
    store16(base + 14, savedEip);
    store16(base + 16, flags);
    for (int i = 0; i < 8; i++) {
      store16(base + 18 + 2 * i, state.reg[i]);
    }
    for (int i = ES; i <= DS; i++) {
      store16(base + 34 + 2 * i, state.segment[i].selector);
    }
  }

  private int load16(int linear) {
    return cpu.memory.load16(linear, DENY_READ_SUPERVISOR);
  }

  private int load32(int linear) {
    return cpu.memory.load32(linear, DENY_READ_SUPERVISOR);
  }

  private void store16(int linear, int value) {
    cpu.memory.store16(linear, value, DENY_WRITE_SUPERVISOR);
  }

  private void store32(int linear, int value) {
    cpu.memory.store32(linear, value, DENY_WRITE_SUPERVISOR);
  }

  // --- the incoming task

  private void enter(boolean wide, int ext) {
    System.arraycopy(reg, 0, state.reg, 0, 8);
    state.eip = eip;
    state.nextEip = eip;
    state.setEflags(eflags & EFLAGS_MASK);
    state.cr0 |= CpuState.CR0_TS;
    cpu.debugRegisters.leaveTask();
    for (int i = 0; i < 6; i++) {
      state.segment[i].setNull(selector[i]);
    }
    state.ldtr.setNull(ldt);
    final boolean virtual8086 = (eflags & Flags.VM) != 0;
    state.cpl = virtual8086 ? 3 : selector[CS] & 3;
    state.updateMode();
    if (wide && (state.cr0 & CpuState.CR0_PG) != 0 && cr3 != state.cr3) {
      cpu.controlRegisters.writeCr3(cr3);
    }
    loadLdt(ext);
    if (virtual8086) {
      for (int i = 0; i < 6; i++) {
        state.segment[i].setReal(selector[i], 3);
      }
    } else {
      loadCode(ext);
      segmentation.fetchStack(selector[SS], state.cpl, INVALID_TSS, ext);
      segmentation.install(state.segment[SS], selector[SS]);
      segmentation.loadData(DS, selector[DS], INVALID_TSS, ext);
      segmentation.loadData(ES, selector[ES], INVALID_TSS, ext);
      segmentation.loadData(FS, selector[FS], INVALID_TSS, ext);
      segmentation.loadData(GS, selector[GS], INVALID_TSS, ext);
    }
    state.updateMode();
    if (Integer.compareUnsigned(eip, state.segment[CS].limit) > 0) {
      throw state.fault.of(GENERAL_PROTECTION, ext);
    }
    if (debugTrap) {
      cpu.debugRegisters.requestTaskTrap();
    }
    cpu.interrupts.flagsChanged(0);
  }

  /** The bits of EFLAGS that exist. */
  private static final int EFLAGS_MASK = 0x3F_7FD7;

  private void loadLdt(int ext) {
    if (Segmentation.isNull(ldt)) {
      return;
    }
    if ((ldt & 4) != 0 || !segmentation.tryFetch(ldt)) {
      throw segmentation.fault(INVALID_TSS, ldt, ext);
    }
    final int high = segmentation.high;
    if (Descriptor.isSegment(high)
        || Descriptor.type(high) != Descriptor.LDT
        || !Descriptor.isPresent(high)) {
      throw segmentation.fault(INVALID_TSS, ldt, ext);
    }
    segmentation.install(state.ldtr, ldt);
  }

  private void loadCode(int ext) {
    final int cs = selector[CS];
    if (Segmentation.isNull(cs)) {
      throw segmentation.fault(INVALID_TSS, cs, ext);
    }
    segmentation.fetch(cs, INVALID_TSS, ext);
    final int high = segmentation.high;
    final int dpl = Descriptor.dpl(high);
    if (!Descriptor.isCode(high)
        || (Descriptor.isConforming(high) ? dpl > state.cpl : dpl != state.cpl)) {
      throw segmentation.fault(INVALID_TSS, cs, ext);
    }
    if (!Descriptor.isPresent(high)) {
      throw segmentation.fault(NOT_PRESENT, cs, ext);
    }
    segmentation.markAccessed();
    segmentation.install(state.segment[CS], cs);
  }

  /** Pushes the error code of an exception that a task gate handles onto the new task's stack. */
  void pushErrorCode(int error, int ext) {
    stack.useCurrent(ext);
    stack.push(error, (state.tr.attributes & Segment.CODE) != 0);
    stack.commit();
  }
}
