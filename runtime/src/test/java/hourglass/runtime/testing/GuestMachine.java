package hourglass.runtime.testing;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.runtime.device.ManualTimeline;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Watcher;
import hourglass.runtime.interrupt.TripleFault;
import hourglass.runtime.memory.Mmu;
import hourglass.runtime.memory.PhysicalBus;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.CpuModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/**
 * A processor with 4 MiB of RAM, ports and an interrupt controller, set up in one of a few modes
 * and ready to run code.
 *
 * <p>Linear and physical addresses are the same until {@link #enablePaging}; the constants say what
 * lies where. Every vector of the IDT (or real-mode table) leads to a stub that is nothing but HLT,
 * so that an exception stops the machine and {@link #runToException} can tell which it was. In
 * protected mode vector 80h may be called from ring 3 and is the normal end of user code; elsewhere
 * that is HLT. A write to port F4h ends the run as well.
 *
 * <p>Setters and assertions return the machine, for chaining. An assertion that fails shows the
 * registers and the listing around EIP.
 */
public final class GuestMachine {
  /** Where code goes by default. */
  public static final int CODE = 0x1000;

  /** The initial ESP of ring 0; the stack grows down from here. */
  public static final int STACK = 0x8000;

  /** The initial ESP of ring 3. */
  public static final int USER_STACK = 0x9000;

  public static final int GDT = 0xA000;
  public static final int IDT = 0xB000;
  public static final int TSS = 0xC000;

  /** The exception stubs, a byte a vector. */
  public static final int STUBS = 0xF000;

  /** 64 KiB for a test's data. */
  public static final int DATA = 0x2_0000;

  /** Page tables are built from here up. */
  public static final int PAGE_TABLES = 0x10_0000;

  public static final int RAM_BYTES = 0x40_0000;

  // Selectors in the GDT; those from FREE_SELECTOR up are a test's own.
  public static final int KERNEL_CODE = 0x08;
  public static final int KERNEL_DATA = 0x10;
  public static final int USER_CODE = 0x18 | 3;
  public static final int USER_DATA = 0x20 | 3;
  public static final int TASK = 0x28;
  public static final int KERNEL_CODE16 = 0x30;
  public static final int KERNEL_DATA16 = 0x38;
  public static final int FREE_SELECTOR = 0x40;

  /** The software interrupt that ends user code. */
  public static final int EXIT_VECTOR = 0x80;

  /** A write to this port ends the run. */
  public static final int EXIT_PORT = 0xF4;

  private static final int GDT_BYTES = 0x800;
  private static final int TSS_LIMIT = 0x67;
  private static final int FLAT_CODE = 0xC09B; // granular, 32-bit, present, readable, accessed
  private static final int FLAT_DATA = 0xC093;
  private static final int STEP_LIMIT = 1_000_000;
  private static final int SLICE = 1000;
  private static final int LISTING_DISTANCE = 32;

  public final CpuState state = new CpuState();
  public final PhysicalBus bus = new PhysicalBus(RAM_BYTES);
  public final Mmu memory = new Mmu(state, bus);
  public final TestPorts ports = new TestPorts();
  public final ManualTimeline timeline = new ManualTimeline();
  public final TestInterrupts interrupts = new TestInterrupts();
  public final Processor cpu;

  private final List<Assembler> loaded = new ArrayList<>();
  private boolean exited;

  private GuestMachine() {
    this(CpuModel.MAX);
  }

  private GuestMachine(CpuModel model) {
    cpu = new Processor(model, state, memory, ports, timeline, interrupts, Watcher.NOBODY);
    state.reset();
    ports.attach(
        EXIT_PORT,
        EXIT_PORT,
        new TestPorts.PortDevice() {
          @Override
          public int readPort(int port) {
            return 0xFF;
          }

          @Override
          public void writePort(int port, int value) {
            exited = true;
            state.endSlice();
          }
        });
    for (int vector = 0; vector < 256; vector++) {
      bus.write(STUBS + vector, 0xF4, 1);
    }
  }

  // --- making one ------------------------------------------------------------------------------

  /** Real mode, all segments 0, SP at {@link #STACK}, interrupts off. */
  public static GuestMachine realMode() {
    final GuestMachine machine = new GuestMachine();
    final CpuState state = machine.state;
    for (Segment segment : state.segment) {
      segment.setReal(0, 0);
    }
    for (int vector = 0; vector < 256; vector++) {
      machine.bus.write(4 * vector, STUBS + vector, 4);
    }
    state.idtrLimit = 0x3FF;
    state.reg[CpuState.ESP] = STACK;
    state.updateMode();
    return machine;
  }

