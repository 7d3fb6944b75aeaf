package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.sse.PackedIntegers.align;
import static hourglass.translator.cpu.sse.PackedIntegers.bytesAt;
import static hourglass.translator.cpu.sse.PackedIntegers.doubleword;
import static hourglass.translator.cpu.sse.PackedIntegers.pair;
import static hourglass.translator.cpu.sse.PackedIntegers.wordMask;

import hourglass.translator.cpu.sse.PackedIntegers;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Handlers of instructions that put elements into another order, blend or widen them. */
final class SimdShuffleHandlers {
  private SimdShuffleHandlers() {}

  /** One quadword of a result, made of destination, source and immediate. */
  @FunctionalInterface
  private interface Quadword {
    long of(long low, long high, long sourceLow, long sourceHigh, int immediate);
  }

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case PUNPCKLBW ->
          interleave(
              insn, false, PackedIntegers::interleaveBytesLow, PackedIntegers::interleaveBytesHigh);
      case PUNPCKHBW ->
          interleave(
              insn, true, PackedIntegers::interleaveBytesLow, PackedIntegers::interleaveBytesHigh);
      case PUNPCKLWD ->
          interleave(
              insn, false, PackedIntegers::interleaveWordsLow, PackedIntegers::interleaveWordsHigh);
      case PUNPCKHWD ->
          interleave(
              insn, true, PackedIntegers::interleaveWordsLow, PackedIntegers::interleaveWordsHigh);
      case PUNPCKLDQ, UNPCKLPS ->
          interleave(
              insn,
              false,
              PackedIntegers::interleaveDoublewordsLow,
              PackedIntegers::interleaveDoublewordsHigh);
      case PUNPCKHDQ, UNPCKHPS ->
          interleave(
              insn,
              true,
              PackedIntegers::interleaveDoublewordsLow,
              PackedIntegers::interleaveDoublewordsHigh);
      case PUNPCKLQDQ, UNPCKLPD ->
          quadwords((low, high, l, h, imm) -> low, (low, high, l, h, imm) -> l);
      case PUNPCKHQDQ, UNPCKHPD ->
          quadwords((low, high, l, h, imm) -> high, (low, high, l, h, imm) -> h);
      case SHUFPS ->
          quadwords(
              (low, high, l, h, imm) ->
                  pair(doubleword(low, high, imm), doubleword(low, high, imm >> 2)),
              (low, high, l, h, imm) ->
                  pair(doubleword(l, h, imm >> 4), doubleword(l, h, imm >> 6)));
      case SHUFPD ->
          quadwords(
              (low, high, l, h, imm) -> (imm & 1) == 0 ? low : high,
              (low, high, l, h, imm) -> (imm & 2) == 0 ? l : h);
      case PSHUFD ->
          quadwords(
              (low, high, l, h, imm) -> pair(doubleword(l, h, imm), doubleword(l, h, imm >> 2)),
              (low, high, l, h, imm) ->
                  pair(doubleword(l, h, imm >> 4), doubleword(l, h, imm >> 6)));
      case PSHUFLW ->
          quadwords(
              (low, high, l, h, imm) -> PackedIntegers.shuffleWords(l, imm),
              (low, high, l, h, imm) -> h);
      case PSHUFHW ->
          quadwords(
              (low, high, l, h, imm) -> l,
              (low, high, l, h, imm) -> PackedIntegers.shuffleWords(h, imm));
      case PSHUFW -> onMmx((a, b, imm) -> PackedIntegers.shuffleWords(b, imm));
      case PSHUFB ->
          insn.operand(0) == OperandKind.MM
              ? onMmx((a, b, imm) -> PackedIntegers.shuffleBytes(a, b))
              : quadwords(
                  (low, high, l, h, imm) -> PackedIntegers.shuffleBytes(low, high, l),
                  (low, high, l, h, imm) -> PackedIntegers.shuffleBytes(low, high, h));
      case PALIGNR ->
          insn.operand(0) == OperandKind.MM
              ? onMmx((a, b, imm) -> bytesAt(b, a, imm))
              : quadwords(
                  (low, high, l, h, imm) -> align(low, high, l, h, imm),
                  (low, high, l, h, imm) -> align(low, high, l, h, imm + 8));
      case PSLLDQ -> shiftBytes(-1);
      case PSRLDQ -> shiftBytes(1);
      case MOVDDUP ->
          (cpu, i) -> {
            final long[] x = SimdOperands.xmm(cpu);
            final long value = x[SimdOperands.source64(cpu, i)];
            x[2 * i.reg] = value;
            x[2 * i.reg + 1] = value;
          };
      case MOVSLDUP ->
          quadwords(
              (low, high, l, h, imm) -> pair((int) l, (int) l),
              (low, high, l, h, imm) -> pair((int) h, (int) h));
      case MOVSHDUP ->
          quadwords(
              (low, high, l, h, imm) -> pair((int) (l >>> 32), (int) (l >>> 32)),
              (low, high, l, h, imm) -> pair((int) (h >>> 32), (int) (h >>> 32)));
      case PHMINPOSUW ->
          quadwords(
              (low, high, l, h, imm) -> PackedIntegers.smallestWord(l, h),
              (low, high, l, h, imm) -> 0);
      case MPSADBW ->
          quadwords(
              (low, high, l, h, imm) ->
                  PackedIntegers.sumsOfDifferences(
                      bytesAt(low, high, imm & 4), doubleword(l, h, imm)),
              (low, high, l, h, imm) ->
                  PackedIntegers.sumsOfDifferences(
                      bytesAt(low, high, (imm & 4) + 4), doubleword(l, h, imm)));
      case PBLENDW -> blend((bits, half) -> wordMask(bits >> 4 * half));
      case BLENDPS -> blend((bits, half) -> doublewordMask(bits >> 2 * half));
      case BLENDPD -> blend((bits, half) -> -(bits >> half & 1L));
      case PBLENDVB -> blendBySigns(PackedIntegers::byteMask);
      case BLENDVPS -> blendBySigns(a -> doublewordMask((int) (a >>> 31 & 1 | a >>> 62 & 2)));
      case BLENDVPD -> blendBySigns(a -> a >> 63);
      case INSERTPS -> SimdShuffleHandlers.insertSingle(insn);
      case PMOVSXBW, PMOVSXBD, PMOVSXBQ, PMOVSXWD, PMOVSXWQ, PMOVSXDQ -> widen(insn, true);
      case PMOVZXBW, PMOVZXBD, PMOVZXBQ, PMOVZXWD, PMOVZXWQ, PMOVZXDQ -> widen(insn, false);
      default -> null;
    };
  }

  // --- shapes ------------------------------------------------------------------------------------

  private static Handler quadwords(Quadword low, Quadword high) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long result = low.of(x[d], x[d + 1], x[at], x[at + 1], insn.immediate);
      x[d + 1] = high.of(x[d], x[d + 1], x[at], x[at + 1], insn.immediate);
      x[d] = result;
    };
  }

  /** What becomes of an MMX register, a source and an immediate. */
  @FunctionalInterface
  private interface MmxShuffle {
    long of(long a, long b, int immediate);
  }

  private static Handler onMmx(MmxShuffle shuffle) {
    return (cpu, insn) -> {
      final X87State fpu = SimdOperands.mmx(cpu);
      final long b = SimdOperands.mmxSource(cpu, insn);
      SimdOperands.setMmx(fpu, insn.reg, shuffle.of(fpu.significand[insn.reg], b, insn.immediate));
    };
  }

  /** Interleaves the elements of the low or the high halves. */
  private static Handler interleave(
      Instruction insn, boolean ofHigh, LongBinaryOperator low, LongBinaryOperator high) {
    if (insn.operand(0) == OperandKind.MM) {
      final LongBinaryOperator operation = ofHigh ? high : low;
      if (insn.operand(1) == OperandKind.MMM32 && insn.memory) {
        return (cpu, i) -> {
          final X87State fpu = SimdOperands.mmx(cpu);
          final long b = cpu.read32(i.segment, cpu.offset(i)) & 0xFFFF_FFFFL;
          SimdOperands.setMmx(fpu, i.reg, operation.applyAsLong(fpu.significand[i.reg], b));
        };
      }
      return onMmx((a, b, imm) -> operation.applyAsLong(a, b));
    }
    final int half = ofHigh ? 1 : 0;
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source(cpu, i) + half;
      final int d = SimdOperands.destination(i);
      final long a = x[d + half];
      final long b = x[at];
      x[d] = low.applyAsLong(a, b);
      x[d + 1] = high.applyAsLong(a, b);
    };
  }

  private static Handler shiftBytes(int direction) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int d = 2 * insn.rm;
      final int count = Math.min(insn.immediate, 16);
      final long low = x[d];
      final long high = x[d + 1];
      if (direction > 0) {
        x[d] = bytesAt(low, high, count);
        x[d + 1] = bytesAt(high, 0, count);
      } else {
        x[d] = align(low, high, 0, 0, 16 - count);
        x[d + 1] = align(low, high, 0, 0, 24 - count);
      }
    };
  }

  // --- blends ------------------------------------------------------------------------------------

  private static long doublewordMask(int bits) {
    return (bits & 1) * 0xFFFF_FFFFL | (bits >> 1 & 1) * 0xFFFF_FFFF_0000_0000L;
  }

  /** The mask that an immediate stands for in the low (0) or high (1) quadword. */
  @FunctionalInterface
  private interface ImmediateMask {
    long of(int bits, int half);
  }

  private static Handler blend(ImmediateMask mask) {
    return quadwords(
        (low, high, l, h, imm) -> PackedIntegers.blend(low, l, mask.of(imm, 0)),
        (low, high, l, h, imm) -> PackedIntegers.blend(high, h, mask.of(imm, 1)));
  }

  /** Blends by the highest bits of XMM0's elements. */
  private static Handler blendBySigns(LongUnaryOperator mask) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source(cpu, insn);
      final int d = SimdOperands.destination(insn);
      final long maskLow = mask.applyAsLong(x[0]);
      final long maskHigh = mask.applyAsLong(x[1]);
      x[d] = PackedIntegers.blend(x[d], x[at], maskLow);
      x[d + 1] = PackedIntegers.blend(x[d + 1], x[at + 1], maskHigh);
    };
  }

  /** INSERTPS: one element from anywhere to anywhere, then any of them zero. */
  private static Handler insertSingle(Instruction insn) {
    final int from = insn.memory ? 0 : insn.immediate >> 6 & 3;
    final int to = insn.immediate >> 4 & 3;
    final long keepLow = ~doublewordMask(insn.immediate);
    final long keepHigh = ~doublewordMask(insn.immediate >> 2);
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at = SimdOperands.source32(cpu, i);
      final int value = doubleword(x[at], x[at + 1], from);
      final int d = SimdOperands.destination(i);
      final long there = doublewordMask(1 << (to & 1));
      x[d + to / 2] = PackedIntegers.blend(x[d + to / 2], pair(value, value), there);
      x[d] &= keepLow;
      x[d + 1] &= keepHigh;
    };
  }

  // --- widening ----------------------------------------------------------------------------------

  private static Handler widen(Instruction insn, boolean signed) {
    return switch (insn.mnemonic) {
      case PMOVSXBW, PMOVZXBW ->
          widened(
              insn,
              a -> PackedIntegers.widenBytes(a, signed),
              a -> PackedIntegers.widenBytes(a >>> 32, signed));
      case PMOVSXWD, PMOVZXWD ->
          widened(
              insn,
              a -> PackedIntegers.widenWords(a, signed),
              a -> PackedIntegers.widenWords(a >>> 32, signed));
      case PMOVSXDQ, PMOVZXDQ ->
          widened(
              insn,
              a -> PackedIntegers.widenDoubleword(a, signed),
              a -> PackedIntegers.widenDoubleword(a >>> 32, signed));
      case PMOVSXBD, PMOVZXBD ->
          widened(
              insn,
              a -> PackedIntegers.widenWords(PackedIntegers.widenBytes(a, signed), signed),
              a -> PackedIntegers.widenWords(PackedIntegers.widenBytes(a >>> 16, signed), signed));
      case PMOVSXWQ, PMOVZXWQ ->
          widened(insn, a -> wordToQuadword(a, signed), a -> wordToQuadword(a >>> 16, signed));
      default ->
          widened(
              insn,
              a -> wordToQuadword(PackedIntegers.widenBytes(a, signed), signed),
              a -> wordToQuadword(PackedIntegers.widenBytes(a >>> 8, signed), signed));
    };
  }

  private static long wordToQuadword(long a, boolean signed) {
    return PackedIntegers.widenDoubleword(PackedIntegers.widenWords(a, signed), signed);
  }

  private static Handler widened(Instruction insn, LongUnaryOperator low, LongUnaryOperator high) {
    final OperandKind kind = insn.operand(1);
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int at =
          switch (kind) {
            case XMMM64 -> SimdOperands.source64(cpu, i);
            case XMMM32 -> SimdOperands.source32(cpu, i);
            default -> SimdOperands.source16(cpu, i);
          };
      final long value = x[at];
      x[2 * i.reg] = low.applyAsLong(value);
      x[2 * i.reg + 1] = high.applyAsLong(value);
    };
  }
}
