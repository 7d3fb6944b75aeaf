package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.sse.PackedIntegers.high;
import static hourglass.translator.cpu.sse.PackedIntegers.low;
import static hourglass.translator.cpu.sse.PackedIntegers.pair;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.sse.DoubleArithmetic;
import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.sse.SingleArithmetic;
import hourglass.translator.isa.Instruction;

/**
 * Handlers of floating-point arithmetic and comparisons. A shape for each of packed and scalar,
 * single and double precision applies an operation to the elements, and commits the results unless
 * an exception is unmasked.
 */
final class SimdFloatHandlers {
  private static final long HIGH = 0xFFFF_FFFF_0000_0000L;

  private SimdFloatHandlers() {}

  /** An operation on two elements in single precision. */
  @FunctionalInterface
  interface Single {
    int of(Mxcsr m, int a, int b);
  }

  /** An operation on two elements in double precision. */
  @FunctionalInterface
  interface Double {
    long of(Mxcsr m, long a, long b);
  }

  static Handler find(Instruction insn) {
    final int imm = insn.immediate;
    return switch (insn.mnemonic) {
      case ADDPS, ADDPD, ADDSS, ADDSD ->
          arithmetic(insn, SingleArithmetic::add, DoubleArithmetic::add);
      case SUBPS, SUBPD, SUBSS, SUBSD ->
          arithmetic(insn, SingleArithmetic::subtract, DoubleArithmetic::subtract);
      case MULPS, MULPD, MULSS, MULSD ->
          arithmetic(insn, SingleArithmetic::multiply, DoubleArithmetic::multiply);
      case DIVPS, DIVPD, DIVSS, DIVSD ->
          arithmetic(insn, SingleArithmetic::divide, DoubleArithmetic::divide);
      case MINPS, MINPD, MINSS, MINSD ->
          arithmetic(insn, SingleArithmetic::minimum, DoubleArithmetic::minimum);
      case MAXPS, MAXPD, MAXSS, MAXSD ->
          arithmetic(insn, SingleArithmetic::maximum, DoubleArithmetic::maximum);
      case SQRTPS, SQRTPD, SQRTSS, SQRTSD ->
          arithmetic(
              insn,
              (m, a, b) -> SingleArithmetic.squareRoot(m, b),
              (m, a, b) -> DoubleArithmetic.squareRoot(m, b));
      case CMPPS, CMPPD, CMPSS, CMPSD ->
          arithmetic(
              insn,
              (m, a, b) -> SingleArithmetic.test(m, imm, a, b),
              (m, a, b) -> DoubleArithmetic.test(m, imm, a, b));
      case ROUNDPS, ROUNDPD, ROUNDSS, ROUNDSD ->
          arithmetic(
              insn,
              (m, a, b) -> SingleArithmetic.round(m, b, imm),
              (m, a, b) -> DoubleArithmetic.round(m, b, imm));
      case RCPPS -> packedSingle((m, a, b) -> SingleArithmetic.reciprocal(b));
      case RCPSS -> scalarSingle((m, a, b) -> SingleArithmetic.reciprocal(b));
      case RSQRTPS -> packedSingle((m, a, b) -> SingleArithmetic.reciprocalSquareRoot(b));
      case RSQRTSS -> scalarSingle((m, a, b) -> SingleArithmetic.reciprocalSquareRoot(b));
      case COMISS -> compareSingle(false);
      case UCOMISS -> compareSingle(true);
      case COMISD -> compareDouble(false);
      case UCOMISD -> compareDouble(true);
      case HADDPS -> horizontalSingle(SingleArithmetic::add);
      case HSUBPS -> horizontalSingle(SingleArithmetic::subtract);
      case HADDPD -> horizontalDouble(DoubleArithmetic::add);
      case HSUBPD -> horizontalDouble(DoubleArithmetic::subtract);
      case ADDSUBPS -> packedSingle(SingleArithmetic::subtract, SingleArithmetic::add);
      case ADDSUBPD -> packedDouble(DoubleArithmetic::subtract, DoubleArithmetic::add);
      case DPPS -> SimdFloatHandlers::dotProductSingle;
      case DPPD -> SimdFloatHandlers::dotProductDouble;
      default -> null;
    };
  }

  /** The shape that the end of the name tells. */
  private static Handler arithmetic(Instruction insn, Single single, Double twice) {
    final String name = insn.mnemonic.name();
    return switch (name.substring(name.length() - 2)) {
      case "PS" -> packedSingle(single);
      case "PD" -> packedDouble(twice, twice);
      case "SS" -> scalarSingle(single);
      default -> scalarDouble(twice);
    };
  }

  static Handler packedSingle(Single operation) {
    return packedSingle(operation, operation);
  }