  /**
   * Ring 0 of 32-bit protected mode, flat segments, ESP at {@link #STACK}, interrupts off, a TSS
   * loaded.
   */
  public static GuestMachine protected32() {
    return new GuestMachine().protectedMode(KERNEL_CODE, KERNEL_DATA, STACK);
  }

  /** As {@link #protected32}, on a processor of a model. */
  public static GuestMachine protected32(CpuModel model) {
    return new GuestMachine(model).protectedMode(KERNEL_CODE, KERNEL_DATA, STACK);
  }

  /** Ring 0 of 16-bit protected mode: code and data segments of 64 KiB at 0. */
  public static GuestMachine protected16() {
    return new GuestMachine().protectedMode(KERNEL_CODE16, KERNEL_DATA16, STACK);
  }

  /**
   * Ring 3 of 32-bit protected mode, flat segments, IOPL 0, ESP at {@link #USER_STACK}; ring 0's
   * stack as in the TSS.
   */
  public static GuestMachine user32() {
    return new GuestMachine().protectedMode(USER_CODE, USER_DATA, USER_STACK);
  }

  private GuestMachine protectedMode(int code, int data, int stack) {
    state.cr0 = CpuState.CR0_PE | CpuState.CR0_ET | CpuState.CR0_NE;
    state.gdtrBase = GDT;
    state.gdtrLimit = GDT_BYTES - 1;
    state.idtrBase = IDT;
    state.idtrLimit = 256 * 8 - 1;
    descriptor(KERNEL_CODE, 0, 0xF_FFFF, FLAT_CODE);
    descriptor(KERNEL_DATA, 0, 0xF_FFFF, FLAT_DATA);
    descriptor(USER_CODE, 0, 0xF_FFFF, FLAT_CODE | 3 << Segment.DPL_SHIFT);
    descriptor(USER_DATA, 0, 0xF_FFFF, FLAT_DATA | 3 << Segment.DPL_SHIFT);
    descriptor(TASK, TSS, TSS_LIMIT, 0x8B); // busy 32-bit TSS
    descriptor(KERNEL_CODE16, 0, 0xFFFF, 0x9B);
    descriptor(KERNEL_DATA16, 0, 0xFFFF, 0x93);
    for (int vector = 0; vector < 256; vector++) {
      gate(vector, KERNEL_CODE, STUBS + vector, vector == EXIT_VECTOR ? 0xEE : 0x8E);
    }
    write32(TSS + 4, STACK); // ESP0
    write32(TSS + 8, KERNEL_DATA); // SS0
    write32(TSS + 0x64, TSS_LIMIT + 1 << 16); // no I/O permission bitmap
    state.tr.set(TASK, TSS, TSS_LIMIT, 0x8B);
    state.ldtr.setNull(0);
    for (int register = 0; register < 6; register++) {
      cacheDescriptor(state.segment[register], register == CS ? code : data);
    }
    state.cpl = code & 3;
    state.reg[CpuState.ESP] = stack;
    state.updateMode();
    return this;
  }

  private void cacheDescriptor(Segment segment, int selector) {
    final int low = read32(GDT + (selector & ~7));
    final int high = read32(GDT + (selector & ~7) + 4);
    final int attributes = high >>> 8 & 0xF0FF;
    final int limit = low & 0xFFFF | high & 0xF_0000;
    segment.set(
        selector,
        low >>> 16 | (high & 0xFF) << 16 | high & 0xFF00_0000,
        (attributes & Segment.GRANULAR) != 0 ? limit << 12 | 0xFFF : limit,
        attributes);
  }

  // --- tables ----------------------------------------------------------------------------------

  /**
   * Writes a descriptor into the GDT.
   *
   * @param selector where; its RPL makes no difference
   * @param limit as in the descriptor, 20 bits
   * @param attributes as in {@link Segment}: access byte in the low 8 bits, granularity and size in
   *     bits 12-15
   */
  public GuestMachine descriptor(int selector, int base, int limit, int attributes) {
    final int at = GDT + (selector & ~7);
    write32(at, limit & 0xFFFF | base << 16);
    write32(
        at + 4,
        base >>> 16 & 0xFF | (attributes & 0xF0FF) << 8 | limit & 0xF_0000 | base & 0xFF00_0000);
    return this;
  }

