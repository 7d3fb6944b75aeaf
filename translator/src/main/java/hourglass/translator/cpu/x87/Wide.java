package hourglass.translator.cpu.x87;

/**
 * Unsigned 128-bit arithmetic, with 128-bit results left in {@link FloatContext#high} and {@link
 * FloatContext#low}.
 */
final class Wide {
  private static final long LOW_HALF = 0xFFFF_FFFFL;

  private Wide() {}

  static boolean less(long a, long b) {
    return a + Long.MIN_VALUE < b + Long.MIN_VALUE;
  }

  /** As {@link #less}, 1 or 0, without a branch: what a - b borrows. */
  static int borrow(long a, long b) {
    return (int) ((~a & b | ~(a ^ b) & a - b) >>> 63);
  }

  /** Whether (ah, al) is below (bh, bl). */
  static boolean less(long ah, long al, long bh, long bl) {
    return ah == bh ? less(al, bl) : less(ah, bh);
  }

  /**
   * The quotient of a 128-bit number by a normalised 64-bit one; the remainder is {@code low -
   * quotient * divisor}.
   *
   * @param high below {@code divisor}, so that the quotient has 64 bits
   * @param divisor with bit 63 set
   */
  static long divide(long high, long low, long divisor) {
    final long dh = divisor >>> 32;
    final long dl = divisor & LOW_HALF;
    final long q1 = digit(high, low >>> 32, dh, dl);
    final long rest = (high << 32 | low >>> 32) - q1 * divisor;
    return q1 << 32 | digit(rest, low & LOW_HALF, dh, dl);
  }

  /**
   * One 32-bit digit of a quotient: (high * 2^32 + next) / (dh * 2^32 + dl), by estimate and
   * correction.
   */
  private static long digit(long high, long next, long dh, long dl) {
    long q = Long.divideUnsigned(high, dh);
    long r = high - q * dh;
    while (q > LOW_HALF || less(r << 32 | next, q * dl)) {
      q--;
      r += dh;
      if (r > LOW_HALF) {
        break;
      }
    }
    return q;
  }

  /** The upper 128 bits of a product, at most 3 units too small. */
  static void multiplyHigh(FloatContext c, long ah, long al, long bh, long bl) {
    long high = Math.unsignedMultiplyHigh(ah, bh);
    long low = ah * bh;
    final long m1 = Math.unsignedMultiplyHigh(ah, bl);
    final long m2 = Math.unsignedMultiplyHigh(al, bh);
    low += m1;
    if (less(low, m1)) {
      high++;
    }
    low += m2;
    if (less(low, m2)) {
      high++;
    }
    c.high = high;
    c.low = low;
  }

  /** Shifts the result left until bit 127 is set, and returns by how much; 128 where it is zero. */
  static int normalize(FloatContext c) {
    int shift = 0;
    if (c.high == 0) {
      if (c.low == 0) {
        return 128;
      }
      c.high = c.low;
      c.low = 0;
      shift = 64;
    }
    final int n = Long.numberOfLeadingZeros(c.high);
    if (n != 0) {
      c.high = c.high << n | c.low >>> 64 - n;
      c.low <<= n;
    }
    return shift + n;
  }

  /** Shifts (high, low) right by 0 or more, dropping what falls out. */
  static void shiftRight(FloatContext c, long high, long low, int shift) {
    if (shift >= 128) {
      c.high = 0;
      c.low = 0;
    } else if (shift >= 64) {
      c.high = 0;
      c.low = high >>> shift - 64;
    } else if (shift > 0) {
      c.high = high >>> shift;
      c.low = low >>> shift | high << 64 - shift;
    } else {
      c.high = high;
      c.low = low;
    }
  }

  static void add(FloatContext c, long ah, long al, long bh, long bl) {
    c.low = al + bl;
    c.high = ah + bh + (less(c.low, al) ? 1 : 0);
  }

  static void subtract(FloatContext c, long ah, long al, long bh, long bl) {
    c.low = al - bl;
    c.high = ah - bh - (less(al, bl) ? 1 : 0);
  }

  /**
   * The quotient of two numbers in [1, 2) with 127 fraction bits each: a number in (1/2, 2) with
   * 127 fraction bits, right to about 120 bits.
   */
  static void divideFractions(FloatContext c, long ah, long al, long bh, long bl) {
    if (bh == Long.MIN_VALUE && bl == 0) {
      c.high = ah;
      c.low = al;
      return;
    }
    // A 64-bit reciprocal, then one Newton step: r += r * (1 - b * r). All of r is fraction.
    final long estimate = bh == Long.MIN_VALUE ? -1L : divide(Long.MIN_VALUE, 0, bh);
    multiplyHigh(c, bh, bl, estimate, 0);
    final boolean above = c.high < 0; // b * r is above 1
    if (above) {
      subtract(c, c.high, c.low, Long.MIN_VALUE, 0);
    } else {
      subtract(c, Long.MIN_VALUE, 0, c.high, c.low);
    }
    multiplyHigh(c, c.high << 1 | c.low >>> 63, c.low << 1, estimate, 0);
    if (above) {
      subtract(c, estimate, 0, c.high, c.low);
    } else {
      add(c, estimate, 0, c.high, c.low);
    }
    multiplyHigh(c, ah, al, c.high, c.low);
  }
}
