package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.ECX;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.Shifts;
import hourglass.translator.isa.Instruction;

/** SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD and SHRD. */
final class ShiftHandlers {
  /** A shift by a count of 1-31 that leaves its flags in the state. */
  @FunctionalInterface
  private interface Shift {
    int apply(CpuState s, int value, int count, int bits);
  }

  /** A shift that fills up from a second value. */
  @FunctionalInterface
  private interface DoubleShift {
    int apply(CpuState s, int value, int fill, int count, int bits);
  }

  private ShiftHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case SHL -> shl(insn);
      case SHR -> shr(insn);
      case SAR -> sar(insn);
      case ROL ->
          generic(insn, keepsOverflow(insn) ? ShiftHandlers::rolImmediate : ShiftHandlers::rol);
      case ROR ->
          generic(insn, keepsOverflow(insn) ? ShiftHandlers::rorImmediate : ShiftHandlers::ror);
      case RCL -> generic(insn, ShiftHandlers::rcl);
      case RCR -> generic(insn, ShiftHandlers::rcr);
      case SHLD -> generic(insn, ShiftHandlers::shld);
      case SHRD -> generic(insn, ShiftHandlers::shrd);
      default -> null;
    };
  }

  private static boolean keepsOverflow(Instruction insn) {
    return !insn.memory && Operand.of(insn, 1) == Operand.IMMEDIATE && (insn.immediate & 31) != 1;
  }

  private static Handler shl(Instruction insn) {
    if (Operand.of(insn, 0) == Operand.RM32) {
      switch (Operand.of(insn, 1)) {
        case IMMEDIATE:
          if ((insn.immediate & 31) != 0) {
            return (c, i) ->
                c.state.reg[i.rm] = shl(c.state, c.state.reg[i.rm], i.immediate & 31, 32);
          }
          break;
        case ONE:
          return (c, i) -> c.state.reg[i.rm] = shl(c.state, c.state.reg[i.rm], 1, 32);
        default:
          return (c, i) -> {
            final int count = c.state.reg[ECX] & 31;
            if (count != 0) {
              c.state.reg[i.rm] = shl(c.state, c.state.reg[i.rm], count, 32);
            }
          };
      }
    }
    return generic(insn, ShiftHandlers::shl);
  }

  private static Handler shr(Instruction insn) {
    if (Operand.of(insn, 0) == Operand.RM32) {
      switch (Operand.of(insn, 1)) {
        case IMMEDIATE:
          if ((insn.immediate & 31) != 0) {
            return (c, i) ->
                c.state.reg[i.rm] = shr(c.state, c.state.reg[i.rm], i.immediate & 31, 32);
          }
          break;
        case ONE:
          return (c, i) -> c.state.reg[i.rm] = shr(c.state, c.state.reg[i.rm], 1, 32);
        default:
          return (c, i) -> {
            final int count = c.state.reg[ECX] & 31;
            if (count != 0) {
              c.state.reg[i.rm] = shr(c.state, c.state.reg[i.rm], count, 32);
            }
          };
      }
    }
    return generic(insn, ShiftHandlers::shr);
  }

  private static Handler sar(Instruction insn) {
    if (Operand.of(insn, 0) == Operand.RM32
        && Operand.of(insn, 1) == Operand.IMMEDIATE
        && (insn.immediate & 31) != 0) {
      return (c, i) -> c.state.reg[i.rm] = sar(c.state, c.state.reg[i.rm], i.immediate & 31, 32);
    }
    return generic(insn, ShiftHandlers::sar);
  }

  private static Handler generic(Instruction insn, Shift shift) {
    final Operand destination = Operand.of(insn, 0);
    final Operand counter = Operand.of(insn, 1);
    return (c, i) -> {
      final int value = destination.readForWrite(c, i);
      final int count = counter.read(c, i) & 31;
      if (count != 0) {
        destination.write(c, i, shift.apply(c.state, value, count, destination.bits));
      }
    };
  }

  private static Handler generic(Instruction insn, DoubleShift shift) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    final Operand counter = Operand.of(insn, 2);
    return (c, i) -> {
      final int value = destination.readForWrite(c, i);
      final int count = counter.read(c, i) & 31;
      if (count != 0) {
        final int fill = source.read(c, i);
        destination.write(c, i, shift.apply(c.state, value, fill, count, destination.bits));
      }
    };
  }

  private static int shl(CpuState s, int value, int count, int bits) {
    final int result = Shifts.shl(value, count, bits);
    s.flagResult = Shifts.signExtend(result, bits);
    s.flagAux = Shifts.auxShl(value, count, bits);
    return result;
  }

  private static int shr(CpuState s, int value, int count, int bits) {
    final int result = Shifts.shr(value, count, bits);
    s.flagResult = Shifts.signExtend(result, bits);
    s.flagAux = Shifts.auxShr(value, count, bits);
    return result;
  }

  private static int sar(CpuState s, int value, int count, int bits) {
    final int result = Shifts.sar(value, count, bits);
    s.flagResult = Shifts.signExtend(result, bits);
    s.flagAux = Shifts.auxSar(value, count, bits);
    return result;
  }

  private static int rol(CpuState s, int value, int count, int bits) {
    final int result = Shifts.rol(value, count, bits);
    s.flagAux = Shifts.auxRol(s.flagAux, value, result, bits);
    return result;
  }

  private static int ror(CpuState s, int value, int count, int bits) {
    final int result = Shifts.ror(value, count, bits);
    s.flagAux = Shifts.auxRor(s.flagAux, value, result, bits);
    return result;
  }

  private static int rolImmediate(CpuState s, int value, int count, int bits) {
    final int result = Shifts.rol(value, count, bits);
    s.flagAux = Shifts.auxRolImmediate(s.flagAux, result);
    return result;
  }

  private static int rorImmediate(CpuState s, int value, int count, int bits) {
    final int result = Shifts.ror(value, count, bits);
    s.flagAux = Shifts.auxRorImmediate(s.flagAux, result, bits);
    return result;
  }

  private static int rcl(CpuState s, int value, int count, int bits) {
    final long result = Shifts.rcl(value, Flags.carry(s.flagAux), count, bits);
    s.flagAux = Shifts.auxRcl(s.flagAux, value, result, count, bits);
    return (int) result;
  }

  private static int rcr(CpuState s, int value, int count, int bits) {
    final long result = Shifts.rcr(value, Flags.carry(s.flagAux), count, bits);
    s.flagAux = Shifts.auxRcr(s.flagAux, value, result, count, bits);
    return (int) result;
  }

  private static int shld(CpuState s, int value, int fill, int count, int bits) {
    final int result = Shifts.shld(value, fill, count, bits);
    s.flagResult = Shifts.signExtend(result, bits);
    s.flagAux = Shifts.auxShld(value, fill, count, bits);
    return result;
  }

  private static int shrd(CpuState s, int value, int fill, int count, int bits) {
    final int result = Shifts.shrd(value, fill, count, bits);
    s.flagResult = Shifts.signExtend(result, bits);
    s.flagAux = Shifts.auxShrd(value, fill, count, bits);
    return result;
  }
}
