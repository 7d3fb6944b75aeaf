package hourglass.runtime.hostcpu;

import hourglass.runtime.engine.Engine;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.cpu.x87.X87State;
import java.util.Arrays;

/** An engine that runs what {@link HostProcessor} runs, in ring 3 and under the same addresses. */
final class GuestProcessor {
  private static final int SUPERVISOR_BYTES = 0x1_0000;
  private static final int USER_GATE = 0xEE;
  private static final int MOST_INSTRUCTIONS = 100;

  private final GuestMachine machine = GuestMachine.user32();
  private final CpuState state = machine.state;
  private final Engine engine;
  private final Segment code = copy(state.segment[CpuState.CS]);
  private final Segment data = copy(state.segment[CpuState.DS]);
  private final byte[] page = new byte[0x1000];

  GuestProcessor(TestEngine kind) {
    final PageTables tables = new PageTables(machine.bus, GuestMachine.PAGE_TABLES, false);
    final int system = PageTables.PRESENT | PageTables.WRITABLE;
    final int user = system | PageTables.USER;
    tables.mapRange(0, 0, SUPERVISOR_BYTES, system);
    tables.mapRange(Layout.DATA, Layout.DATA, Layout.DATA_BYTES, user);
    tables.map(Layout.CODE_PAGE, Layout.CODE_PAGE, user);
    machine.enablePaging(tables);
    state.cr4 |= CpuState.CR4_OSFXSR | CpuState.CR4_OSXMMEXCPT;
    for (int vector : new int[] {GuestFault.BREAKPOINT, GuestFault.OVERFLOW}) {
      machine.gate(vector, GuestMachine.KERNEL_CODE, GuestMachine.STUBS + vector, USER_GATE);
    }
    Arrays.fill(page, (byte) 0xCC);
    machine.bus.copyIn(Layout.CODE_PAGE, page, 0, page.length);
    engine = kind.on(machine.cpu);
  }

  private static Segment copy(Segment from) {
    final Segment to = new Segment();
    set(to, from, from.base);
    return to;
  }

  private static void set(Segment to, Segment from, int base) {
    to.set(from.selector, base, from.limit, from.attributes);
  }

  /** Puts an instruction into its place, for all runs to come. */
  void load(byte[] bytes) {
    final byte[] padded = Arrays.copyOf(bytes, Layout.CODE_BYTES);
    Arrays.fill(padded, bytes.length, padded.length, (byte) 0xCC);
    machine.bus.copyIn(Layout.CODE, padded, 0, padded.length);
  }

  /** Runs the loaded instruction. */
  void run(Input input, Outcome outcome) {
    enter(input);
    state.beginSlice(MOST_INSTRUCTIONS);
    engine.run();
    leave(outcome);
  }

  private void enter(Input input) {
    final Outcome before = input.before;
    set(state.segment[CpuState.CS], code, 0);
    for (int i = 0; i < state.segment.length; i++) {
      if (i != CpuState.CS) {
        set(state.segment[i], data, input.segmented && i != CpuState.SS ? Layout.DATA : 0);
      }
    }
    state.cpl = 3;
    state.updateMode();
    state.halted = false;
    state.eip = Layout.CODE;
    state.nextEip = Layout.CODE;
    state.setEflags(before.flags);
    System.arraycopy(before.registers, 0, state.reg, 0, before.registers.length);
    final byte[] memory = before.memory;
    machine.bus.copyIn(Layout.FIRST_WINDOW, memory, 0, Layout.FIRST_BYTES);
    machine.bus.copyIn(Layout.SECOND_WINDOW, memory, Layout.FIRST_BYTES, Layout.SECOND_BYTES);
    System.arraycopy(before.xmm, 0, state.xmm, 0, before.xmm.length);
    state.mxcsr.set(before.mxcsr);
    final X87State fpu = state.fpu;
    fpu.initialize();
    fpu.empty = 0;
    for (int i = 0; i < 8; i++) {
      fpu.set(i, before.mmx[i], before.exponents[i]);
    }
  }

  private void leave(Outcome outcome) {
    outcome.vector = machine.stubReached();
    if (outcome.vector < 0) {
      outcome.eip = state.eip;
      return;
    }
    final boolean pageFault = outcome.vector == GuestFault.PAGE_FAULT;
    outcome.error = pageFault ? machine.errorCode() : 0;
    outcome.address = pageFault ? state.cr2 : 0;
    outcome.eip = machine.pushedEip();
    outcome.flags = machine.pushedFlags() & (Flags.ARITHMETIC | Flags.DF);
    System.arraycopy(state.reg, 0, outcome.registers, 0, state.reg.length);
    final boolean errorCode = pageFault || outcome.vector == GuestFault.GENERAL_PROTECTION;
    outcome.registers[CpuState.ESP] = machine.stackSlot(errorCode ? 4 : 3);
    for (int i = 0; i < Layout.MEMORY_BYTES; i++) {
      final int base =
          i < Layout.FIRST_BYTES ? Layout.FIRST_WINDOW : Layout.SECOND_WINDOW - Layout.FIRST_BYTES;
      outcome.memory[i] = (byte) machine.bus.read(base + i, 1);
    }
    System.arraycopy(state.xmm, 0, outcome.xmm, 0, outcome.xmm.length);
    outcome.mxcsr = state.mxcsr.value();
    final X87State fpu = state.fpu;
    outcome.x87Status = fpu.statusWord();
    outcome.x87Tags = fpu.tagWord();
    for (int i = 0; i < 8; i++) {
      outcome.mmx[i] = fpu.significand[i];
      outcome.exponents[i] = fpu.signExponent[i];
    }
  }
}
