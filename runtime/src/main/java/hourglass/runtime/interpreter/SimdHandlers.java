package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.sse.Crc32c;
import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.sse.StringCompare;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;

/**
 * Handlers of MMX, SSE to SSE4.2 and what came with them. Groups have classes of their own; here
 * are control, cache and fence instructions, and those that work on strings and general registers.
 *
 * <p>A handler first makes the checks of {@link SimdOperands}, then accesses memory, then computes
 * and reports exceptions, and only then changes registers.
 */
final class SimdHandlers {
  private SimdHandlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    Handler handler = SimdMoveHandlers.find(insn);
    if (handler == null) {
      handler = PackedIntegerHandlers.find(insn);
    }
    if (handler == null) {
      handler = SimdShuffleHandlers.find(insn);
    }
    if (handler == null) {
      handler = SimdFloatHandlers.find(insn);
    }
    if (handler == null) {
      handler = SimdConversionHandlers.find(insn);
    }
    return handler != null ? handler : findOther(insn);
  }

  private static Handler findOther(Instruction insn) {
    return switch (insn.mnemonic) {
      case EMMS -> SimdHandlers::empty;
      case LDMXCSR -> SimdHandlers::loadControl;
      case STMXCSR ->
          (cpu, i) -> {
            SimdOperands.xmm(cpu);
            cpu.write32(i.segment, cpu.offset(i), cpu.state.mxcsr.value());
          };
      case LFENCE, MFENCE, SFENCE -> (cpu, i) -> {}; // accesses are in order
      case CLFLUSH -> SimdHandlers::flushLine;
      case CRC32 -> crc32(insn);
      case POPCNT -> populationCount(insn);
      case PTEST -> SimdHandlers::test;
      case PCMPESTRI -> strings(true, false);
      case PCMPESTRM -> strings(true, true);
      case PCMPISTRI -> strings(false, false);
      case PCMPISTRM -> strings(false, true);
      default -> null;
    };
  }

  private static void empty(Processor cpu, Instruction insn) {
    final X87State fpu = SimdOperands.mmx(cpu);
    fpu.top = 0;
    fpu.empty = 0xFF;
  }

  private static void loadControl(Processor cpu, Instruction insn) {
    SimdOperands.xmm(cpu);
    final int value = cpu.read32(insn.segment, cpu.offset(insn));
    if ((value & ~Mxcsr.VALID) != 0) {
      throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    cpu.state.mxcsr.set(value);
  }

  /** There is no cache; but the address must be one that can be read. */
  private static void flushLine(Processor cpu, Instruction insn) {
    final int linear = cpu.linearForRead(insn.segment, cpu.offset(insn), 1);
    cpu.memory.probe(linear, 1, cpu.state.denyRead);
  }

  private static Handler crc32(Instruction insn) {
    final Operand source = Operand.of(insn, 1);
    return (cpu, i) -> {
      final int value = source.read(cpu, i);
      final int[] reg = cpu.state.reg;
      reg[i.reg] = Crc32c.accumulate(reg[i.reg], value, source.bits / 8);
    };
  }

  private static Handler populationCount(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    return (cpu, i) -> {
      final int value = source.read(cpu, i);
      destination.write(cpu, i, Integer.bitCount(value));
      cpu.state.setArithmeticFlags(value == 0 ? Flags.ZF : 0);
    };
  }

  private static void test(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final int at = SimdOperands.source(cpu, insn);
    final int d = SimdOperands.destination(insn);
    final boolean disjoint = (x[d] & x[at] | x[d + 1] & x[at + 1]) == 0;
    final boolean contained = (~x[d] & x[at] | ~x[d + 1] & x[at + 1]) == 0;
    cpu.state.setArithmeticFlags((disjoint ? Flags.ZF : 0) | (contained ? Flags.CF : 0));
  }

  private static Handler strings(boolean explicitLengths, boolean mask) {
    return (cpu, insn) -> {
      final CpuState state = cpu.state;
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.sourceUnaligned(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final int control = insn.immediate;
      final int length1;
      final int length2;
      if (explicitLengths) {
        length1 = StringCompare.explicitLength(state.reg[CpuState.EAX], control);
        length2 = StringCompare.explicitLength(state.reg[CpuState.EDX], control);
      } else {
        length1 = StringCompare.implicitLength(x[d], x[d + 1], control);
        length2 = StringCompare.implicitLength(x[at], x[at + 1], control);
      }
      final int bits =
          StringCompare.compare(x[d], x[d + 1], length1, x[at], x[at + 1], length2, control);
      if (mask) {
        x[0] = StringCompare.maskLow(bits, control);
        x[1] = StringCompare.maskHigh(bits, control);
      } else {
        state.reg[CpuState.ECX] = StringCompare.index(bits, control);
      }
      state.setArithmeticFlags(StringCompare.flags(bits, length1, length2, control));
    };
  }
}
