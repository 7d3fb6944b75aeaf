package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.x87.FloatContext;
import hourglass.translator.cpu.x87.X87Operations;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;

/** Handlers of x87 loads, stores, constants, exchanges and conditional moves. */
final class X87TransferHandlers {
  private X87TransferHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case FLD, FILD, FBLD -> load(insn);
      case FST, FSTP, FIST, FISTP, FISTTP, FBSTP -> store(insn);
      case FXCH -> X87TransferHandlers::exchange;
      case FCMOVB -> move(Flags.CF, true);
      case FCMOVNB -> move(Flags.CF, false);
      case FCMOVE -> move(Flags.ZF, true);
      case FCMOVNE -> move(Flags.ZF, false);
      case FCMOVBE -> move(Flags.CF | Flags.ZF, true);
      case FCMOVNBE -> move(Flags.CF | Flags.ZF, false);
      case FCMOVU -> move(Flags.PF, true);
      case FCMOVNU -> move(Flags.PF, false);
      // Significands rounded down, and the 64 bits after them.
      case FLD1 -> constant(0, 0x8000_0000_0000_0000L, 0);
      case FLDL2T -> constant(1, 0xD49A_784B_CD1B_8AFEL, 0x492B_F6FF_4DAF_DB4CL);
      case FLDL2E -> constant(0, 0xB8AA_3B29_5C17_F0BBL, 0xBE87_FED0_691D_3E88L);
      case FLDPI -> constant(1, 0xC90F_DAA2_2168_C234L, 0xC4C6_628B_80DC_1CD1L);
      case FLDLG2 -> constant(-2, 0x9A20_9A84_FBCF_F798L, 0x8F89_59AC_0B7C_9178L);
      case FLDLN2 -> constant(-1, 0xB172_17F7_D1CF_79ABL, 0xC9E3_B398_03F2_F6AFL);
      case FLDZ ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87Handlers.note(cpu, i);
            X87Operations.load(f, 0, 0);
          };
      default -> null;
    };
  }

  private static Handler constant(int exponent, long high, long low) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      X87Operations.loadConstant(f, exponent, high, low);
    };
  }

  private static void exchange(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.waiting(cpu);
    X87Handlers.note(cpu, insn);
    X87Operations.exchange(f, insn.rm);
  }

  private static Handler move(int flags, boolean set) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      final CpuState state = cpu.state;
      final boolean any = (Flags.materialize(state.flagResult, state.flagAux) & flags) != 0;
      X87Operations.move(f, insn.rm, any == set);
    };
  }

  // --- loads -------------------------------------------------------------------------------------

  private static Handler load(Instruction insn) {
    return switch (insn.operand(0)) {
      case STI ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87Handlers.note(cpu, i);
            X87Operations.loadRegister(f, i.rm);
          };
      case M32FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87ArithmeticHandlers.takeFloat(cpu, i, f);
            X87Operations.loadOperand(f);
          };
      case M64FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87ArithmeticHandlers.takeDouble(cpu, i, f);
            X87Operations.loadOperand(f);
          };
      case M80FP -> X87TransferHandlers::loadExtended;
      case M16INT -> loadInteger(false);
      case M32INT -> loadInteger(true);
      case M64INT ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            final int offset = cpu.offset(i);
            final long value = cpu.read64(i.segment, offset);
            X87Handlers.note(cpu, i, offset);
            X87Operations.operandInteger(f, value);
            X87Operations.loadOperand(f);
          };
      default -> X87TransferHandlers::loadBcd;
    };
  }

  private static Handler loadInteger(boolean wide) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87ArithmeticHandlers.takeInteger(cpu, insn, f, wide);
      X87Operations.loadOperand(f);
    };
  }

  private static void loadExtended(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.waiting(cpu);
    final int offset = cpu.offset(insn);
    final int linear = cpu.linearForRead(insn.segment, offset, 10);
    final long low = cpu.memory.load64(linear, cpu.state.denyRead);
    final int high = cpu.memory.load16(linear + 8, cpu.state.denyRead);
    X87Handlers.note(cpu, insn, offset);
    X87Operations.load(f, low, high);
  }

  private static void loadBcd(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.waiting(cpu);
    final int offset = cpu.offset(insn);
    final int linear = cpu.linearForRead(insn.segment, offset, 10);
    final long low = cpu.memory.load64(linear, cpu.state.denyRead);
    final int high = cpu.memory.load16(linear + 8, cpu.state.denyRead);
    X87Handlers.note(cpu, insn, offset);
    X87Operations.operandBcd(f, low, high);
    X87Operations.loadOperand(f);
  }

  // --- stores ------------------------------------------------------------------------------------

  private static Handler store(Instruction insn) {
    final boolean pop =
        switch (insn.mnemonic) {
          case FSTP, FISTP, FISTTP, FBSTP -> true;
          default -> false;
        };
    final OperandKind kind = insn.operand(0);
    return switch (kind) {
      case STI ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87Handlers.note(cpu, i);
            X87Operations.storeRegister(f, i.rm, pop);
          };
      case M64FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            final int offset = cpu.offset(i);
            final long bits = X87Operations.narrowDouble(f);
            if (X87Operations.isStorable(f)) {
              cpu.write64(i.segment, offset, bits);
            }
            X87Handlers.note(cpu, i, offset);
            X87Operations.stored(f, pop);
          };
      case M32FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            final int offset = cpu.offset(i);
            final int bits = X87Operations.narrowFloat(f);
            if (X87Operations.isStorable(f)) {
              cpu.write32(i.segment, offset, bits);
            }
            X87Handlers.note(cpu, i, offset);
            X87Operations.stored(f, pop);
          };
      case M16INT, M32INT, M64INT -> storeInteger(kind, pop, insn.mnemonic == Mnemonic.FISTTP);
      default -> storeTenBytes(kind == OperandKind.M80BCD);
    };
  }

  private static Handler storeInteger(OperandKind kind, boolean pop, boolean truncate) {
    final int bits = kind == OperandKind.M16INT ? 16 : kind == OperandKind.M32INT ? 32 : 64;
    final int rounding = truncate ? FloatContext.ROUND_ZERO : 0;
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      final int offset = cpu.offset(insn);
      final int control = f.context.control;
      f.context.control = control | rounding;
      final long value = X87Operations.narrowInteger(f, bits);
      f.context.control = control;
      if (X87Operations.isStorable(f)) {
        switch (bits) {
          case 16 -> cpu.write16(insn.segment, offset, (int) value);
          case 32 -> cpu.write32(insn.segment, offset, (int) value);
          default -> cpu.write64(insn.segment, offset, value);
        }
      }
      X87Handlers.note(cpu, insn, offset);
      X87Operations.stored(f, pop);
    };
  }

  /** FSTP of 80 bits and FBSTP, both of which pop. */
  private static Handler storeTenBytes(boolean bcd) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      final int offset = cpu.offset(insn);
      if (bcd) {
        X87Operations.narrowBcd(f);
      } else {
        X87Operations.narrowNothing(f);
      }
      if (X87Operations.isStorable(f)) {
        final int deny = cpu.state.denyWrite;
        final int linear = cpu.linearForWrite(insn.segment, offset, 10);
        if ((linear & GuestMemory.OFFSET_MASK) > GuestMemory.PAGE_SIZE - 10) {
          cpu.memory.probe(linear, 10, deny);
        }
        cpu.memory.store64(linear, f.context.significand, deny);
        cpu.memory.store16(linear + 8, f.context.signExponent, deny);
      }
      X87Handlers.note(cpu, insn, offset);
      X87Operations.stored(f, true);
    };
  }
}
