package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.DS;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.GS;
import static hourglass.translator.cpu.CpuState.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.STACK_FAULT;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;

/**
 * Loads segment registers from descriptor tables, with every check of type and privilege (Intel SDM
 * volume 3, chapters 3 and 5).
 *
 * <p>A descriptor is read into {@link #low} and {@link #high}, its two doublewords, where the next
 * one replaces it; {@link Descriptor} tells what is in them. Descriptor tables are read with
 * supervisor privilege whatever CPL is.
 */
public final class Segmentation {
  private static final int REAL_ATTRIBUTES =
      Segment.PRESENT | Segment.NOT_SYSTEM | Segment.WRITABLE | Segment.ACCESSED;

  private final Processor cpu;
  private final CpuState state;

  /** First doubleword of the descriptor read last. */
  int low;

  /** Second doubleword of the descriptor read last. */
  int high;

  /** Linear address of the descriptor read last. */
  private int address;

  public Segmentation(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
  }

  // --- descriptors

  /** Whether a selector names no segment: index 0 of the GDT, with any RPL. */
  static boolean isNull(int selector) {
    return (selector & 0xFFFC) == 0;
  }

  /**
   * Reads the descriptor that a selector names; false, with nothing read, where it lies beyond the
   * limit of its table.
   */
  boolean tryFetch(int selector) {
    final int last = selector & 0xFFF8 | 7;
    if ((selector & 4) == 0) {
      if (last > state.gdtrLimit) {
        return false;
      }
      address = state.gdtrBase + (selector & 0xFFF8);
    } else {
      if (!state.ldtr.isPresent() || Integer.compareUnsigned(last, state.ldtr.limit) > 0) {
        return false;
      }
      address = state.ldtr.base + (selector & 0xFFF8);
    }
    final long words = cpu.memory.load64(address, DENY_READ_SUPERVISOR);
    low = (int) words;
    high = (int) (words >>> 32);
    return true;
  }

  /**
   * Reads the descriptor that a selector names into {@link #low} and {@link #high}.
   *
   * @param vector the exception where the selector lies beyond its table: #GP or #TS
   * @param ext the EXT bit of its error code
   */
  void fetch(int selector, int vector, int ext) {
    if (!tryFetch(selector)) {
      throw fault(vector, selector, ext);
    }
  }

  /** A fault whose error code is a selector. */
  GuestFault fault(int vector, int selector, int ext) {
    return state.fault.of(vector, selector & 0xFFFC | ext);
  }

  /** Sets the accessed bit of the code or data descriptor read last. */
  void markAccessed() {
    if ((high & Descriptor.ACCESSED) == 0) {
      high |= Descriptor.ACCESSED;
      cpu.memory.store8(address + 5, high >>> 8, DENY_WRITE_SUPERVISOR);
    }
  }

  /** Sets the busy bit of the TSS descriptor read last. */
  void markBusy() {
    high |= Descriptor.BUSY;
    cpu.memory.store8(address + 5, high >>> 8, DENY_WRITE_SUPERVISOR);
  }

  /** Puts the descriptor read last into a register. */
  void install(Segment target, int selector) {
    target.set(
        selector,
        Descriptor.base(low, high),
        Descriptor.limit(low, high),
        Descriptor.attributes(high));
  }

  // --- segment registers

  /**
   * Loads ES, SS, DS, FS or GS as MOV, POP and LDS do, and updates the mode.
   *
   * @throws GuestFault #GP, #NP, #SS or #PF, with nothing changed
   */
  public void load(int index, int selector) {
    if (state.isRealOrVirtual8086()) {
      loadReal(state.segment[index], selector);
    } else if (index == SS) {
      fetchStack(selector, state.cpl, GENERAL_PROTECTION, 0);
      install(state.segment[SS], selector);
    } else {
      loadData(index, selector, GENERAL_PROTECTION, 0);
    }
    state.updateMode();
  }

  /** Loads a segment register in real or virtual-8086 mode. Does not update the mode. */
  void loadReal(Segment target, int selector) {
    if (state.isVirtual8086()) {
      target.setReal(selector, 3);
      return;
    }
    // Real mode keeps limit and size. A register that protected mode left null or read-only works
    // again all the same.
    final boolean usable = target.isPresent();
    target.set(
        selector,
        (selector & 0xFFFF) << 4,
        usable ? target.limit : 0xFFFF,
        REAL_ATTRIBUTES | target.attributes & (Segment.BIG | Segment.GRANULAR));
  }

  /**
   * Loads a data segment register in protected mode; a null selector makes it unusable. Does not
   * update the mode.
   *
   * @param vector the exception for a wrong selector or type: #GP, or #TS in a task switch
   */
  void loadData(int index, int selector, int vector, int ext) {
    if (isNull(selector)) {
      state.segment[index].setNull(selector);
      return;
    }
    fetch(selector, vector, ext);
    if (!Descriptor.isReadable(high)
        || !Descriptor.isConforming(high)
            && Descriptor.dpl(high) < Math.max(state.cpl, selector & 3)) {
      throw fault(vector, selector, ext);
    }
    if (!Descriptor.isPresent(high)) {
      throw fault(NOT_PRESENT, selector, ext);
    }
    markAccessed();
    install(state.segment[index], selector);
  }

  /**
   * Reads a stack segment's descriptor, ready to be installed: writable data whose DPL, and whose
   * selector's RPL, are the given level.
   *
   * @param vector the exception for a wrong selector or type: #GP or #TS
   */
  void fetchStack(int selector, int level, int vector, int ext) {
    if (isNull(selector)) {
      throw state.fault.of(vector, ext);
    }
    fetch(selector, vector, ext);
    if ((selector & 3) != level || !Descriptor.isWritable(high) || Descriptor.dpl(high) != level) {
      throw fault(vector, selector, ext);
    }
    if (!Descriptor.isPresent(high)) {
      throw fault(STACK_FAULT, selector, ext);
    }
    markAccessed();
  }

  /**
   * Loads CS with a code descriptor whose checks are done, RPL set to the new CPL, and makes that
   * level the current one. Does not update the mode.
   */
  void enterCode(int selector, int low, int high, int cpl) {
    state.segment[CS].set(
        selector & 0xFFFC | cpl,
        Descriptor.base(low, high),
        Descriptor.limit(low, high),
        Descriptor.attributes(high));
    state.cpl = cpl;
  }

  /** Checks an offset against the limit of a code descriptor: #GP(ext) beyond it. */
  void checkCodeLimit(int offset, int low, int high, int ext) {
    if (Integer.compareUnsigned(offset, Descriptor.limit(low, high)) > 0) {
      throw state.fault.of(GENERAL_PROTECTION, ext);
    }
  }

  /**
   * After a return to an outer level: data segment registers that this level may not use become
   * null.
   */
  void dropInnerData() {
    dropInner(state.segment[ES]);
    dropInner(state.segment[DS]);
    dropInner(state.segment[FS]);
    dropInner(state.segment[GS]);
  }

  private void dropInner(Segment s) {
    if (s.dpl() < state.cpl
        && (s.attributes & (Segment.CODE | Segment.CONFORMING))
            != (Segment.CODE | Segment.CONFORMING)) {
      s.setNull(0);
    }
  }
}
