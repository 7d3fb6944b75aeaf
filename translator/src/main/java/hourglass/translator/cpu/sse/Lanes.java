package hourglass.translator.cpu.sse;

/**
 * Operations on all elements of a quadword at once: eight bytes, four words or two doublewords
 * (Intel SDM volume 1, sections 9.4 and 11.4.2).
 *
 * <p>Carries are kept from crossing into the next element by treating the elements' highest bits
 * apart. A <i>mask</i> has all bits of an element set, or none.
 *
 * <p>Components of a constant record HotSpot takes for constants.
 *
 * @param width of an element, in bits
 * @param element all bits of one element
 * @param ones the lowest bit of every element
 * @param signs the highest bit of every element
 */
public record Lanes(int width, long element, long ones, long signs) {
  public static final Lanes BYTES = of(8);
  public static final Lanes WORDS = of(16);
  public static final Lanes DOUBLEWORDS = of(32);

  private static Lanes of(int width) {
    final long element = (1L << width) - 1;
    final long ones = Long.divideUnsigned(-1, element);
    return new Lanes(width, element, ones, ones << width - 1);
  }

  /** Spreads the highest bit of every element over all of it. */
  private long fill(long a) {
    return (a >>> width - 1 & ones) * element;
  }

  private static long select(long mask, long ifSet, long ifClear) {
    return ifSet & mask | ifClear & ~mask;
  }

  public long add(long a, long b) {
    return (a & ~signs) + (b & ~signs) ^ (a ^ b) & signs;
  }

  public long subtract(long a, long b) {
    return (a | signs) - (b & ~signs) ^ (a ^ ~b) & signs;
  }

  /** Sums beyond the range of unsigned elements become the greatest of them. */
  public long addUnsignedSaturated(long a, long b) {
    final long sum = add(a, b);
    return sum | fill(a & b | (a | b) & ~sum);
  }

  /** Differences below zero become zero. */
  public long subtractUnsignedSaturated(long a, long b) {
    return subtract(a, b) & ~lessUnsigned(a, b);
  }

  /** Sums beyond the range of signed elements become the nearest of them. */
  public long addSaturated(long a, long b) {
    final long sum = add(a, b);
    return saturated(a, sum, ~(a ^ b) & (a ^ sum));
  }

  /** Differences beyond the range of signed elements become the nearest of them. */
  public long subtractSaturated(long a, long b) {
    final long difference = subtract(a, b);
    return saturated(a, difference, (a ^ b) & (a ^ difference));
  }

  /** Where the highest bit of {@code overflow} is set, the limit on a's side of zero. */
  private long saturated(long a, long result, long overflow) {
    return select(fill(overflow), ~signs + (a >>> width - 1 & ones), result);
  }

  /** The mask of elements that are equal. */
  public long equal(long a, long b) {
    final long difference = a ^ b;
    return ~fill((difference & ~signs) + ~signs | difference);
  }

  /** The mask of elements where a is greater, both signed. */
  public long greater(long a, long b) {
    return lessUnsigned(b ^ signs, a ^ signs);
  }

  private long lessUnsigned(long a, long b) {
    return fill(~a & b | (~a | b) & subtract(a, b));
  }

  public long minimumUnsigned(long a, long b) {
    return select(lessUnsigned(a, b), a, b);
  }

  public long maximumUnsigned(long a, long b) {
    return select(lessUnsigned(a, b), b, a);
  }

  public long minimum(long a, long b) {
    return select(greater(a, b), b, a);
  }

  public long maximum(long a, long b) {
    return select(greater(a, b), a, b);
  }

  /** The unsigned average, rounded up. */
  public long average(long a, long b) {
    return (a | b) - ((a ^ b) >>> 1 & ~signs);
  }

  /** The absolute value of b. */
  public long absolute(long a, long b) {
    return negateWhere(fill(b), b);
  }

  /** The elements of a, negated where b is negative, 0 where it is 0. */
  public long sign(long a, long b) {
    return negateWhere(fill(b), a) & ~equal(b, 0);
  }

  private long negateWhere(long mask, long a) {
    return subtract(a ^ mask, mask);
  }

  /** Shifts by an unsigned count; one as large as the element leaves nothing. */
  public long shiftLeft(long a, long count) {
    return isTooLarge(count) ? 0 : (a & ones * (element >>> count)) << count;
  }

  /** As {@link #shiftLeft}, to the right. */
  public long shiftRight(long a, long count) {
    return isTooLarge(count) ? 0 : a >>> count & ones * (element >>> count);
  }

  /** Shifts copies of the sign in; a count as large as the element leaves nothing else. */
  public long shiftRightArithmetic(long a, long count) {
    final int by = isTooLarge(count) ? width - 1 : (int) count;
    final long signBits = ones * (element & ~(element >>> by));
    return shiftRight(a, by) | fill(a) & signBits;
  }

  private boolean isTooLarge(long count) {
    return Long.compareUnsigned(count, width) >= 0;
  }
}
