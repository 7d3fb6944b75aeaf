package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.sse.PackedIntegers.high;
import static hourglass.translator.cpu.sse.PackedIntegers.low;
import static hourglass.translator.cpu.sse.PackedIntegers.pair;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.sse.Conversions;
import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;

/** Handlers of conversions between integers, single and double precision. */
final class SimdConversionHandlers {
  private static final long HIGH = 0xFFFF_FFFF_0000_0000L;

  private SimdConversionHandlers() {}

  /** From 32 bits to 32 bits. */
  @FunctionalInterface
  private interface Narrow {
    int of(Mxcsr m, int a);
  }

  /** From double precision to 32 bits. */
  @FunctionalInterface
  private interface Narrowing {
    int of(Mxcsr m, long a);
  }

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case CVTDQ2PS -> packed(Conversions::intToSingle);
      case CVTPS2DQ -> packed(Conversions::singleToInt);
      case CVTTPS2DQ -> packed(Conversions::singleToIntTruncating);
      case CVTPD2PS -> narrow(Conversions::doubleToSingle);
      case CVTPD2DQ -> narrow(Conversions::doubleToInt);
      case CVTTPD2DQ -> narrow(Conversions::doubleToIntTruncating);
      case CVTDQ2PD -> SimdConversionHandlers::integersToDoubles;
      case CVTPS2PD -> SimdConversionHandlers::singlesToDoubles;
      case CVTSS2SD -> SimdConversionHandlers::singleToDouble;
      case CVTSD2SS -> SimdConversionHandlers::doubleToSingle;
      case CVTSI2SS -> SimdConversionHandlers::integerToSingle;
      case CVTSI2SD -> SimdConversionHandlers::integerToDouble;
      case CVTSS2SI -> singleToInteger(Conversions::singleToInt);
      case CVTTSS2SI -> singleToInteger(Conversions::singleToIntTruncating);
      case CVTSD2SI -> doubleToInteger(Conversions::doubleToInt);
      case CVTTSD2SI -> doubleToInteger(Conversions::doubleToIntTruncating);
      case CVTPI2PS -> SimdConversionHandlers::mmxToSingles;
      case CVTPI2PD -> SimdConversionHandlers::mmxToDoubles;
      case CVTPS2PI -> singlesToMmx(Conversions::singleToInt);
      case CVTTPS2PI -> singlesToMmx(Conversions::singleToIntTruncating);
      case CVTPD2PI -> doublesToMmx(Conversions::doubleToInt);
      case CVTTPD2PI -> doublesToMmx(Conversions::doubleToIntTruncating);
      default -> null;
    };
  }

  private static Handler packed(Narrow conversion) {
    return SimdFloatHandlers.packedSingle((m, a, b) -> conversion.of(m, b));
  }

  private static long both(Mxcsr m, long pair, Narrow conversion) {
    return pair(conversion.of(m, low(pair)), conversion.of(m, high(pair)));
  }

  /** Two doubles to the low quadword; the high one becomes zero. */
  private static Handler narrow(Narrowing conversion) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final int at = SimdOperands.source(cpu, insn);
      final long result = pair(conversion.of(m, x[at]), conversion.of(m, x[at + 1]));
      SimdOperands.finish(cpu.state);
      x[2 * insn.reg] = result;
      x[2 * insn.reg + 1] = 0;
    };
  }

  private static void integersToDoubles(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final long source = x[SimdOperands.source64(cpu, insn)];
    x[2 * insn.reg] = Conversions.intToDouble(low(source));
    x[2 * insn.reg + 1] = Conversions.intToDouble(high(source));
  }

  private static void singlesToDoubles(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final Mxcsr m = cpu.state.mxcsr;
    final long source = x[SimdOperands.source64(cpu, insn)];
    final long low = Conversions.singleToDouble(m, low(source));
    final long high = Conversions.singleToDouble(m, high(source));
    SimdOperands.finish(cpu.state);
    x[2 * insn.reg] = low;
    x[2 * insn.reg + 1] = high;
  }

  private static void singleToDouble(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final int source = low(x[SimdOperands.source32(cpu, insn)]);
    final long result = Conversions.singleToDouble(cpu.state.mxcsr, source);
    SimdOperands.finish(cpu.state);
    x[2 * insn.reg] = result;
  }

  private static void doubleToSingle(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final long source = x[SimdOperands.source64(cpu, insn)];
    setSingle(cpu, insn, x, Conversions.doubleToSingle(cpu.state.mxcsr, source));
  }

  private static void setSingle(Processor cpu, Instruction insn, long[] x, int result) {
    SimdOperands.finish(cpu.state);
    x[2 * insn.reg] = x[2 * insn.reg] & HIGH | result & ~HIGH;
  }

  private static int general(Processor cpu, Instruction insn) {
    return insn.memory ? Address.load32(cpu, insn) : cpu.state.reg[insn.rm];
  }

  private static void integerToSingle(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final int source = general(cpu, insn);
    setSingle(cpu, insn, x, Conversions.intToSingle(cpu.state.mxcsr, source));
  }

  private static void integerToDouble(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    x[2 * insn.reg] = Conversions.intToDouble(general(cpu, insn));
  }

  private static Handler singleToInteger(Narrow conversion) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int source = low(x[SimdOperands.source32(cpu, insn)]);
      final int result = conversion.of(cpu.state.mxcsr, source);
      SimdOperands.finish(cpu.state);
      cpu.state.reg[insn.reg] = result;
    };
  }

  private static Handler doubleToInteger(Narrowing conversion) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final long source = x[SimdOperands.source64(cpu, insn)];
      final int result = conversion.of(cpu.state.mxcsr, source);
      SimdOperands.finish(cpu.state);
      cpu.state.reg[insn.reg] = result;
    };
  }

  // --- MMX registers -----------------------------------------------------------------------------

  private static void mmxToSingles(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final X87State fpu = SimdOperands.mmx(cpu);
    final long source = SimdOperands.mmxSource(cpu, insn);
    final long result = both(cpu.state.mxcsr, source, Conversions::intToSingle);
    SimdOperands.finish(cpu.state);
    SimdOperands.enterMmx(fpu);
    x[2 * insn.reg] = result;
  }

  /** Only a source that is a register makes it an MMX instruction. */
  private static void mmxToDoubles(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    if (!insn.memory) {
      SimdOperands.enterMmx(SimdOperands.mmx(cpu));
    }
    final long source = SimdOperands.mmxSource(cpu, insn);
    x[2 * insn.reg] = Conversions.intToDouble(low(source));
    x[2 * insn.reg + 1] = Conversions.intToDouble(high(source));
  }

  private static Handler singlesToMmx(Narrow conversion) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final X87State fpu = SimdOperands.mmx(cpu);
      final long source = x[SimdOperands.source64(cpu, insn)];
      final long result = both(cpu.state.mxcsr, source, conversion);
      SimdOperands.finish(cpu.state);
      SimdOperands.setMmx(fpu, insn.reg, result);
    };
  }

  private static Handler doublesToMmx(Narrowing conversion) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final X87State fpu = SimdOperands.mmx(cpu);
      final int at = SimdOperands.source(cpu, insn);
      final long result = pair(conversion.of(m, x[at]), conversion.of(m, x[at + 1]));
      SimdOperands.finish(cpu.state);
      SimdOperands.setMmx(fpu, insn.reg, result);
    };
  }
}
