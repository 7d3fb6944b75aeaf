package hourglass.runtime.fuzz;

import static hourglass.runtime.testing.GuestMachine.DATA;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.Segment;

/**
 * How the machine is set up for a program. The program's data always begin at the physical address
 * {@link GuestMachine#DATA}; segments differ in how that is reached.
 */
enum Setup {
  /** Real mode; the data are in DS, ES, FS and GS. */
  REAL(false, 0),
  /** Real mode with a code segment that does not begin at a page. */
  REAL_ODD_CODE(false, 0),
  /** 16-bit protected mode; DS, ES, FS and GS are 64 KiB of data. */
  PROTECTED16(false, 0),
  /** 16-bit code with a 32-bit stack and flat data segments. */
  CODE16_STACK32(false, 0xD000),
  /** Flat 32-bit protected mode, ring 0. */
  FLAT32(true, DATA),
  /** 32-bit code and data with a 16-bit stack. */
  CODE32_STACK16(true, DATA),
  /** 32-bit protected mode with data segments that have bases and limits. */
  BASED32(true, 0),
  /** Flat 32-bit protected mode, ring 3. */
  USER32(true, DATA),
  /** Ring 3 with data segments that have bases and limits. */
  USER_BASED32(true, 0),
  /** 32-bit protected mode with a code segment that does not begin at a page. */
  ODD_CODE32(true, DATA),
  /** Virtual-8086 mode with IOPL 3; segments as in real mode. */
  VIRTUAL_8086(false, 0);

  /** Offset from the start of the data of a page that is not mapped, where there is paging. */
  static final int UNMAPPED = 0x3000;

  /** Offset of a page that is mapped read-only. */
  static final int READ_ONLY = 0x4000;

  /** Offset of a second mapping of the code's two pages. */
  static final int CODE_ALIAS = 0x5000;

  /** The data that begin random. */
  static final int DATA_BYTES = 0x5000;

  private static final int DATA_SELECTOR = GuestMachine.FREE_SELECTOR;
  private static final int DOWN_SELECTOR = GuestMachine.FREE_SELECTOR + 8;
  private static final int EXTRA_SELECTOR = GuestMachine.FREE_SELECTOR + 16;
  private static final int CODE_SELECTOR = GuestMachine.FREE_SELECTOR + 24;

  /** A code segment as CS, but of the other size. */
  private static final int OTHER_CODE_SELECTOR = GuestMachine.FREE_SELECTOR + 32;

  /** A code segment of the size of CS. */
  private static final int SAME_CODE_SELECTOR = GuestMachine.FREE_SELECTOR + 40;

  private static final int ODD_BASE = 0xF30;
  private static final int DATA_ACCESS = 0xF3; // DPL 3
  private static final int CODE_ACCESS = 0x9B;
  private static final int SMALL_LIMIT = 0x4FFF;

  /** Whether code is 32-bit. */
  final boolean code32;

  /** Offset in DS where the data begin. */
  final int dataOffset;

  Setup(boolean code32, int dataOffset) {
    this.code32 = code32;
    this.dataOffset = dataOffset;
  }

  boolean isReal() {
    return this == REAL || this == REAL_ODD_CODE;
  }

  boolean isUser() {
    return this == USER32 || this == USER_BASED32 || this == VIRTUAL_8086;
  }

  /** Whether there are code segments of both sizes. */
  boolean hasBothSizes() {
    return !isReal() && this != VIRTUAL_8086;
  }

  /**
   * The selector of a code segment that begins where CS does.
   *
   * @param big whether it is a 32-bit one
   */
  int codeSelector(boolean big) {
    return (big == code32 ? SAME_CODE_SELECTOR : OTHER_CODE_SELECTOR) | (isUser() ? 3 : 0);
  }

  /** The base of the code segment. */
  int codeBase() {
    return this == REAL_ODD_CODE || this == ODD_CODE32 ? ODD_BASE : 0;
  }

  /** The flags that EFLAGS has beside a program's own. */
  int eflags() {
    return this == VIRTUAL_8086 ? Flags.VM | Flags.IOPL : 0;
  }