  /** Elements 0 and 2 by one operation, 1 and 3 by another one. */
  private static Handler packedSingle(Single even, Single odd) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long low = pair(even.of(m, low(x[d]), low(x[at])), odd.of(m, high(x[d]), high(x[at])));
      final long high =
          pair(
              even.of(m, low(x[d + 1]), low(x[at + 1])),
              odd.of(m, high(x[d + 1]), high(x[at + 1])));
      SimdOperands.finish(cpu.state);
      x[d] = low;
      x[d + 1] = high;
    };
  }

  private static Handler packedDouble(Double even, Double odd) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long low = even.of(m, x[d], x[at]);
      final long high = odd.of(m, x[d + 1], x[at + 1]);
      SimdOperands.finish(cpu.state);
      x[d] = low;
      x[d + 1] = high;
    };
  }

  private static Handler scalarSingle(Single operation) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source32(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final int result = operation.of(cpu.state.mxcsr, low(x[d]), low(x[at]));
      SimdOperands.finish(cpu.state);
      x[d] = x[d] & HIGH | result & ~HIGH;
    };
  }

  private static Handler scalarDouble(Double operation) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source64(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long result = operation.of(cpu.state.mxcsr, x[d], x[at]);
      SimdOperands.finish(cpu.state);
      x[d] = result;
    };
  }

  private static Handler compareSingle(boolean quiet) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source32(cpu, insn);
      final CpuState state = cpu.state;
      final int flags =
          SingleArithmetic.compare(state.mxcsr, low(x[2 * insn.reg]), low(x[at]), quiet);
      SimdOperands.finish(state);
      state.setArithmeticFlags(flags);
    };
  }

  private static Handler compareDouble(boolean quiet) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source64(cpu, insn);
      final CpuState state = cpu.state;
      final int flags = DoubleArithmetic.compare(state.mxcsr, x[2 * insn.reg], x[at], quiet);
      SimdOperands.finish(state);
      state.setArithmeticFlags(flags);
    };
  }

  /** Neighbours meet: those of the destination, then those of the source. */
  private static Handler horizontalSingle(Single operation) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long low =
          pair(
              operation.of(m, low(x[d]), high(x[d])),
              operation.of(m, low(x[d + 1]), high(x[d + 1])));
      final long high =
          pair(
              operation.of(m, low(x[at]), high(x[at])),
              operation.of(m, low(x[at + 1]), high(x[at + 1])));
      SimdOperands.finish(cpu.state);
      x[d] = low;
      x[d + 1] = high;
    };
  }

  private static Handler horizontalDouble(Double operation) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final Mxcsr m = cpu.state.mxcsr;
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long low = operation.of(m, x[d], x[d + 1]);
      final long high = operation.of(m, x[at], x[at + 1]);
      SimdOperands.finish(cpu.state);
      x[d] = low;
      x[d + 1] = high;
    };
  }

  // --- dot products ------------------------------------------------------------------------------

  /** Exceptions of a step are reported before the next step (Intel SDM volume 2, DPPS). */
  private static void dotProductSingle(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final Mxcsr m = cpu.state.mxcsr;
    final int at = SimdOperands.source(cpu, insn);
    final int d = SimdOperands.destination(insn);
    final int imm = insn.immediate;
    final int product0 = product(m, imm & 0x10, low(x[d]), low(x[at]));
    final int product1 = product(m, imm & 0x20, high(x[d]), high(x[at]));
    final int product2 = product(m, imm & 0x40, low(x[d + 1]), low(x[at + 1]));
    final int product3 = product(m, imm & 0x80, high(x[d + 1]), high(x[at + 1]));
    SimdOperands.finish(cpu.state);
    // In this order, as it decides which of two NaNs is kept.
    final int sumLow = SingleArithmetic.add(m, product1, product0);
    final int sumHigh = SingleArithmetic.add(m, product3, product2);
    SimdOperands.finish(cpu.state);
    final int sum = SingleArithmetic.add(m, sumLow, sumHigh);
    SimdOperands.finish(cpu.state);
    x[d] = pair((imm & 1) != 0 ? sum : 0, (imm & 2) != 0 ? sum : 0);
    x[d + 1] = pair((imm & 4) != 0 ? sum : 0, (imm & 8) != 0 ? sum : 0);
  }

  private static int product(Mxcsr m, int wanted, int a, int b) {
    return wanted != 0 ? SingleArithmetic.multiply(m, a, b) : 0;
  }

  private static void dotProductDouble(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final Mxcsr m = cpu.state.mxcsr;
    final int at = SimdOperands.source(cpu, insn);
    final int d = SimdOperands.destination(insn);
    final int imm = insn.immediate;
    final long low = (imm & 0x10) != 0 ? DoubleArithmetic.multiply(m, x[d], x[at]) : 0;
    final long high = (imm & 0x20) != 0 ? DoubleArithmetic.multiply(m, x[d + 1], x[at + 1]) : 0;
    SimdOperands.finish(cpu.state);
    final long sum = DoubleArithmetic.add(m, low, high);
    SimdOperands.finish(cpu.state);
    x[d] = (imm & 1) != 0 ? sum : 0;
    x[d + 1] = (imm & 2) != 0 ? sum : 0;
  }
}
