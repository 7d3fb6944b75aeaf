package hourglass.translator.cpu.x87;

/**
 * What a floating-point operation runs under and what it leaves behind: the control word going in,
 * a result and the exceptions coming out.
 *
 * <p>Exceptions have their places in the status word (Intel SDM volume 1, section 8.1.3), and so
 * has {@link #C1}, which is raised where a result was rounded away from zero.
 */
public final class FloatContext {
  public static final int INVALID = 1;
  public static final int DENORMAL = 1 << 1;
  public static final int ZERO_DIVIDE = 1 << 2;
  public static final int OVERFLOW = 1 << 3;
  public static final int UNDERFLOW = 1 << 4;
  public static final int PRECISION = 1 << 5;

  /** Condition code C1: the result was rounded up in magnitude. */
  public static final int C1 = 1 << 9;

  /** Rounding control, bits 10 and 11 of the control word. */
  public static final int ROUND_MASK = 3 << 10;

  public static final int ROUND_NEAREST = 0;
  public static final int ROUND_DOWN = 1 << 10;
  public static final int ROUND_UP = 2 << 10;
  public static final int ROUND_ZERO = 3 << 10;

  /** Precision control, bits 8 and 9 of the control word. */
  public static final int PRECISION_MASK = 3 << 8;

  public static final int PRECISION_SINGLE = 0;
  public static final int PRECISION_DOUBLE = 2 << 8;
  public static final int PRECISION_EXTENDED = 3 << 8;

  /** The control word. */
  public int control;

  /** Exceptions raised since {@link #begin}, and {@link #C1}. */
  public int exceptions;

  /** The result's significand; of operations on wider numbers, its upper half. */
  public long significand;

  /** The result's sign and biased exponent. */
  public int signExponent;

  /**
   * Whether the last memory operand that was widened to a result was a denormal in its own format.
   */
  boolean denormalOperand;

  /** The 128-bit result of an operation of {@link Wide}. */
  long high;

  long low;

  /** Starts an operation: nothing has been raised. */
  public void begin() {
    exceptions = 0;
  }

  /** Raises exceptions; tells whether one of them is unmasked. */
  boolean raise(int raised) {
    exceptions |= raised;
    return (raised & ~control) != 0;
  }

  boolean isUnmasked(int exception) {
    return (control & exception) == 0;
  }

  void set(long significand, int signExponent) {
    this.significand = significand;
    this.signExponent = signExponent;
  }
}
