package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.sse.Lanes.BYTES;
import static hourglass.translator.cpu.sse.Lanes.DOUBLEWORDS;
import static hourglass.translator.cpu.sse.Lanes.WORDS;

import hourglass.translator.cpu.sse.PackedIntegers;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.function.LongBinaryOperator;

/**
 * Handlers of packed integer arithmetic, logic and shifts, on MMX and XMM registers. What quadwords
 * do to each other is a function of two of them; the shape says which ones meet.
 */
final class PackedIntegerHandlers {
  private PackedIntegerHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case PAND, ANDPS, ANDPD -> lanes(insn, (a, b) -> a & b);
      case PANDN, ANDNPS, ANDNPD -> lanes(insn, (a, b) -> ~a & b);
      case POR, ORPS, ORPD -> lanes(insn, (a, b) -> a | b);
      case PXOR, XORPS, XORPD -> lanes(insn, (a, b) -> a ^ b);
      case PADDB -> lanes(insn, BYTES::add);
      case PADDW -> lanes(insn, WORDS::add);
      case PADDD -> lanes(insn, DOUBLEWORDS::add);
      case PADDQ -> lanes(insn, (a, b) -> a + b);
      case PADDSB -> lanes(insn, BYTES::addSaturated);
      case PADDSW -> lanes(insn, WORDS::addSaturated);
      case PADDUSB -> lanes(insn, BYTES::addUnsignedSaturated);
      case PADDUSW -> lanes(insn, WORDS::addUnsignedSaturated);
      case PSUBB -> lanes(insn, BYTES::subtract);
      case PSUBW -> lanes(insn, WORDS::subtract);
      case PSUBD -> lanes(insn, DOUBLEWORDS::subtract);
      case PSUBQ -> lanes(insn, (a, b) -> a - b);
      case PSUBSB -> lanes(insn, BYTES::subtractSaturated);
      case PSUBSW -> lanes(insn, WORDS::subtractSaturated);
      case PSUBUSB -> lanes(insn, BYTES::subtractUnsignedSaturated);
      case PSUBUSW -> lanes(insn, WORDS::subtractUnsignedSaturated);
      case PCMPEQB -> lanes(insn, BYTES::equal);
      case PCMPEQW -> lanes(insn, WORDS::equal);
      case PCMPEQD -> lanes(insn, DOUBLEWORDS::equal);
      case PCMPEQQ -> lanes(insn, (a, b) -> a == b ? -1 : 0);
      case PCMPGTB -> lanes(insn, BYTES::greater);
      case PCMPGTW -> lanes(insn, WORDS::greater);
      case PCMPGTD -> lanes(insn, DOUBLEWORDS::greater);
      case PCMPGTQ -> lanes(insn, (a, b) -> a > b ? -1 : 0);
      case PMINUB -> lanes(insn, BYTES::minimumUnsigned);
      case PMINUW -> lanes(insn, WORDS::minimumUnsigned);
      case PMINUD -> lanes(insn, DOUBLEWORDS::minimumUnsigned);
      case PMINSB -> lanes(insn, BYTES::minimum);
      case PMINSW -> lanes(insn, WORDS::minimum);
      case PMINSD -> lanes(insn, DOUBLEWORDS::minimum);
      case PMAXUB -> lanes(insn, BYTES::maximumUnsigned);
      case PMAXUW -> lanes(insn, WORDS::maximumUnsigned);
      case PMAXUD -> lanes(insn, DOUBLEWORDS::maximumUnsigned);
      case PMAXSB -> lanes(insn, BYTES::maximum);
      case PMAXSW -> lanes(insn, WORDS::maximum);
      case PMAXSD -> lanes(insn, DOUBLEWORDS::maximum);
      case PAVGB -> lanes(insn, BYTES::average);
      case PAVGW -> lanes(insn, WORDS::average);
      case PABSB -> lanes(insn, BYTES::absolute);
      case PABSW -> lanes(insn, WORDS::absolute);
      case PABSD -> lanes(insn, DOUBLEWORDS::absolute);
      case PSIGNB -> lanes(insn, BYTES::sign);
      case PSIGNW -> lanes(insn, WORDS::sign);
      case PSIGND -> lanes(insn, DOUBLEWORDS::sign);
      case PMULLW -> lanes(insn, PackedIntegers::multiplyLow);
      case PMULLD -> lanes(insn, PackedIntegers::multiplyLowDoublewords);
      case PMULHW -> lanes(insn, PackedIntegers::multiplyHigh);
      case PMULHUW -> lanes(insn, PackedIntegers::multiplyHighUnsigned);
      case PMULHRSW -> lanes(insn, PackedIntegers::multiplyHighRounded);
      case PMULUDQ -> lanes(insn, PackedIntegers::multiplyUnsigned);
      case PMULDQ -> lanes(insn, PackedIntegers::multiplySigned);
      case PMADDWD -> lanes(insn, PackedIntegers::multiplyAdd);
      case PMADDUBSW -> lanes(insn, PackedIntegers::multiplyAddBytes);
      case PSADBW -> lanes(insn, PackedIntegers::sumOfDifferences);
      case PSLLW -> shift(insn, WORDS::shiftLeft);
      case PSLLD -> shift(insn, DOUBLEWORDS::shiftLeft);
      case PSLLQ -> shift(insn, (a, count) -> isWithin(count) ? a << count : 0);
      case PSRLW -> shift(insn, WORDS::shiftRight);
      case PSRLD -> shift(insn, DOUBLEWORDS::shiftRight);
      case PSRLQ -> shift(insn, (a, count) -> isWithin(count) ? a >>> count : 0);
      case PSRAW -> shift(insn, WORDS::shiftRightArithmetic);
      case PSRAD -> shift(insn, DOUBLEWORDS::shiftRightArithmetic);
      case PACKSSWB -> pairs(insn, PackedIntegers::packWords);
      case PACKUSWB -> pairs(insn, PackedIntegers::packWordsUnsigned);
      case PACKSSDW -> pairs(insn, PackedIntegers::packDoublewords);
      case PACKUSDW -> pairs(insn, PackedIntegers::packDoublewordsUnsigned);
      case PHADDW -> pairs(insn, PackedIntegers::horizontalAddWords);
      case PHADDD -> pairs(insn, PackedIntegers::horizontalAddDoublewords);
      case PHADDSW -> pairs(insn, PackedIntegers::horizontalAddSaturated);
      case PHSUBW -> pairs(insn, PackedIntegers::horizontalSubtractWords);
      case PHSUBD -> pairs(insn, PackedIntegers::horizontalSubtractDoublewords);
      case PHSUBSW -> pairs(insn, PackedIntegers::horizontalSubtractSaturated);
      default -> null;
    };
  }

  private static boolean isWithin(long count) {
    return (count & ~63) == 0;
  }

  /** On MMX registers: the destination meets the source. */
  private static Handler onMmx(LongBinaryOperator operation) {
    return (cpu, insn) -> {
      final X87State fpu = SimdOperands.mmx(cpu);
      final long b = SimdOperands.mmxSource(cpu, insn);
      SimdOperands.setMmx(fpu, insn.reg, operation.applyAsLong(fpu.significand[insn.reg], b));
    };
  }

  /** Quadwords of the destination meet those of the source at the same place. */
  private static Handler lanes(Instruction insn, LongBinaryOperator operation) {
    if (insn.operand(0) == OperandKind.MM) {
      return onMmx(operation);
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source(cpu, i);
      final int d = SimdOperands.destination(i);
      x[d] = operation.applyAsLong(x[d], x[at]);
      x[d + 1] = operation.applyAsLong(x[d + 1], x[at + 1]);
    };
  }

  /** The two quadwords of the destination meet, and so do those of the source. */
  private static Handler pairs(Instruction insn, LongBinaryOperator operation) {
    if (insn.operand(0) == OperandKind.MM) {
      return onMmx(operation);
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source(cpu, i);
      final int d = SimdOperands.destination(i);
      final long low = operation.applyAsLong(x[d], x[d + 1]);
      x[d + 1] = operation.applyAsLong(x[at], x[at + 1]);
      x[d] = low;
    };
  }

  /** Every quadword of the destination meets the immediate, or the source's low quadword. */
  private static Handler shift(Instruction insn, LongBinaryOperator operation) {
    return switch (insn.operand(0)) {
      case MM -> onMmx(operation);
      case MM_RM ->
          (cpu, i) -> {
            final X87State fpu = SimdOperands.mmx(cpu);
            SimdOperands.setMmx(
                fpu, i.rm, operation.applyAsLong(fpu.significand[i.rm], i.immediate));
          };
      case XMM_RM ->
          (cpu, i) -> {
            final long[] x = SimdOperands.xmm(cpu);
            final int d = 2 * i.rm;
            x[d] = operation.applyAsLong(x[d], i.immediate);
            x[d + 1] = operation.applyAsLong(x[d + 1], i.immediate);
          };
      default ->
          (cpu, i) -> {
            final long[] x = SimdOperands.xmm(cpu);
            final long count = x[SimdOperands.source(cpu, i)];
            final int d = SimdOperands.destination(i);
            x[d] = operation.applyAsLong(x[d], count);
            x[d + 1] = operation.applyAsLong(x[d + 1], count);
          };
    };
  }
}
