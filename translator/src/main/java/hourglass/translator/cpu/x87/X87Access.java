package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.CpuState.CS;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;

/**
 * How x87 instructions begin, and their memory operands in flat segments: generated code calls
 * these and {@link X87Operations}.
 *
 * <p>Memory is accessed after the exceptions that come before the instruction, and before anything
 * is committed. Parameters that all of it takes: {@code opcode} as {@link X87State#lastOpcode};
 * {@code eip}, the instruction's offset in CS; {@code segment} and {@code offset}, where the
 * operand is, the offset being its linear address as well.
 */
public final class X87Access {
  private static final int EXTENDED_SIZE = 10;

  private X87Access() {}

  /**
   * Begins an instruction that does not wait for pending exceptions.
   *
   * @throws GuestFault #NM where the unit is switched away or absent
   */
  public static X87State available(CpuState state) {
    if ((state.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0) {
      throw state.fault.of(GuestFault.NO_FPU);
    }
    return state.fpu;
  }

  /**
   * Begins a waiting instruction.
   *
   * @throws GuestFault #NM where the unit is switched away or absent, #MF where an exception is
   *     pending
   */
  public static X87State waiting(CpuState state) {
    final X87State f = available(state);
    if (f.isErrorPending()) {
      reportError(state);
    }
    return f;
  }

  /**
   * Reports a pending exception: by #MF or, where CR0.NE is clear, by FERR#. Then the processor
   * waits for an interrupt, unless IGNNE# lets it go on.
   */
  public static void reportError(CpuState state) {
    if ((state.cr0 & CpuState.CR0_NE) != 0) {
      throw state.fault.of(GuestFault.FPU_ERROR);
    }
    if (!state.fpu.ignne) {
      state.fpu.ferr = true;
      throw state.fault.of(GuestFault.FROZEN);
    }
  }

  /** Remembers where the instruction is, for FNSTENV. */
  public static void note(CpuState state, int opcode, int eip) {
    final X87State f = state.fpu;
    f.lastInstructionOffset = eip;
    f.lastInstructionSelector = state.segment[CS].selector;
    f.lastOpcode = opcode;
  }

  /** As {@link #note(CpuState, int, int)}, with the memory operand. */
  public static void note(CpuState state, int opcode, int eip, int segment, int offset) {
    note(state, opcode, eip);
    state.fpu.lastDataOffset = offset;
    state.fpu.lastDataSelector = state.segment[segment].selector;
  }

  /**
   * Begins a waiting instruction without a memory operand.
   *
   * @throws GuestFault as {@link #waiting}
   */
  public static void begin(CpuState state, int opcode, int eip) {
    waiting(state);
    note(state, opcode, eip);
  }

  // --- loads: what is read is left as the operand taken ------------------------------------------

  /** Takes a single-precision number. */
  public static void takeFloat(
      CpuState state, GuestMemory memory, int opcode, int eip, int segment, int offset) {
    final X87State f = waiting(state);
    final int bits = memory.load32(offset, state.denyRead);
    note(state, opcode, eip, segment, offset);
    X87Operations.operandFloat(f, bits);
  }

  /** Takes a double-precision number. */
  public static void takeDouble(
      CpuState state, GuestMemory memory, int opcode, int eip, int segment, int offset) {
    final X87State f = waiting(state);
    final long bits = memory.load64(offset, state.denyRead);
    note(state, opcode, eip, segment, offset);
    X87Operations.operandDouble(f, bits);
  }

  /** Takes an integer of 16, 32 or 64 bits. */
  public static void takeInteger(
      CpuState state, GuestMemory memory, int opcode, int eip, int segment, int offset, int bits) {
    final X87State f = waiting(state);
    final int deny = state.denyRead;
    final long value =
        switch (bits) {
          case 16 -> (short) memory.load16(offset, deny);
          case 32 -> memory.load32(offset, deny);
          default -> memory.load64(offset, deny);
        };
    note(state, opcode, eip, segment, offset);
    X87Operations.operandInteger(f, value);
  }

  /** FLD of 80 bits. */
  public static void loadExtended(
      CpuState state, GuestMemory memory, int opcode, int eip, int segment, int offset) {
    final X87State f = waiting(state);
    final long significand = memory.load64(offset, state.denyRead);
    final int signExponent = memory.load16(offset + 8, state.denyRead);
    note(state, opcode, eip, segment, offset);
    X87Operations.load(f, significand, signExponent);
  }

  // --- stores ------------------------------------------------------------------------------------

  /** FST and FSTP of 32 bits. */
  public static void storeFloat(
      CpuState state,
      GuestMemory memory,
      int opcode,
      int eip,
      int segment,
      int offset,
      boolean pop) {
    final X87State f = waiting(state);
    final int bits = X87Operations.narrowFloat(f);
    if (X87Operations.isStorable(f)) {
      memory.store32(offset, bits, state.denyWrite);
    }
    note(state, opcode, eip, segment, offset);
    X87Operations.stored(f, pop);
  }

  /** FST and FSTP of 64 bits. */
  public static void storeDouble(
      CpuState state,
      GuestMemory memory,
      int opcode,
      int eip,
      int segment,
      int offset,
      boolean pop) {
    final X87State f = waiting(state);
    final long bits = X87Operations.narrowDouble(f);
    if (X87Operations.isStorable(f)) {
      memory.store64(offset, bits, state.denyWrite);
    }
    note(state, opcode, eip, segment, offset);
    X87Operations.stored(f, pop);
  }

  /** FSTP of 80 bits. */
  public static void storeExtended(
      CpuState state, GuestMemory memory, int opcode, int eip, int segment, int offset) {
    final X87State f = waiting(state);
    X87Operations.narrowNothing(f);
    if (X87Operations.isStorable(f)) {
      if ((offset & GuestMemory.OFFSET_MASK) > GuestMemory.PAGE_SIZE - EXTENDED_SIZE) {
        memory.probe(offset, EXTENDED_SIZE, state.denyWrite);
      }
      memory.store64(offset, f.context.significand, state.denyWrite);
      memory.store16(offset + 8, f.context.signExponent, state.denyWrite);
    }
    note(state, opcode, eip, segment, offset);
    X87Operations.stored(f, true);
  }

  /** FIST and FISTP of 16, 32 or 64 bits. */
  public static void storeInteger(
      CpuState state,
      GuestMemory memory,
      int opcode,
      int eip,
      int segment,
      int offset,
      int bits,
      boolean pop) {
    final X87State f = waiting(state);
    final long value = X87Operations.narrowInteger(f, bits);
    if (X87Operations.isStorable(f)) {
      final int deny = state.denyWrite;
      switch (bits) {
        case 16 -> memory.store16(offset, (int) value, deny);
        case 32 -> memory.store32(offset, (int) value, deny);
        default -> memory.store64(offset, value, deny);
      }
    }
    note(state, opcode, eip, segment, offset);
    X87Operations.stored(f, pop);
  }

  // --- control and status words ------------------------------------------------------------------

  /** FLDCW. */
  public static void loadControl(CpuState state, GuestMemory memory, int offset) {
    waiting(state).setControl(memory.load16(offset, state.denyRead));
  }

  /** FNSTCW. */
  public static void storeControl(CpuState state, GuestMemory memory, int offset) {
    memory.store16(offset, available(state).control(), state.denyWrite);
  }

  /** The status word, for FNSTSW AX. */
  public static int statusWord(CpuState state) {
    return available(state).statusWord();
  }
}
