package hourglass.runtime.engine;

import hourglass.runtime.device.PortBus;
import hourglass.runtime.device.Timeline;
import hourglass.runtime.interrupt.ControlRegisters;
import hourglass.runtime.interrupt.DebugRegisters;
import hourglass.runtime.interrupt.DescriptorTables;
import hourglass.runtime.interrupt.FarTransfers;
import hourglass.runtime.interrupt.InterruptController;
import hourglass.runtime.interrupt.Interrupts;
import hourglass.runtime.interrupt.Segmentation;
import hourglass.runtime.interrupt.TaskSwitch;
import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.CpuModel;
import hourglass.translator.isa.Instruction;

/**
 * A processor wired to its memory, ports and clock: what an instruction handler works on.
 *
 * <p>Accesses by segment and offset check the segment's limit and type, then go through the page
 * map. A handler that faults throws {@link CpuState#fault}; it must have committed nothing before
 * its last access that can fault.
 */
public final class Processor {
  /** Which instructions and control bits there are, and what CPUID says. */
  public final CpuModel model;

  public final CpuState state;
  public final Mmu memory;
  public final PortBus ports;
  public final Timeline timeline;
  public final InterruptController interruptController;
  public final Segmentation segmentation;
  public final DescriptorTables descriptorTables;
  public final FarTransfers farTransfers;
  public final Interrupts interrupts;
  public final TaskSwitch taskSwitch;
  public final ControlRegisters controlRegisters;
  public final DebugRegisters debugRegisters;
  public final Watcher watcher;

  /** A processor that has everything, and that nobody watches. */
  public Processor(
      CpuState state,
      Mmu memory,
      PortBus ports,
      Timeline timeline,
      InterruptController interruptController) {
    this(CpuModel.MAX, state, memory, ports, timeline, interruptController, Watcher.NOBODY);
  }

  /** A processor of a model, which tells a watcher what it does. */
  public Processor(
      CpuModel model,
      CpuState state,
      Mmu memory,
      PortBus ports,
      Timeline timeline,
      InterruptController interruptController,
      Watcher watcher) {
    this.model = model;
    this.watcher = watcher;
    this.state = state;
    this.memory = memory;
    this.ports = ports;
    this.timeline = timeline;
    this.interruptController = interruptController;
    segmentation = new Segmentation(this);
    descriptorTables = new DescriptorTables(this);
    controlRegisters = new ControlRegisters(this);
    debugRegisters = new DebugRegisters(this);
    taskSwitch = new TaskSwitch(this);
    farTransfers = new FarTransfers(this);
    interrupts = new Interrupts(this);
  }

  /** Whether traps or breakpoints may come, or an interrupt shadow lies on the next instruction. */
  boolean needsCare() {
    return state.interruptShadow || debugRegisters.isActive();
  }

  // --- addresses

  /**
   * The offset that an instruction's ModR/M memory operand or memory offset stands for, wrapped to
   * the address size.
   */
  public int offset(Instruction insn) {
    int offset = insn.displacement;
    if (insn.base != Instruction.NONE) {
      offset += state.reg[insn.base];
    }
    if (insn.index != Instruction.NONE) {
      offset += state.reg[insn.index] << insn.scale;
    }
    return insn.addressSize == 32 ? offset : offset & 0xFFFF;
  }

  /**
   * The linear address for a read of {@code size} bytes.
   *
   * @throws GuestFault #GP(0) or, for SS, #SS(0) where the segment does not allow it
   */
  public int linearForRead(int segment, int offset, int size) {
    return state.linearForRead(state.segment[segment], offset, size);
  }

  /** The linear address for a write, or a read before a write, of {@code size} bytes. */
  public int linearForWrite(int segment, int offset, int size) {
    return state.linearForWrite(state.segment[segment], offset, size);
  }

  // --- data

  public int read8(int segment, int offset) {
    return memory.load8(linearForRead(segment, offset, 1), state.denyRead);
  }

  public int read16(int segment, int offset) {
    return memory.load16(linearForRead(segment, offset, 2), state.denyRead);
  }

  public int read32(int segment, int offset) {
    return memory.load32(linearForRead(segment, offset, 4), state.denyRead);
  }

  public long read64(int segment, int offset) {
    return memory.load64(linearForRead(segment, offset, 8), state.denyRead);
  }

  public void write8(int segment, int offset, int value) {
    memory.store8(linearForWrite(segment, offset, 1), value, state.denyWrite);
  }

  public void write16(int segment, int offset, int value) {
    memory.store16(linearForWrite(segment, offset, 2), value, state.denyWrite);
  }

  public void write32(int segment, int offset, int value) {
    memory.store32(linearForWrite(segment, offset, 4), value, state.denyWrite);
  }

  public void write64(int segment, int offset, long value) {
    memory.store64(linearForWrite(segment, offset, 8), value, state.denyWrite);
  }
}