  /** Whether a segment override is needed to write to code: DS does not reach it, SS does. */
  boolean codeNeedsStackSegment() {
    return dataOffset == 0;
  }

  /** Makes a machine of this kind. */
  GuestMachine machine(boolean paging) {
    final GuestMachine machine =
        switch (this) {
          case REAL, REAL_ODD_CODE -> GuestMachine.realMode();
          case PROTECTED16, CODE16_STACK32 -> GuestMachine.protected16();
          case USER32, USER_BASED32 -> GuestMachine.user32();
          default -> GuestMachine.protected32();
        };
    final CpuState state = machine.state;
    switch (this) {
      case REAL, REAL_ODD_CODE -> paragraphs(state, 0);
      case VIRTUAL_8086 -> {
        paragraphs(state, 3);
        state.cpl = 3;
      }
      case ODD_CODE32 -> {
        final int attributes = Segment.GRANULAR | Segment.BIG | CODE_ACCESS;
        machine.descriptor(CODE_SELECTOR, codeBase(), 0xF_FFFF, attributes);
        state.segment[CpuState.CS].set(CODE_SELECTOR, codeBase(), -1, attributes);
      }
      case PROTECTED16 -> data(machine, 0xFFFF, 0);
      case BASED32, USER_BASED32 -> data(machine, SMALL_LIMIT, Segment.BIG);
      case CODE16_STACK32 ->
          state.segment[CpuState.SS].set(
              GuestMachine.KERNEL_DATA, 0, -1, Segment.GRANULAR | Segment.BIG | 0x93);
      case CODE32_STACK16 ->
          state.segment[CpuState.SS].set(GuestMachine.KERNEL_DATA16, 0, 0xFFFF, 0x93);
      default -> {
        // as the machine comes
      }
    }
    if (hasBothSizes()) {
      final int level = (isUser() ? 3 : 0) << Segment.DPL_SHIFT;
      for (boolean big : new boolean[] {false, true}) {
        machine.descriptor(
            codeSelector(big),
            codeBase(),
            0xF_FFFF,
            Segment.GRANULAR | (big ? Segment.BIG : 0) | CODE_ACCESS | level);
      }
    }
    if (paging) {
      final PageTables tables = machine.enablePaging(false);
      final int flags = PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER;
      tables.map(DATA + UNMAPPED, 0, 0);
      tables.map(DATA + READ_ONLY, DATA + READ_ONLY, PageTables.PRESENT | PageTables.USER);
      tables.mapRange(DATA + CODE_ALIAS, GuestMachine.CODE, 0x2000, flags);
      machine.memory.flushAll();
    }
    state.updateMode();
    return machine;
  }

  /** Sets segments as real mode has them. */
  private void paragraphs(CpuState state, int level) {
    for (Segment segment : state.segment) {
      segment.setReal(DATA >> 4, level);
    }
    state.segment[CpuState.CS].setReal(codeBase() >> 4, level);
    state.segment[CpuState.SS].setReal(0, level);
  }

  /** Gives DS a limit, ES all of 32 bits, FS what lies above the limit of DS, and GS nothing. */
  private void data(GuestMachine machine, int limit, int size) {
    final int rpl = isUser() ? 3 : 0;
    machine
        .descriptor(DATA_SELECTOR, DATA, limit, DATA_ACCESS | size)
        .descriptor(DOWN_SELECTOR, DATA, 0x0FFF, DATA_ACCESS | Segment.EXPAND_DOWN | size)
        .descriptor(EXTRA_SELECTOR, DATA, 0xF_FFFF, DATA_ACCESS | Segment.GRANULAR | size);
    final Segment[] segment = machine.state.segment;
    segment[CpuState.DS].set(DATA_SELECTOR | rpl, DATA, limit, DATA_ACCESS | size);
    segment[CpuState.ES].set(EXTRA_SELECTOR | rpl, DATA, -1, DATA_ACCESS | Segment.GRANULAR | size);
    segment[CpuState.FS].set(
        DOWN_SELECTOR | rpl, DATA, 0x0FFF, DATA_ACCESS | Segment.EXPAND_DOWN | size);
    segment[CpuState.GS].setNull(0);
  }
}
