package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;

/**
 * Executes one instruction at a time, uncached and with every check: the engine's last resort, used
 * for single stepping, debug registers, interrupt shadows and code outside RAM.
 */
public final class Interpreter {
  private final Processor cpu;

  /** An instruction that crosses a page or lies outside RAM, put together for the decoder. */
  private final byte[] bytes = new byte[Decoder.MAX_LENGTH];

  public Interpreter(Processor cpu) {
    this.cpu = cpu;
  }

  /**
   * Fetches, decodes and executes the instruction at CS:EIP, delivers the exception it raises, and
   * the debug trap after it (EFLAGS.TF, DR0-DR3). Counts one instruction against the budget.
   *
   * @throws hourglass.runtime.interrupt.TripleFault where the processor shuts down
   */
  public void step() {
    final CpuState s = cpu.state;
    count(s);
    final boolean shadowed = s.interruptShadow;
    s.interruptShadow = false; // the shadow covers this instruction, which may cast a new one
    try {
      final int start = s.eip;
      cpu.debugRegisters.beforeInstruction(s.segment[CpuState.CS].base + start);
      final Instruction insn = fetch();
      s.nextEip = start + insn.length;
      Handlers.of(insn).execute(cpu, insn);
      s.eip = s.nextEip;
      cpu.debugRegisters.afterInstruction(insn.repeat != Instruction.NO_REPEAT && s.eip == start);
    } catch (GuestFault fault) {
      cpu.interrupts.exception(fault);
    }
    if (shadowed && cpu.interrupts.canTake()) {
      s.endSlice(); // what the shadow has held back comes now
    }
  }

  /**
   * Counts before executing, since the instruction may end the slice; with no budget left the slice
   * grows.
   */
  private static void count(CpuState s) {
    if (s.budget > 0) {
      s.budget--;
    } else {
      s.sliceEnd++;
    }
  }

  /**
   * Fetches and decodes the instruction at CS:EIP.
   *
   * @throws GuestFault #GP(0) where it goes beyond the segment, #PF where a page of it may not be
   *     fetched
   */
  private Instruction fetch() {
    final CpuState s = cpu.state;
    final Segment cs = s.segment[CpuState.CS];
    final boolean code32 = cs.isBig();
    final int linear = cs.base + s.eip;
    final long inSegment = Integer.toUnsignedLong(cs.highest) - Integer.toUnsignedLong(s.eip) + 1;
    final int available = (int) Math.min(inSegment, Decoder.MAX_LENGTH);
    if (available <= 0) {
      throw s.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    final int inPage = GuestMemory.PAGE_SIZE - (linear & GuestMemory.OFFSET_MASK);
    final int first = Math.min(available, inPage);
    gather(linear, 0, first);
    Instruction insn = Decoder.decode(bytes, 0, first, code32, cpu.model);
    if (insn.mnemonic == Mnemonic.INCOMPLETE && available > first) {
      gather(linear, first, available);
      insn = Decoder.decode(bytes, 0, available, code32, cpu.model);
    }
    if (insn.mnemonic == Mnemonic.INCOMPLETE) {
      throw s.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    return insn;
  }

  /** Fetches some bytes of one page. */
  private void gather(int linear, int from, int to) {
    final int at = cpu.memory.fetch(linear + from);
    if (at >= 0) {
      cpu.memory.ram.copyOut(at, bytes, from, to - from);
      return;
    }
    for (int i = from; i < to; i++) {
      bytes[i] = (byte) cpu.memory.fetchSlow(linear + i);
    }
  }
}
