package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.sse.XmmOperations;
import hourglass.translator.cpu.x87.X87Access;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;

/**
 * What the handlers of MMX and SSE instructions share: the checks that come first, and their
 * operands.
 *
 * <p>An XMM register is two quadwords of {@link CpuState#xmm}; a <i>place</i> is the index of the
 * low one. A source in memory is loaded to a place of its own behind the registers, so that
 * handlers need not know where it came from.
 */
final class SimdOperands {
  private static final int FROM_MEMORY = CpuState.XMM_OPERAND;
  private static final int BYTES = 16;

  private SimdOperands() {}

  // --- what comes first --------------------------------------------------------------------------

  /**
   * Begins an SSE instruction.
   *
   * @return the XMM registers
   * @throws GuestFault #UD where the system does not save them, #NM where they are switched away
   */
  static long[] xmm(Processor cpu) {
    return XmmOperations.available(cpu.state);
  }

  /**
   * Begins an MMX instruction.
   *
   * @return the x87 unit, whose significands are the MMX registers
   * @throws GuestFault #UD under CR0.EM, #NM where the unit is switched away, #MF where an
   *     exception is pending
   */
  static X87State mmx(Processor cpu) {
    final CpuState state = cpu.state;
    if ((state.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0) {
      throw state.fault.of(
          (state.cr0 & CpuState.CR0_EM) != 0 ? GuestFault.INVALID_OPCODE : GuestFault.NO_FPU);
    }
    if (state.fpu.isErrorPending()) {
      X87Access.reportError(state);
    }
    return state.fpu;
  }

  /** Ends the exceptions of an instruction; faults with #XM where one is unmasked. */
  static void finish(CpuState state) {
    if (state.mxcsr.finish()) {
      final boolean reported = (state.cr4 & CpuState.CR4_OSXMMEXCPT) != 0;
      throw state.fault.of(reported ? GuestFault.SIMD_ERROR : GuestFault.INVALID_OPCODE);
    }
  }

  // --- MMX registers -----------------------------------------------------------------------------

  /** What every MMX instruction does to the x87 unit: all registers are valid, ST(0) is R0. */
  static void enterMmx(X87State fpu) {
    fpu.top = 0;
    fpu.empty = 0;
  }

  /** Writes an MMX register. */
  static void setMmx(X87State fpu, int register, long value) {
    enterMmx(fpu);
    fpu.significand[register] = value;
    fpu.signExponent[register] = 0xFFFF;
  }

  /** The quadword of an MMX register or memory in ModR/M r/m. */
  static long mmxSource(Processor cpu, Instruction insn) {
    return insn.memory
        ? cpu.read64(insn.segment, cpu.offset(insn))
        : cpu.state.fpu.significand[insn.rm];
  }

  // --- XMM registers and memory ------------------------------------------------------------------

  /** The place of the register in ModR/M reg. */
  static int destination(Instruction insn) {
    return 2 * insn.reg;
  }

  /**
   * The place of the 128 bits in ModR/M r/m.
   *
   * @throws GuestFault #GP(0) where memory is not aligned to 16 bytes
   */
  static int source(Processor cpu, Instruction insn) {
    return insn.memory ? load(cpu, aligned(cpu, addressForRead(cpu, insn))) : 2 * insn.rm;
  }

  /** As {@link #source}, wherever memory lies. */
  static int sourceUnaligned(Processor cpu, Instruction insn) {
    return insn.memory ? load(cpu, addressForRead(cpu, insn)) : 2 * insn.rm;
  }

  /** The place of 64 bits in ModR/M r/m; the high quadword is not to be used. */
  static int source64(Processor cpu, Instruction insn) {
    if (!insn.memory) {
      return 2 * insn.rm;
    }
    cpu.state.xmm[FROM_MEMORY] = cpu.read64(insn.segment, cpu.offset(insn));
    return FROM_MEMORY;
  }

  /** The place of 32 bits in ModR/M r/m; what lies above them is not to be used. */
  static int source32(Processor cpu, Instruction insn) {
    if (!insn.memory) {
      return 2 * insn.rm;
    }
    cpu.state.xmm[FROM_MEMORY] = cpu.read32(insn.segment, cpu.offset(insn));
    return FROM_MEMORY;
  }

  /** The place of 16 bits in ModR/M r/m; what lies above them is not to be used. */
  static int source16(Processor cpu, Instruction insn) {
    if (!insn.memory) {
      return 2 * insn.rm;
    }
    cpu.state.xmm[FROM_MEMORY] = cpu.read16(insn.segment, cpu.offset(insn));
    return FROM_MEMORY;
  }

  private static int addressForRead(Processor cpu, Instruction insn) {
    return cpu.linearForRead(insn.segment, cpu.offset(insn), BYTES);
  }

  private static int load(Processor cpu, int linear) {
    XmmOperations.load(cpu.state, cpu.memory, linear);
    return FROM_MEMORY;
  }

  /** Stores the 128 bits of a place to memory: all of them or, where it faults, none. */
  static void store(Processor cpu, Instruction insn, int place, boolean mustBeAligned) {
    final int linear = cpu.linearForWrite(insn.segment, cpu.offset(insn), BYTES);
    if (mustBeAligned) {
      XmmOperations.storeAligned(cpu.state, cpu.memory, linear, place);
    } else {
      XmmOperations.store(cpu.state, cpu.memory, linear, place);
    }
  }

  private static int aligned(Processor cpu, int linear) {
    XmmOperations.checkAligned(cpu.state, linear);
    return linear;
  }
}