  /**
   * Writes a gate into the IDT.
   *
   * @param access the access byte: 8Eh a 32-bit interrupt gate, 8Fh a trap gate, 85h a task gate,
   *     86h and 87h their 16-bit forms, with the DPL in bits 5-6
   */
  public GuestMachine gate(int vector, int selector, int offset, int access) {
    write32(IDT + 8 * vector, offset & 0xFFFF | selector << 16);
    write32(IDT + 8 * vector + 4, offset & 0xFFFF_0000 | access << 8);
    return this;
  }

  /** Gives a vector's handler to loaded code: an interrupt gate, or the real-mode vector. */
  public GuestMachine handler(int vector, int offset) {
    if (state.isProtectedMode()) {
      return gate(vector, KERNEL_CODE, offset, vector == EXIT_VECTOR ? 0xEE : 0x8E);
    }
    write32(4 * vector, offset);
    return this;
  }

  /**
   * Turns paging on with all RAM mapped to itself for everybody, and returns the tables so that a
   * test can change them. CR0.WP is set; the tables lie at {@link #PAGE_TABLES}.
   *
   * @param pae whether to use PAE paging, with EFER.NXE set
   */
  public PageTables enablePaging(boolean pae) {
    final PageTables tables = new PageTables(bus, PAGE_TABLES, pae);
    tables.mapRange(0, 0, RAM_BYTES, PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER);
    enablePaging(tables);
    return tables;
  }

  /** Turns paging on with the given tables. */
  public GuestMachine enablePaging(PageTables tables) {
    state.cr3 = tables.root();
    state.cr4 |= CpuState.CR4_PSE | CpuState.CR4_PGE;
    if (tables.isPae()) {
      state.cr4 |= CpuState.CR4_PAE;
      state.efer |= CpuState.EFER_NXE;
      memory.loadPageDirectoryPointers(state.cr3);
    }
    state.cr0 |= CpuState.CR0_PG | CpuState.CR0_WP;
    memory.flushAll();
    return this;
  }

  // --- registers and memory --------------------------------------------------------------------

  /** Loads code at its origin in the code segment and points EIP at it. */
  public GuestMachine load(Assembler code) {
    place(state.segment[CS].base + code.origin(), code);
    state.eip = code.origin();
    state.nextEip = state.eip;
    return this;
  }

  /** Puts more code into memory, at its origin, without running it. */
  public GuestMachine alsoLoad(Assembler code) {
    place(code.origin(), code);
    return this;
  }

  private void place(int physical, Assembler code) {
    final byte[] bytes = code.bytes();
    bus.copyIn(physical, bytes, 0, bytes.length);
    loaded.add(code);
  }

  /** Sets a general register, or a part of one. */
  public GuestMachine set(Register register, int value) {
    if (register.kind() != Register.Kind.GENERAL) {
      throw new IllegalArgumentException("not a general register: " + register);
    }
    final int number = register.number();
    final int[] reg = state.reg;
    switch (register.size()) {
      case 32 -> reg[number] = value;
      case 16 -> reg[number] = reg[number] & 0xFFFF_0000 | value & 0xFFFF;
      default -> {
        final int shift = number < 4 ? 0 : 8;
        reg[number & 3] = reg[number & 3] & ~(0xFF << shift) | (value & 0xFF) << shift;
      }
    }
    return this;
  }

  /** The value of a general, segment or control register. */
  public int get(Register register) {
    final int number = register.number();
    return switch (register.kind()) {
      case GENERAL ->
          switch (register.size()) {
            case 32 -> state.reg[number];
            case 16 -> state.reg[number] & 0xFFFF;
            default -> state.reg[number & 3] >>> (number < 4 ? 0 : 8) & 0xFF;
          };
      case SEGMENT -> state.segment[number].selector;
      case CONTROL ->
          switch (register) {
            case CR0 -> state.cr0;
            case CR2 -> state.cr2;
            case CR3 -> state.cr3;
            case CR4 -> state.cr4;
            default -> throw new IllegalArgumentException("no such register: " + register);
          };
      case DEBUG -> state.dr[number];
      case X87, MMX, XMM ->
          throw new IllegalArgumentException("not an integer register: " + register);
    };
  }

  /** Sets all of EFLAGS. */
  public GuestMachine setFlags(int eflags) {
    state.setEflags(eflags);
    return this;
  }

