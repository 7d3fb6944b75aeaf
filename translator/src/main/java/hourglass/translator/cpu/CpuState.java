package hourglass.translator.cpu;

import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.x87.X87State;

/**
 * Everything the guest processor remembers: the architectural state, and the little the engines
 * keep beside it.
 *
 * <p>Plain fields on purpose: the interpreter, generated code and the runtime read and write them
 * on every instruction.
 */
public final class CpuState {
  public static final int EAX = 0;
  public static final int ECX = 1;
  public static final int EDX = 2;
  public static final int EBX = 3;
  public static final int ESP = 4;
  public static final int EBP = 5;
  public static final int ESI = 6;
  public static final int EDI = 7;

  public static final int ES = 0;
  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;

  public static final int CR0_PE = 1;
  public static final int CR0_MP = 1 << 1;
  public static final int CR0_EM = 1 << 2;
  public static final int CR0_TS = 1 << 3;
  public static final int CR0_ET = 1 << 4;
  public static final int CR0_NE = 1 << 5;
  public static final int CR0_WP = 1 << 16;
  public static final int CR0_AM = 1 << 18;
  public static final int CR0_NW = 1 << 29;
  public static final int CR0_CD = 1 << 30;
  public static final int CR0_PG = 1 << 31;

  public static final int CR4_VME = 1;
  public static final int CR4_PVI = 1 << 1;
  public static final int CR4_TSD = 1 << 2;
  public static final int CR4_DE = 1 << 3;
  public static final int CR4_PSE = 1 << 4;
  public static final int CR4_PAE = 1 << 5;
  public static final int CR4_MCE = 1 << 6;
  public static final int CR4_PGE = 1 << 7;
  public static final int CR4_PCE = 1 << 8;
  public static final int CR4_OSFXSR = 1 << 9;
  public static final int CR4_OSXMMEXCPT = 1 << 10;

  /** EFER.NXE: the NX bit of PAE page tables is honoured (Intel SDM volume 3, section 4.6). */
  public static final int EFER_NXE = 1 << 11;

  // --- mode key: what translated code depends on

  /** CS.D: 32-bit operands and addresses by default. */
  public static final int MODE_CODE32 = 1;

  /** SS.B: pushes and pops use ESP rather than SP. */
  public static final int MODE_STACK32 = 1 << 1;

  /** CPL is 3: memory is accessed with user permission. */
  public static final int MODE_USER = 1 << 2;

  /**
   * ES, SS, DS have base 0 and are wholly readable and writable, and CS has base 0 and no limit. FS
   * and GS, which kernels and threads point at data of their own, are not part of the key.
   */
  public static final int MODE_FLAT = 1 << 3;

  /**
   * Data accesses that are not aligned fault: CPL is 3, CR0.AM and EFLAGS.AC are set. Such code is
   * not translated.
   */
  public static final int MODE_ALIGNED = 1 << 4;

  // --- what a processor's thread is busy with

  /** Guest code, or what goes with it. */
  public static final byte BUSY_WITH_CODE = 0;

  /** Filling or emptying the page map. */
  public static final byte BUSY_WITH_PAGE_MAP = 1;

  /** A device's port, or timers. */
  public static final byte BUSY_WITH_DEVICES = 2;

  /** Making or installing regions. */
  public static final byte BUSY_WITH_TRANSLATION = 3;

  /** Nothing: the processor is halted. */
  public static final byte BUSY_WITH_NOTHING = 4;

  // --- general registers and flags

  /**
   * The general registers, EAX to EDI in their order; out of date while a region runs, which has
   * them in {@link #eax} to {@link #edi}.
   */
  public final int[] reg = new int[8];

  /**
   * The general registers while a region runs, see {@link #unpackRegisters}. A region stores into
   * them all the time; HotSpot's C1 checks the bounds of an array for each store, and for C2 an
   * array of these would be memory like RAM, around whose stores it keeps its loads in order.
   */
  public int eax;

  public int ecx;
  public int edx;
  public int ebx;
  public int esp;
  public int ebp;
  public int esi;
  public int edi;

  /** Offset in CS of the instruction being executed; stays there while it can fault. */
  public int eip;

  /**
   * Where execution goes on: set to the end of the instruction before it executes, changed by
   * branches.
   */
  public int nextEip;

  /** The arithmetic flags' result word, see {@link Flags}. */
  public int flagResult = 1;

  /** The arithmetic flags' auxiliary word, see {@link Flags}. */
  public int flagAux;

  /**
   * Instructions left before the engine must return to the board; counts down, and goes no further
   * than 0. It stands here, by the registers, since each region loads and stores it: HotSpot keeps
   * the order, and within 128 bytes of the object's beginning its code is shorter.
   */
  public int budget;

  /** EFLAGS without the six arithmetic flags; bit 1 is always set. */
  public int systemFlags = 2;

  // --- segmentation

