package hourglass.translator.cpu.sse;

/**
 * The control and status register of SSE (Intel SDM volume 1, sections 10.2.3 and 11.5), and the
 * exceptions raised by the instruction that is being executed.
 */
public final class Mxcsr {
  // The sticky exception flags; operations raise exceptions by these bits.
  public static final int INVALID = 1;
  public static final int DENORMAL = 1 << 1;
  public static final int ZERO_DIVIDE = 1 << 2;
  public static final int OVERFLOW = 1 << 3;
  public static final int UNDERFLOW = 1 << 4;
  public static final int PRECISION = 1 << 5;

  /** Denormal operands count as zero. */
  public static final int DENORMALS_ARE_ZERO = 1 << 6;

  /** How far an exception's mask lies above its flag. */
  public static final int MASK_SHIFT = 7;

  /** Rounding control. */
  public static final int ROUND_MASK = 3 << 13;

  public static final int ROUND_NEAREST = 0;
  public static final int ROUND_DOWN = 1 << 13;
  public static final int ROUND_UP = 2 << 13;
  public static final int ROUND_ZERO = 3 << 13;

  /** Results that underflow become zero, where underflow is masked. */
  public static final int FLUSH_TO_ZERO = 1 << 15;

  /** The value after reset: everything masked, rounding to nearest. */
  public static final int RESET = 0x1F80;

  /** The bits that exist; LDMXCSR and FXRSTOR of others are #GP(0). */
  public static final int VALID = 0xFFFF;

  /** Exceptions found in the operands, before anything is computed. */
  private static final int BEFORE_COMPUTATION = INVALID | DENORMAL | ZERO_DIVIDE;

  private int register = RESET;

  /** Exceptions raised since the last {@link #finish}. */
  private int raised;

  /** The register, sticky flags included. */
  public int value() {
    return register;
  }

  /** Sets the register; bits other than {@link #VALID} are the caller's to refuse. */
  public void set(int value) {
    register = value;
    raised = 0;
  }

  /**
   * Ends an instruction: the exceptions raised by its operations become sticky flags. Where one
   * found before computation is unmasked, in any element, nothing is computed, and so the flags of
   * overflow, underflow and precision stay as they are (Intel SDM volume 1, section 11.5.3).
   *
   * @return whether an unmasked exception was raised: the instruction faults with #XM and must not
   *     commit its results
   */
  public boolean finish() {
    if (raised == 0) {
      return false;
    }
    final int unmasked = raised & ~(register >> MASK_SHIFT);
    register |= (unmasked & BEFORE_COMPUTATION) != 0 ? raised & BEFORE_COMPUTATION : raised;
    raised = 0;
    return unmasked != 0;
  }

  /** Raises exceptions; tells whether one of them is unmasked. */
  boolean raise(int exceptions) {
    raised |= exceptions;
    return (exceptions & ~(register >> MASK_SHIFT)) != 0;
  }

  boolean isUnmasked(int exception) {
    return (register >> MASK_SHIFT & exception) == 0;
  }

  /** Results are rounded to nearest, and nobody waits for one that is not exact. */
  boolean isOrdinary() {
    return (register & (ROUND_MASK | PRECISION << MASK_SHIFT)) == PRECISION << MASK_SHIFT;
  }

  /** Whether raising {@link #PRECISION} changes nothing any more. */
  boolean knowsInexact() {
    return ((register | raised) & PRECISION) != 0;
  }

  boolean denormalsAreZero() {
    return (register & DENORMALS_ARE_ZERO) != 0;
  }

  boolean flushesToZero() {
    return (register & FLUSH_TO_ZERO) != 0;
  }

  /** One of the ROUND constants. */
  int rounding() {
    return register & ROUND_MASK;
  }
}
