package hourglass.translator.cpu.x87;

import java.util.Arrays;

/**
 * The x87 unit's registers (Intel SDM volume 1, section 8.1): eight data registers used as a stack,
 * control, status and tag words, and where the last instruction was.
 *
 * <p>The status word is kept without TOP. Of the tag word only "empty" is kept: the other tags
 * follow from the registers.
 */
public final class X87State {
  /** Status word: stack fault, together with {@link FloatContext#INVALID}. */
  public static final int STACK_FAULT = 1 << 6;

  /** Status word: an unmasked exception is pending. */
  public static final int ERROR_SUMMARY = 1 << 7;

  public static final int C0 = 1 << 8;
  public static final int C1 = FloatContext.C1;
  public static final int C2 = 1 << 10;
  public static final int C3 = 1 << 14;
  public static final int CONDITIONS = C0 | C1 | C2 | C3;

  /** Status word: busy, which mirrors {@link #ERROR_SUMMARY}. */
  public static final int BUSY = 1 << 15;

  private static final int TOP_SHIFT = 11;
  private static final int TOP_MASK = 7 << TOP_SHIFT;

  /** The six exceptions, in the status word and as masks in the control word. */
  public static final int EXCEPTIONS = 0x3F;

  /**
   * The bits of the control word that can be set: reserved ones read as bit 6 set, the others
   * clear.
   */
  private static final int CONTROL_BITS = 0x1F3F;

  private static final int CONTROL_ALWAYS = 0x40;
  private static final int CONTROL_INITIAL = 0x37F;

  /** Significands of the physical registers R0-R7. */
  public final long[] significand = new long[8];

  /** Signs (bit 15) and biased exponents of the physical registers. */
  public final int[] signExponent = new int[8];

  /** Holds the control word; results and exceptions of the operation under way. */
  public final FloatContext context = new FloatContext();

  /** The physical register that is ST(0). */
  public int top;

  /** A bit for each physical register that is empty. */
  public int empty;

  /** The status word without TOP. */
  public int status;

  /** Offset and code segment of the last instruction that was no control instruction. */
  public int lastInstructionOffset;

  public int lastInstructionSelector;

  /** Offset and segment of the last memory operand. */
  public int lastDataOffset;

  public int lastDataSelector;

  /**
   * The low three bits of the last instruction's first opcode byte, and its ModR/M byte: 11 bits.
   */
  public int lastOpcode;

  /**
   * FERR#: with CR0.NE clear, a waiting instruction has met a pending exception. Falls when no
   * exception is pending any more (Intel SDM volume 1, section 8.7.2).
   */
  public boolean ferr;

  /**
   * IGNNE#: waiting instructions take no notice of the pending exception. The board sets it for the
   * handler of the interrupt that FERR# has led to; it ends with FERR#.
   */
  public boolean ignne;

  public X87State() {
    reset();
  }

  /** FNINIT. The data registers keep their contents, but are empty. */
  public void initialize() {
    context.control = CONTROL_INITIAL;
    status = 0;
    top = 0;
    empty = 0xFF;
    lastInstructionOffset = 0;
    lastInstructionSelector = 0;
    lastDataOffset = 0;
    lastDataSelector = 0;
    lastOpcode = 0;
    releaseError();
  }

  /** The state after RESET with FNINIT done: software finds it ready. */
  public void reset() {
    Arrays.fill(significand, 0);
    Arrays.fill(signExponent, 0);
    initialize();
  }

  // --- control, status and tag words -------------------------------------------------------------

  public int control() {
    return context.control;
  }

  /** Sets the control word; exceptions that are flagged and now unmasked become pending. */
  public void setControl(int control) {
    context.control = control & CONTROL_BITS | CONTROL_ALWAYS;
    updateErrorSummary();
  }

  public int statusWord() {
    return status | top << TOP_SHIFT;
  }

  /** Sets the status word with TOP; ES and B follow from the flags and the masks. */
  public void setStatusWord(int word) {
    status = word & 0x7FFF & ~TOP_MASK;
    top = word >>> TOP_SHIFT & 7;
    updateErrorSummary();
  }

  private void updateErrorSummary() {
    if ((status & ~context.control & EXCEPTIONS) != 0) {
      status |= ERROR_SUMMARY | BUSY;
    } else {
      status &= ~(ERROR_SUMMARY | BUSY);
      releaseError();
    }
  }

  private void releaseError() {
    ferr = false;
    ignne = false;
  }

  /** FNCLEX. */
  public void clearExceptions() {
    status &= CONDITIONS;
    releaseError();
  }

  /** The tag word: two bits for each physical register, 0 valid, 1 zero, 2 special, 3 empty. */
  public int tagWord() {
    int word = 0;
    for (int i = 7; i >= 0; i--) {
      word = word << 2 | tag(i);
    }
    return word;
  }

  private int tag(int physical) {
    if ((empty >>> physical & 1) != 0) {
      return 3;
    }
    final long sig = significand[physical];
    final int exponent = signExponent[physical] & ExtendedFloat.EXPONENT;
    if (exponent == 0 && sig == 0) {
      return 1;
    }
    return exponent == 0 || exponent == ExtendedFloat.EXPONENT || sig >= 0 ? 2 : 0;
  }

  /** Sets the tag word: what is not empty is told by the register itself. */
  public void setTagWord(int word) {
    empty = 0;
    for (int i = 0; i < 8; i++) {
      if ((word >>> 2 * i & 3) == 3) {
        empty |= 1 << i;
      }
    }
  }

  /** Whether a waiting instruction must report an exception first. */
  public boolean isErrorPending() {
    return (status & ERROR_SUMMARY) != 0;
  }

  // --- the register stack ------------------------------------------------------------------------

  /** The physical register that is ST(i). */
  public int physical(int i) {
    return top + i & 7;
  }

  public boolean isEmpty(int i) {
    return (empty >>> physical(i) & 1) != 0;
  }

  public long significandOf(int i) {
    return significand[top + i & 7];
  }

  public int signExponentOf(int i) {
    return signExponent[top + i & 7];
  }

  /** Sets ST(i), which is no longer empty. */
  public void set(int i, long sig, int se) {
    final int p = top + i & 7;
    significand[p] = sig;
    signExponent[p] = se;
    empty &= ~(1 << p);
  }

  /** Pushes a value; the caller has seen that there is room. */
  public void push(long sig, int se) {
    top = top - 1 & 7;
    significand[top] = sig;
    signExponent[top] = se;
    empty &= ~(1 << top);
  }

  /** Empties ST(0) and increments TOP. */
  public void pop() {
    empty |= 1 << top;
    top = top + 1 & 7;
  }

  // --- exceptions --------------------------------------------------------------------------------

  /**
   * Takes over the exceptions of the operation in {@link #context}, and C1.
   *
   * @param preventing the exceptions that keep the result from being stored where they are unmasked
   * @return whether the result is to be stored
   */
  boolean finish(int preventing) {
    final int raised = context.exceptions;
    status = status & ~C1 | raised;
    final int unmasked = raised & ~context.control & EXCEPTIONS;
    if (unmasked != 0) {
      status |= ERROR_SUMMARY | BUSY;
    }
    return (unmasked & preventing) == 0;
  }

  /**
   * Raises a stack fault.
   *
   * @param direction {@link #C1} for overflow, 0 for underflow
   * @return whether it is masked, so that the masked response is to be given
   */
  boolean stackFault(int direction) {
    context.exceptions = FloatContext.INVALID | STACK_FAULT | direction;
    return finish(FloatContext.INVALID);
  }
}
