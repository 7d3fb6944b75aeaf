package hourglass.bench;

import static hourglass.translator.asm.Register.ECX;

import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.device.IoPorts;
import hourglass.runtime.device.Pic;
import hourglass.runtime.device.VirtualTimeline;
import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.memory.MmioDevice;
import hourglass.runtime.memory.Mmu;
import hourglass.runtime.memory.PhysicalBus;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;
import java.util.function.Consumer;

/**
 * A processor with 8 MiB of RAM and nothing else, in ring 0 of 32-bit protected mode with paging
 * on: linear addresses are physical ones, open to ring 3.
 *
 * <p>The constants say what lies where. Every vector leads to a HLT of its own, so that an
 * exception that no program expects ends the run and is reported. Programs in ring 3 end with
 * {@link #EXIT_VECTOR}, programs in ring 0 with HLT.
 */
public final class BenchMachine {
  /** How often the body of a {@link #loop} runs. */
  static final int ROUNDS = 20_000;

  /** How often a block is interpreted before it is translated. */
  static final int HEAT = 1000;

  // Selectors, in the order that SYSENTER and SYSEXIT want.
  static final int KERNEL_CODE = 0x08;
  static final int KERNEL_DATA = 0x10;
  static final int USER_CODE = 0x18 | 3;
  static final int USER_DATA = 0x20 | 3;
  private static final int TASK = 0x28;

  static final int STACK = 0x8000;
  static final int USER_STACK = 0x9000;
  private static final int GDT = 0xA000;
  private static final int IDT = 0xB000;
  private static final int TSS = 0xC000;
  private static final int STUBS = 0xF000;

  /** Programs lie from here up, each on pages of its own. */
  private static final int CODE = 0x1_0000;

  /** 1 MiB for data. */
  static final int DATA = 0x20_0000;

  /** A page that is not present. */
  static final int ABSENT = 0x30_0000;

  private static final int PAGE_TABLES = 0x40_0000;
  private static final int RAM_BYTES = 0x80_0000;

  /** A page of device registers that read as their address and forget what is written. */
  static final int MMIO = 0xFEC0_0000;

  /** Ends a program in ring 3. */
  static final int EXIT_VECTOR = 0x81;

  static final int PAGE = 4096;

  private static final int FLAT_CODE = 0xC09B; // granular, 32-bit, present, readable, accessed
  private static final int FLAT_DATA = 0xC093;
  private static final int TSS_LIMIT = 0x67;
  private static final int INTERRUPT_GATE = 0x8E;
  private static final int OPEN = 7; // present, writable, user
  private static final int GLOBAL = 1 << 8;

  /** Guest instructions between two looks for interrupts, about what a board does at 1 kHz. */
  private static final int SLICE = 50_000;

  private final CpuState state = new CpuState();
  private final PhysicalBus bus = new PhysicalBus(RAM_BYTES);
  private final Mmu memory = new Mmu(state, bus);
  private final Engine engine;
  private int nextCode = CODE;
  private int nextTable = PAGE_TABLES;

  BenchMachine(EngineKind kind) {
    final Processor cpu =
        new Processor(
            state, memory, new IoPorts(), new VirtualTimeline(state), new Pic(state::endSlice));
    engine =
        switch (kind) {
          case INTERPRET -> CachingEngine.interpreting(cpu, new Statistics());
          case TRANSLATE -> CachingEngine.translating(cpu, new Statistics(), HEAT);
        };
    bus.attach(MMIO, MMIO + PAGE - 1, new Registers());
    state.reset();
    writeTables();
    enterProtectedMode();
  }

  // --- the machine -----------------------------------------------------------------------------

  private void writeTables() {
    descriptor(KERNEL_CODE, 0, 0xF_FFFF, FLAT_CODE);
    descriptor(KERNEL_DATA, 0, 0xF_FFFF, FLAT_DATA);
    descriptor(USER_CODE, 0, 0xF_FFFF, FLAT_CODE | 3 << Segment.DPL_SHIFT);
    descriptor(USER_DATA, 0, 0xF_FFFF, FLAT_DATA | 3 << Segment.DPL_SHIFT);
    descriptor(TASK, TSS, TSS_LIMIT, 0x8B); // busy 32-bit TSS
    for (int vector = 0; vector < 256; vector++) {
      bus.write(STUBS + vector, 0xF4, 1);
      gate(vector, STUBS + vector, 0);
    }
    gate(EXIT_VECTOR, STUBS + EXIT_VECTOR, 3);
    bus.write(TSS + 4, STACK, 4); // ESP0
    bus.write(TSS + 8, KERNEL_DATA, 4); // SS0
    bus.write(TSS + 0x64, TSS_LIMIT + 1 << 16, 4); // no I/O permission bitmap
  }

  private void descriptor(int selector, int base, int limit, int attributes) {
    final int at = GDT + (selector & ~7);
    bus.write(at, limit & 0xFFFF | base << 16, 4);
    bus.write(at + 4, base >>> 16 & 0xFF | attributes << 8 | limit & 0xF_0000, 4);
  }