  /** ES, CS, SS, DS, FS, GS. */
  public final Segment[] segment = {
    new Segment(), new Segment(), new Segment(), new Segment(), new Segment(), new Segment()
  };

  public final Segment ldtr = new Segment();
  public final Segment tr = new Segment();
  public int gdtrBase;
  public int gdtrLimit;
  public int idtrBase;
  public int idtrLimit;

  /** The current privilege level: 0 in real mode, 3 in virtual-8086 mode. */
  public int cpl;

  // --- system registers

  public int cr0;
  public int cr2;
  public int cr3;
  public int cr4;
  public final int[] dr = new int[8];
  public int efer;
  public int sysenterCs;
  public int sysenterEsp;
  public int sysenterEip;

  /** What is added to the timeline's cycles to give the time stamp counter. */
  public long tscOffset;

  /** The floating-point unit; its significands are the MMX registers. */
  public final X87State fpu = new X87State();

  /** Where {@link #xmm} has room for an operand that comes from memory. */
  public static final int XMM_OPERAND = 16;

  /**
   * XMM0-XMM7, two quadwords each, low one first; from {@link #XMM_OPERAND} on, what an instruction
   * has loaded.
   */
  public final long[] xmm = new long[XMM_OPERAND + 2];

  /** Control and status of SSE. */
  public final Mxcsr mxcsr = new Mxcsr();

  // --- what engines keep

  /** The mode key, see the MODE constants; kept by {@link #updateMode}. */
  public int modeKey;

  /**
   * The page map's deny bit for data reads at the current privilege level, with {@link
   * GuestMemory#CHECK_ALIGNMENT} where that applies.
   */
  public int denyRead = GuestMemory.DENY_READ_SUPERVISOR;

  /** The page map's deny bit for data writes, as {@link #denyRead}. */
  public int denyWrite = GuestMemory.DENY_WRITE_SUPERVISOR;

  /**
   * Instructions executed up to the end of the current slice, so that {@code sliceEnd - budget}
   * have been so far.
   */
  public long sliceEnd;

  /**
   * Interrupts wait for one more instruction: STI, MOV SS and POP SS set it (Intel SDM volume 3,
   * section 6.8.3).
   */
  public boolean interruptShadow;

  /** HLT has been executed and no interrupt has come since. */
  public boolean halted;

  /**
   * Translated code is running: the general registers are unpacked, and a store that hits watched
   * code must not be done, but end in {@link GuestFault#REEXECUTE}, so that the interpreter does it
   * between two instructions.
   */
  public boolean inRegion;

  /**
   * What the processor's thread is busy with, see the BUSY constants; for other threads that look
   * now and then. Changes on slow paths only.
   */
  public byte busyWith;

  /** The fault that a region was left with. */
  public GuestFault raised = new GuestFault();

  /** The one fault instance of this processor. */
  public final GuestFault fault = new GuestFault();

  /** Instructions executed since the machine started. */
  public long instructions() {
    return sliceEnd - budget;
  }

  /** Begins a slice of at most {@code instructions} instructions. */
  public void beginSlice(int instructions) {
    sliceEnd += instructions - budget;
    budget = instructions;
  }

  /** Ends the slice after the current instruction: something other than executing needs doing. */
  public void endSlice() {
    sliceEnd -= budget;
    budget = 0;
  }

  /**
   * The linear address for a read of {@code size} bytes by segment and offset.
   *
   * @param s one of {@link #segment}
   * @throws GuestFault #GP(0) or, for SS, #SS(0) where the segment does not allow it
   */
  public int linearForRead(Segment s, int offset, int size) {
    if (!s.openRead) {
      checkLimit(s, offset, size, s.readable);
    }
    return s.base + offset;
  }

  /**
   * The linear address for a write, or a read before a write, of {@code size} bytes by segment and
   * offset.
   *
   * @throws GuestFault as {@link #linearForRead}
   */
  public int linearForWrite(Segment s, int offset, int size) {
    if (!s.openWrite) {
      checkLimit(s, offset, size, s.writable);
    }
    return s.base + offset;
  }

  private void checkLimit(Segment s, int offset, int size, boolean permitted) {
    final int last = offset + size - 1;
    if (!permitted
        || Integer.compareUnsigned(offset, s.lowest) < 0
        || Integer.compareUnsigned(last, s.highest) > 0
        || Integer.compareUnsigned(last, offset) < 0) {
      throw fault.of(s == segment[SS] ? GuestFault.STACK_FAULT : GuestFault.GENERAL_PROTECTION, 0);
    }
  }

  /** Puts the general registers where regions have them. */
  public void unpackRegisters() {
    eax = reg[EAX];
    ecx = reg[ECX];
    edx = reg[EDX];
    ebx = reg[EBX];
    esp = reg[ESP];
    ebp = reg[EBP];
    esi = reg[ESI];
    edi = reg[EDI];
  }