  /** Writes bytes to physical memory. */
  public GuestMachine write(int address, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bus.write(address + i, bytes[i], 1);
    }
    return this;
  }

  /** Writes a doubleword to physical memory. */
  public GuestMachine write32(int address, int value) {
    bus.write(address, value, 4);
    return this;
  }

  /** Reads a doubleword of physical memory. */
  public int read32(int address) {
    return bus.read(address, 4);
  }

  // --- running ---------------------------------------------------------------------------------

  /** Runs until HLT, the exit vector or the exit port; fails where an exception comes instead. */
  public GuestMachine run(TestEngine engine) {
    return run(engine, STEP_LIMIT);
  }

  /**
   * As {@link #run(TestEngine)}, and fails where the guest is still running after so many
   * instructions.
   */
  public GuestMachine run(TestEngine engine, int limit) {
    runUntilStopped(engine, limit);
    final int vector = stubReached();
    if (vector >= 0 && vector != EXIT_VECTOR) {
      fail("the guest raised exception " + describe(vector));
    }
    return this;
  }

  /** Runs until an exception reaches its stub, and fails where the guest stops in another way. */
  public GuestMachine runToException(TestEngine engine, int vector) {
    runUntilStopped(engine, STEP_LIMIT);
    final int reached = stubReached();
    if (reached != vector) {
      fail(
          "expected exception "
              + vector
              + " but the guest "
              + (reached < 0 ? "stopped without one" : "raised exception " + describe(reached)));
    }
    return this;
  }

  /**
   * As {@link #runToException(TestEngine, int)}, with the error code that the exception must have
   * pushed.
   */
  public GuestMachine runToException(TestEngine engine, int vector, int errorCode) {
    runToException(engine, vector);
    if (errorCode() != errorCode) {
      fail("expected error code 0x%x but it is 0x%x".formatted(errorCode, errorCode()));
    }
    return this;
  }

  /** Runs until the processor shuts down, and fails where it does not. */
  public GuestMachine runToTripleFault(TestEngine engine) {
    try {
      runUntilStopped(engine, STEP_LIMIT);
    } catch (TripleFault shutDown) {
      return this;
    }
    return fail("expected a triple fault but the guest stopped");
  }

  /**
   * Executes exactly so many instructions, or fewer where the guest halts; takes interrupts before
   * them only.
   */
  public GuestMachine step(TestEngine engine, int count) {
    takeInterrupt();
    state.beginSlice(count);
    engine.on(cpu).run();
    return this;
  }

  private void runUntilStopped(TestEngine kind, int limit) {
    final Engine engine = kind.on(cpu);
    final long start = state.instructions();
    exited = false;
    state.halted = false;
    do {
      final long left = limit - (state.instructions() - start);
      if (left <= 0) {
        fail("the guest is still running after " + limit + " instructions");
      }
      takeInterrupt();
      state.beginSlice((int) Math.min(left, SLICE));
      engine.run();
    } while (!exited && (!state.halted || cpu.interrupts.canTake()));
  }

  private void takeInterrupt() {
    if (cpu.interrupts.canTake()) {
      cpu.interrupts.hardware(interrupts.acknowledge());
    }
  }

  // --- exceptions that have been delivered to a stub -------------------------------------------

  /** The vector whose stub the guest has halted in, or -1. */
  public int stubReached() {
    final int vector = state.segment[CS].base + state.eip - 1 - STUBS;
    return state.halted && vector >= 0 && vector < 256 ? vector : -1;
  }

  /** The error code that the delivered exception pushed. */
  public int errorCode() {
    return stackSlot(0);
  }

  /** The EIP that the delivered exception or interrupt pushed. */
  public int pushedEip() {
    return state.isProtectedMode() ? stackSlot(hasErrorCode() ? 1 : 0) : stackSlot(0) & 0xFFFF;
  }

  /** The EFLAGS that the delivered exception or interrupt pushed. */
  public int pushedFlags() {
    return state.isProtectedMode() ? stackSlot(hasErrorCode() ? 3 : 2) : stackSlot(1) & 0xFFFF;
  }

  /** A doubleword on the current stack, 0 being the one that ESP points at. */
  public int stackSlot(int index) {
    final Segment ss = state.segment[SS];
    final int esp = ss.isBig() ? state.reg[CpuState.ESP] : state.reg[CpuState.ESP] & 0xFFFF;
    return memory.load32(ss.base + esp + 4 * index, state.denyRead);
  }

  private boolean hasErrorCode() {
    return switch (stubReached()) {
      case GuestFault.DOUBLE_FAULT,
          GuestFault.INVALID_TSS,
          GuestFault.NOT_PRESENT,
          GuestFault.STACK_FAULT,
          GuestFault.GENERAL_PROTECTION,
          GuestFault.PAGE_FAULT,
          GuestFault.ALIGNMENT_CHECK ->
          state.isProtectedMode();
      default -> false;
    };
  }

  private String describe(int vector) {
    return vector
        + (hasErrorCode() ? " error code 0x%x".formatted(errorCode()) : "")
        + " at eip=%08x".formatted(pushedEip())
        + (vector == GuestFault.PAGE_FAULT ? " cr2=%08x".formatted(state.cr2) : "");
  }

  // --- assertions ------------------------------------------------------------------------------

  /** Asserts the value of a register, or of a part of one. */
  public GuestMachine assertReg(Register register, int expected) {
    final int actual = get(register);
    if (actual != expected) {
      fail("expected %s=%08x but it is %08x".formatted(register, expected, actual));
    }
    return this;
  }

  /** Asserts the flags of EFLAGS in {@code mask}. */
  public GuestMachine assertFlags(int mask, int expected) {
    final int actual = state.eflags() & mask;
    if (actual != (expected & mask)) {
      fail(
          "expected of the flags %s those set: %s but it is: %s"
              .formatted(flagNames(mask), flagNames(expected & mask), flagNames(actual)));
    }
    return this;
  }

  /** Asserts a doubleword of physical memory. */
  public GuestMachine assertMemory(int address, int expected) {
    final int actual = read32(address);
    if (actual != expected) {
      fail("expected %08x at physical %08x but it is %08x".formatted(expected, address, actual));
    }
    return this;
  }

  /**
   * Asserts that an access faults with #PF.
   *
   * @param address what CR2 must be
   */
  public GuestMachine assertPageFault(int errorCode, int address, Runnable access) {
    try {
      access.run();
    } catch (GuestFault fault) {
      if (fault.vector() != GuestFault.PAGE_FAULT
          || fault.errorCode() != errorCode
          || state.cr2 != address) {
        fail(
            "expected #PF 0x%x at %08x but it is %s with cr2=%08x"
                .formatted(errorCode, address, fault.getMessage(), state.cr2));
      }
      return this;
    }
    return fail("expected #PF 0x%x at %08x but nothing faulted".formatted(errorCode, address));
  }

  /** Asserts EIP, or where an exception has reached its stub, the EIP that it pushed. */
  public GuestMachine assertEip(int expected) {
    final int actual = stubReached() < 0 ? state.eip : pushedEip();
    if (actual != expected) {
      fail("expected eip=%08x but it is %08x".formatted(expected, actual));
    }
    return this;
  }

  /** Fails with the registers and the listing around EIP. */
  public GuestMachine fail(String message) {
    return Assertions.fail(message + System.lineSeparator() + this);
  }

  /** The registers, and the code around EIP. */
  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append("%s=%08x ".formatted(Register.valueOf(GENERAL[i]), state.reg[i]));
    }
    text.append(
        "%neip=%08x eflags=%08x [%s] cpl=%d%n"
            .formatted(state.eip, state.eflags(), flagNames(state.eflags()), state.cpl));
    for (int i = 0; i < 6; i++) {
      text.append("%s=%04x ".formatted(SEGMENTS[i], state.segment[i].selector));
    }
    text.append(
        "cr0=%08x cr2=%08x cr3=%08x cr4=%08x%n"
            .formatted(state.cr0, state.cr2, state.cr3, state.cr4));
    final int eip = stubReached() < 0 ? state.eip : pushedEip();
    for (Assembler code : loaded) {
      text.append(code.listing(eip, LISTING_DISTANCE));
    }
    return text.toString();
  }

  private static final String[] GENERAL = {"EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"};
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

  private static String flagNames(int eflags) {
    final String[] names = {
      "CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF", "NT", "RF", "VM", "AC", "ID"
    };
    final int[] bits = {
      Flags.CF, Flags.PF, Flags.AF, Flags.ZF, Flags.SF, Flags.TF, Flags.IF, Flags.DF, Flags.OF,
      Flags.NT, Flags.RF, Flags.VM, Flags.AC, Flags.ID
    };
    final List<String> set = new ArrayList<>();
    for (int i = 0; i < bits.length; i++) {
      if ((eflags & bits[i]) != 0) {
        set.add(names[i]);
      }
    }
    return String.join(" ", set);
  }
}