  private void enterProtectedMode() {
    state.gdtrBase = GDT;
    state.gdtrLimit = TASK + 7;
    state.idtrBase = IDT;
    state.idtrLimit = 256 * 8 - 1;
    state.tr.set(TASK, TSS, TSS_LIMIT, 0x8B);
    state.ldtr.setNull(0);
    for (Segment segment : state.segment) {
      // Ring 3 may use these too, so that a return to it leaves them as they are.
      segment.set(USER_DATA, 0, -1, FLAT_DATA | 3 << Segment.DPL_SHIFT);
    }
    state.segment[CpuState.CS].set(KERNEL_CODE, 0, -1, FLAT_CODE);
    state.segment[CpuState.SS].set(KERNEL_DATA, 0, -1, FLAT_DATA);
    state.cpl = 0;
    state.cr3 = newAddressSpace();
    state.cr4 = CpuState.CR4_PSE | CpuState.CR4_PGE;
    state.cr0 =
        CpuState.CR0_PE
            | CpuState.CR0_ET
            | CpuState.CR0_NE
            | CpuState.CR0_WP
            | CpuState.CR0_MP
            | CpuState.CR0_PG;
    state.updateMode();
    memory.flushAll();
  }

  /**
   * Makes page tables that map all RAM except {@link #ABSENT}, and {@link #MMIO}. What lies below
   * {@link #DATA} is global, as a kernel's own pages are.
   *
   * @return what CR3 is to be for them
   */
  int newAddressSpace() {
    final int directory = newTable();
    for (int address = 0; address < RAM_BYTES; address += PAGE) {
      if (address != ABSENT) {
        map(directory, address, OPEN | (address < DATA ? GLOBAL : 0));
      }
    }
    map(directory, MMIO, OPEN);
    return directory;
  }

  private void map(int directory, int address, int flags) {
    final int entry = directory + (address >>> 22) * 4;
    if (bus.read(entry, 4) == 0) {
      bus.write(entry, newTable() | OPEN, 4);
    }
    final int table = bus.read(entry, 4) & -PAGE;
    bus.write(table + (address >>> 12 & 0x3FF) * 4, address | flags, 4);
  }

  private int newTable() {
    final int table = nextTable;
    nextTable += PAGE;
    return table;
  }

  private void gate(int vector, int offset, int privilege) {
    bus.write(IDT + 8 * vector, offset & 0xFFFF | KERNEL_CODE << 16, 4);
    bus.write(
        IDT + 8 * vector + 4, offset & 0xFFFF_0000 | (INTERRUPT_GATE | privilege << 5) << 8, 4);
  }

  // --- programs --------------------------------------------------------------------------------

  /** Where the next program will lie: the start of a page. */
  int nextOrigin() {
    return nextCode;
  }

  /**
   * Puts a program at its origin, which must be {@link #nextOrigin}.
   *
   * @return its address
   */
  int load(Assembler program) {
    final byte[] bytes = program.bytes();
    if (program.origin() != nextCode || nextCode + bytes.length > DATA) {
      throw new IllegalArgumentException("no place for a program at " + program.origin());
    }
    bus.copyIn(program.origin(), bytes, 0, bytes.length);
    nextCode = program.address() + PAGE - 1 & -PAGE;
    return program.origin();
  }

  /**
   * Loads a program that runs {@code body} {@link #ROUNDS} times, counting down in ECX, and halts.
   *
   * @return its address
   */
  int loop(Consumer<Assembler> before, Consumer<Assembler> body) {
    return loop(before, body, a -> {});
  }

  /**
   * As {@link #loop(Consumer, Consumer)}.
   *
   * @param functions code that the body calls
   */
  int loop(Consumer<Assembler> before, Consumer<Assembler> body, Consumer<Assembler> functions) {
    final Assembler program = new Assembler(nextCode);
    before.accept(program);
    program.mov(ECX, ROUNDS).label("loop");
    body.accept(program);
    program.dec(ECX).jcc(Condition.NE, "loop").hlt();
    functions.accept(program);
    return load(program);
  }

  /** Gives a vector a handler, which ring 3 may call too. */
  void handler(int vector, int address) {
    gate(vector, address, 3);
  }

  /** Says where SYSENTER leads. */
  void systemCall(int address) {
    state.sysenterCs = KERNEL_CODE;
    state.sysenterEsp = STACK;
    state.sysenterEip = address;
  }

  /** Writes a doubleword of RAM. */
  void write32(int address, int value) {
    bus.write(address, value, 4);
  }

  /** Writes a {@code double} to RAM. */
  void writeDouble(int address, double value) {
    final long bits = Double.doubleToRawLongBits(value);
    write32(address, (int) bits);
    write32(address + 4, (int) (bits >>> 32));
  }

  /**
   * Runs a program from ring 0 to its end.
   *
   * @return EAX at its end
   * @throws IllegalStateException where it ends with an exception
   */
  int run(int entry) {
    state.eip = entry;
    state.nextEip = entry;
    state.reg[CpuState.ESP] = STACK;
    state.halted = false;
    do {
      state.beginSlice(SLICE);
      engine.run();
    } while (!state.halted);
    final int vector = state.eip - 1 - STUBS;
    if (vector >= 0 && vector < 256 && vector != EXIT_VECTOR) {
      throw new IllegalStateException(
          "the guest raised exception %d, cr2=%08x".formatted(vector, state.cr2));
    }
    return state.reg[CpuState.EAX];
  }

  /** A device without state: what it costs to reach one. */
  private static final class Registers implements MmioDevice {
    @Override
    public int read(int address, int size) {
      return address;
    }

    @Override
    public void write(int address, int value, int size) {
      // Nothing depends on it.
    }
  }
}