  /** Puts the general registers from where regions have them to where all others do. */
  public void packRegisters() {
    reg[EAX] = eax;
    reg[ECX] = ecx;
    reg[EDX] = edx;
    reg[EBX] = ebx;
    reg[ESP] = esp;
    reg[EBP] = ebp;
    reg[ESI] = esi;
    reg[EDI] = edi;
  }

  /** EFLAGS as PUSHF stores it, RF and VM included. */
  public int eflags() {
    return systemFlags | Flags.materialize(flagResult, flagAux);
  }

  /** Sets all of EFLAGS, without any check of privilege. Does not update the mode. */
  public void setEflags(int eflags) {
    systemFlags = (eflags & ~Flags.ARITHMETIC) | 2;
    setArithmeticFlags(eflags);
  }

  /** Sets the six arithmetic flags from their places in EFLAGS. */
  public void setArithmeticFlags(int eflags) {
    flagResult = Flags.resultFor(eflags);
    flagAux = Flags.auxFor(eflags);
  }

  /** Whether a condition of Jcc, SETcc or CMOVcc holds; see {@link Flags#test}. */
  public boolean condition(int condition) {
    return Flags.test(condition, flagResult, flagAux);
  }

  public boolean isProtectedMode() {
    return (cr0 & CR0_PE) != 0;
  }

  public boolean isVirtual8086() {
    return (systemFlags & Flags.VM) != 0;
  }

  /** Real mode or virtual-8086 mode: selectors are paragraphs. */
  public boolean isRealOrVirtual8086() {
    return (cr0 & CR0_PE) == 0 || (systemFlags & Flags.VM) != 0;
  }

  /** The page map's deny bit for fetching code at the current privilege level. */
  public int denyFetch() {
    return denyRead << 2; // from DENY_READ_x to DENY_FETCH_x
  }

  /**
   * Works out {@link #modeKey}, {@link #denyRead} and {@link #denyWrite} anew. To be called after
   * every change of a segment register, of {@link #cpl}, of CR0.PE and CR0.AM, or of EFLAGS.VM and
   * EFLAGS.AC.
   */
  public void updateMode() {
    int key = 0;
    final Segment cs = segment[CS];
    final Segment ss = segment[SS];
    final Segment ds = segment[DS];
    final Segment es = segment[ES];
    if (cs.isBig()) {
      key |= MODE_CODE32;
    }
    if (ss.isBig()) {
      key |= MODE_STACK32;
    }
    if (cpl == 3) {
      key |= MODE_USER;
      denyRead = GuestMemory.DENY_READ_USER;
      denyWrite = GuestMemory.DENY_WRITE_USER;
      if ((cr0 & CR0_AM) != 0 && (systemFlags & Flags.AC) != 0) {
        key |= MODE_ALIGNED;
        denyRead |= GuestMemory.CHECK_ALIGNMENT;
        denyWrite |= GuestMemory.CHECK_ALIGNMENT;
      }
    } else {
      denyRead = GuestMemory.DENY_READ_SUPERVISOR;
      denyWrite = GuestMemory.DENY_WRITE_SUPERVISOR;
    }
    if ((cs.base | ss.base | ds.base | es.base) == 0
        && cs.openRead
        && isFlatData(ss)
        && isFlatData(ds)
        && isFlatData(es)) {
      key |= MODE_FLAT;
    }
    modeKey = key;
  }

  private static boolean isFlatData(Segment s) {
    return s.openRead && s.openWrite;
  }

  /**
   * Puts the processor into the state after RESET (Intel SDM volume 3, table 9-1). The instruction
   * count goes on.
   */
  public void reset() {
    java.util.Arrays.fill(reg, 0);
    reg[EDX] = 0x0000_0633; // family 6, as CPUID says
    setEflags(2);
    for (Segment s : segment) {
      s.setReal(0, 0);
    }
    segment[CS].setReal(0xF000, 0);
    segment[CS].base = 0xFFFF_0000;
    eip = 0xFFF0;
    nextEip = eip;
    ldtr.set(0, 0, 0xFFFF, Segment.PRESENT | 2);
    tr.set(0, 0, 0xFFFF, Segment.PRESENT | 11);
    gdtrBase = 0;
    gdtrLimit = 0xFFFF;
    idtrBase = 0;
    idtrLimit = 0xFFFF;
    cpl = 0;
    cr0 = CR0_ET | CR0_NW | CR0_CD;
    cr2 = 0;
    cr3 = 0;
    cr4 = 0;
    java.util.Arrays.fill(dr, 0);
    dr[6] = 0xFFFF_0FF0;
    dr[7] = 0x400;
    efer = 0;
    sysenterCs = 0;
    sysenterEsp = 0;
    sysenterEip = 0;
    tscOffset = 0;
    fpu.reset();
    java.util.Arrays.fill(xmm, 0);
    mxcsr.set(Mxcsr.RESET);
    interruptShadow = false;
    halted = false;
    updateMode();
  }
}
