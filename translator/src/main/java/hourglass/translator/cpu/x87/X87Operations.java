package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.ExtendedFloat.BIAS;
import static hourglass.translator.cpu.x87.ExtendedFloat.EXPONENT;
import static hourglass.translator.cpu.x87.ExtendedFloat.INDEFINITE;
import static hourglass.translator.cpu.x87.ExtendedFloat.INDEFINITE_EXPONENT;
import static hourglass.translator.cpu.x87.ExtendedFloat.INTEGER_BIT;
import static hourglass.translator.cpu.x87.ExtendedFloat.SIGN;
import static hourglass.translator.cpu.x87.FloatContext.DENORMAL;
import static hourglass.translator.cpu.x87.FloatContext.INVALID;
import static hourglass.translator.cpu.x87.FloatContext.OVERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.UNDERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.ZERO_DIVIDE;
import static hourglass.translator.cpu.x87.X87State.C0;
import static hourglass.translator.cpu.x87.X87State.C1;
import static hourglass.translator.cpu.x87.X87State.C2;
import static hourglass.translator.cpu.x87.X87State.C3;
import static hourglass.translator.cpu.x87.X87State.CONDITIONS;

import hourglass.translator.cpu.Flags;

/**
 * What x87 instructions do to the register stack, once their memory operand has been read: both
 * engines call these.
 *
 * <p>Operations with a memory operand come in two steps, so that nothing is committed before the
 * access: the {@code operand} methods take what was read, the {@code narrow} methods work out what
 * to write, {@link #stored} commits.
 */
public final class X87Operations {
  /** Exceptions found before an operation: where unmasked, it does not happen. */
  private static final int BEFORE = INVALID | DENORMAL | ZERO_DIVIDE;

  /** Exceptions that keep a number from being stored in memory. */
  private static final int STORE = INVALID | OVERFLOW | UNDERFLOW;

  /** The two-operand operations, numbered as in the opcodes' reg field. */
  public static final int ADD = 0;

  public static final int MULTIPLY = 1;
  public static final int SUBTRACT = 4;
  public static final int SUBTRACT_REVERSED = 5;
  public static final int DIVIDE = 6;
  public static final int DIVIDE_REVERSED = 7;

  private X87Operations() {}

  // --- memory operands ---------------------------------------------------------------------------

  /** Takes a single-precision memory operand. */
  public static void operandFloat(X87State f, int bits) {
    Conversion.widenFloat(f.context, bits);
  }

  /** Takes a double-precision memory operand. */
  public static void operandDouble(X87State f, long bits) {
    Conversion.widenDouble(f.context, bits);
  }

  /** Takes an integer memory operand, sign-extended. */
  public static void operandInteger(X87State f, long value) {
    Conversion.widenInteger(f.context, value);
  }

  /** Takes a packed BCD memory operand. */
  public static void operandBcd(X87State f, long low, int high) {
    Conversion.widenBcd(f.context, low, high);
  }

  /** Pushes the operand taken: FLD of 32 and 64 bits, FILD, FBLD. */
  public static void loadOperand(X87State f) {
    if (!hasRoom(f)) {
      return;
    }
    final FloatContext c = f.context;
    c.begin();
    final long significand = c.significand;
    final int signExponent = c.signExponent;
    if (c.denormalOperand) {
      c.exceptions |= DENORMAL;
    } else if ((signExponent & EXPONENT) == EXPONENT) {
      ExtendedFloat.propagateNan(c, significand, signExponent);
    }
    // A denormal is loaded even where its exception is unmasked: in this format it is none.
    if (f.finish(INVALID)) {
      f.push(c.significand, c.signExponent);
    }
  }

  /** Pushes a value as it is: FLD of 80 bits, constants. */
  public static void load(X87State f, long significand, int signExponent) {
    if (hasRoom(f)) {
      f.status &= ~C1;
      f.push(significand, signExponent);
    }
  }

  /** FLD1. */
  public static void loadOne(X87State f) {
    load(f, INTEGER_BIT, BIAS);
  }

  /** FLDZ. */
  public static void loadZero(X87State f) {
    load(f, 0, 0);
  }

  /** FLD ST(i). */
  public static void loadRegister(X87State f, int i) {
    if (f.isEmpty(i)) {
      // An empty source is reported even where there is no room either.
      if (f.stackFault(0)) {
        f.push(INDEFINITE, INDEFINITE_EXPONENT);
      }
    } else {
      load(f, f.significandOf(i), f.signExponentOf(i));
    }
  }

  /** Tells whether a push has room; where not, gives the masked response if there is to be one. */
  private static boolean hasRoom(X87State f) {
    if (f.isEmpty(7)) {
      return true;
    }
    if (f.stackFault(C1)) {
      f.push(INDEFINITE, INDEFINITE_EXPONENT);
    }
    return false;
  }

  /**
   * What FST of 32 bits writes; {@link #isStorable} tells whether it does, {@link #stored} commits.
   */
  public static int narrowFloat(X87State f) {
    if (beginStore(f)) {
      return Conversion.toFloat(f.context, f.significandOf(0), f.signExponentOf(0));
    }
    return 0xFFC0_0000;
  }

  /** As {@link #narrowFloat} for 64 bits. */
  public static long narrowDouble(X87State f) {
    if (beginStore(f)) {
      return Conversion.toDouble(f.context, f.significandOf(0), f.signExponentOf(0));
    }
    return 0xFFF8_0000_0000_0000L;
  }

  /** What FIST writes, for 16, 32 or 64 bits. */
  public static long narrowInteger(X87State f, int bits) {
    if (beginStore(f)) {
      return Conversion.toInteger(f.context, f.significandOf(0), f.signExponentOf(0), bits);
    }
    return -1L << bits - 1;
  }

  /** What FBSTP writes: the context's significand, and 16 bits of its sign-exponent. */
  public static void narrowBcd(X87State f) {
    if (beginStore(f)) {
      Conversion.toBcd(f.context, f.significandOf(0), f.signExponentOf(0));
    } else {
      f.context.set(INDEFINITE, INDEFINITE_EXPONENT);
    }
  }

  /** What FSTP of 80 bits writes, in the context. */
  public static void narrowNothing(X87State f) {
    if (beginStore(f)) {
      f.context.set(f.significandOf(0), f.signExponentOf(0));
    } else {
      f.context.set(INDEFINITE, INDEFINITE_EXPONENT);
    }
  }

  private static boolean beginStore(X87State f) {
    f.context.begin();
    if (f.isEmpty(0)) {
      f.context.exceptions = INVALID | X87State.STACK_FAULT;
      return false;
    }
    return true;
  }

  /** Whether what a {@code narrow} method gave is to be written to memory. */
  public static boolean isStorable(X87State f) {
    final FloatContext c = f.context;
    return (c.exceptions & ~c.control & STORE) == 0;
  }

  /** Commits a store, after the write: exceptions, and the pop where it happens. */
  public static void stored(X87State f, boolean pop) {
    if (f.finish(STORE) && pop) {
      f.pop();
    }
  }

  /** FST ST(i) and FSTP ST(i). */
  public static void storeRegister(X87State f, int i, boolean pop) {
    if (f.isEmpty(0)) {
      if (!f.stackFault(0)) {
        return;
      }
      f.set(i, INDEFINITE, INDEFINITE_EXPONENT);
    } else {
      f.status &= ~C1;
      f.set(i, f.significandOf(0), f.signExponentOf(0));
    }
    if (pop) {
      f.pop();
    }
  }

  // --- arithmetic --------------------------------------------------------------------------------

  /** ST(0) = ST(0) op the memory operand taken. */
  public static void arithmeticOperand(X87State f, int operation) {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    final FloatContext c = f.context;
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    c.begin();
    // A division by zero comes before the denormal exception.
    final boolean divides = operation == DIVIDE_REVERSED && significand == 0;
    if (!c.denormalOperand || divides || !operandDenormal(c, significand, signExponent)) {
      apply(c, operation, significand, signExponent, c.significand, c.signExponent);
    }
    if (f.finish(BEFORE)) {
      f.set(0, c.significand, c.signExponent);
    }
  }

  /** ST(destination) = ST(destination) op ST(source). */
  public static void arithmetic(
      X87State f, int operation, int destination, int source, boolean pop) {
    if (f.isEmpty(destination) || f.isEmpty(source)) {
      if (underflow(f, destination) && pop) {
        f.pop();
      }
      return;
    }
    final FloatContext c = f.context;
    c.begin();
    apply(
        c,
        operation,
        f.significandOf(destination),
        f.signExponentOf(destination),
        f.significandOf(source),
        f.signExponentOf(source));
    if (f.finish(BEFORE)) {
      f.set(destination, c.significand, c.signExponent);
      if (pop) {
        f.pop();
      }
    }
  }

  private static void apply(FloatContext c, int operation, long aSig, int aSe, long bSig, int bSe) {
    switch (operation) {
      case ADD -> ExtendedFloat.add(c, aSig, aSe, bSig, bSe);
      case MULTIPLY -> ExtendedFloat.multiply(c, aSig, aSe, bSig, bSe);
      case SUBTRACT -> ExtendedFloat.subtract(c, aSig, aSe, bSig, bSe);
      case SUBTRACT_REVERSED -> ExtendedFloat.subtract(c, bSig, bSe, aSig, aSe);
      case DIVIDE -> ExtendedFloat.divide(c, aSig, aSe, bSig, bSe);
      case DIVIDE_REVERSED -> ExtendedFloat.divide(c, bSig, bSe, aSig, aSe);
      default -> throw new IllegalArgumentException("no x87 operation " + operation);
    }
  }

  /**
   * Raises the denormal exception for a memory operand that was a denormal before it was widened,
   * unless ST(0) is a NaN, which comes first; tells whether the operation ends here.
   */
  private static boolean operandDenormal(FloatContext c, long significand, int signExponent) {
    return !ExtendedFloat.isNan(significand, signExponent)
        && !ExtendedFloat.isUnsupported(significand, signExponent)
        && c.raise(DENORMAL);
  }

  /** A stack underflow; where it is masked the indefinite goes to ST(i). Tells whether it is. */
  private static boolean underflow(X87State f, int i) {
    if (f.stackFault(0)) {
      f.set(i, INDEFINITE, INDEFINITE_EXPONENT);
      return true;
    }
    return false;
  }

  /** An operation on ST(0) alone that the context's result replaces. */
  private static void finishUnary(X87State f) {
    if (f.finish(BEFORE)) {
      f.set(0, f.context.significand, f.context.signExponent);
    }
  }

  /** FSQRT: ST(0) becomes its square root. */
  public static void squareRoot(X87State f) {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    f.context.begin();
    ExtendedFloat.squareRoot(f.context, f.significandOf(0), f.signExponentOf(0));
    finishUnary(f);
  }

  /** FRNDINT: ST(0) is rounded to an integral value. */
  public static void roundToIntegral(X87State f) {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    f.context.begin();
    Scaling.roundToIntegral(f.context, f.significandOf(0), f.signExponentOf(0));
    finishUnary(f);
  }

  /** FCHS and FABS: the sign becomes {@code (sign & keep) ^ flip}. */
  private static void sign(X87State f, int keep, int flip) {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    f.status &= ~C1;
    f.signExponent[f.top] = f.signExponent[f.top] & keep ^ flip;
  }

  /** FCHS. */
  public static void changeSign(X87State f) {
    sign(f, -1, SIGN);
  }

  /** FABS. */
  public static void absolute(X87State f) {
    sign(f, EXPONENT, 0);
  }

  /** FSCALE: ST(0) is multiplied by two to the power of ST(1), truncated. */
  public static void scale(X87State f) {
    if (f.isEmpty(0) || f.isEmpty(1)) {
      underflow(f, 0);
      return;
    }
    f.context.begin();
    Scaling.scale(
        f.context,
        f.significandOf(0),
        f.signExponentOf(0),
        f.significandOf(1),
        f.signExponentOf(1));
    finishUnary(f);
  }

  /** FPREM, or FPREM1 where {@code nearest}. */
  public static void remainder(X87State f, boolean nearest) {
    if (f.isEmpty(0) || f.isEmpty(1)) {
      f.status &= ~C2;
      underflow(f, 0);
      return;
    }
    final FloatContext c = f.context;
    c.begin();
    final int conditions =
        Remainder.reduce(
            c,
            f.significandOf(0),
            f.signExponentOf(0),
            f.significandOf(1),
            f.signExponentOf(1),
            nearest);
    if (f.finish(BEFORE)) {
      f.set(0, c.significand, c.signExponent);
    }
    // Without a quotient C0 and C3 stay as they are.
    if (conditions == Remainder.NONE) {
      f.status &= ~C2;
    } else {
      f.status = f.status & ~CONDITIONS | conditions;
    }
  }

  /** FXTRACT: the exponent replaces ST(0), the significand is pushed. */
  public static void extract(X87State f) {
    if (f.isEmpty(0)) {
      if (underflow(f, 0)) {
        f.push(INDEFINITE, INDEFINITE_EXPONENT);
      }
      return;
    }
    if (!f.isEmpty(7)) {
      if (f.stackFault(C1)) {
        f.set(0, INDEFINITE, INDEFINITE_EXPONENT);
        f.push(INDEFINITE, INDEFINITE_EXPONENT);
      }
      return;
    }
    final FloatContext c = f.context;
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    long fraction = significand;
    int fractionExponent = signExponent;
    c.begin();
    if (ExtendedFloat.propagateNan(c, significand, signExponent)) {
      fraction = c.significand;
      fractionExponent = c.signExponent;
    } else if (ExtendedFloat.isInfinity(significand, signExponent)) {
      ExtendedFloat.infinity(c, 0);
    } else if (significand == 0) {
      c.exceptions |= ZERO_DIVIDE;
      ExtendedFloat.infinity(c, SIGN);
    } else if (!ExtendedFloat.denormal(c, significand, signExponent)) {
      fraction = ExtendedFloat.normalized(significand);
      fractionExponent = signExponent & SIGN | BIAS;
      Conversion.widenInteger(
          c, ExtendedFloat.normalizedExponent(significand, signExponent) - BIAS);
    }
    if (f.finish(BEFORE)) {
      f.set(0, c.significand, c.signExponent);
      f.push(fraction, fractionExponent);
    }
  }

  // --- transcendentals ---------------------------------------------------------------------------

  /** F2XM1: ST(0) becomes 2 to its power, less 1. */
  public static void powerOfTwoMinusOne(X87State f) {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    f.context.begin();
    Transcendental.powerOfTwoMinusOne(f.context, f.significandOf(0), f.signExponentOf(0));
    finishUnary(f);
  }

  private static boolean beginBinary(X87State f) {
    if (f.isEmpty(0) || f.isEmpty(1)) {
      if (underflow(f, 1)) {
        f.pop();
      }
      return false;
    }
    f.context.begin();
    return true;
  }

  private static void finishBinary(X87State f) {
    if (f.finish(BEFORE)) {
      f.set(1, f.context.significand, f.context.signExponent);
      f.pop();
    }
  }

  /** FYL2X: ST(1) log2(ST(0)) replaces both. */
  public static void yLog2x(X87State f) {
    if (beginBinary(f)) {
      Transcendental.yLog2x(
          f.context,
          f.significandOf(0),
          f.signExponentOf(0),
          f.significandOf(1),
          f.signExponentOf(1));
      finishBinary(f);
    }
  }

  /** FYL2XP1: ST(1) log2(ST(0) + 1) replaces both. */
  public static void yLog2xPlus1(X87State f) {
    if (beginBinary(f)) {
      Transcendental.yLog2xPlus1(
          f.context,
          f.significandOf(0),
          f.signExponentOf(0),
          f.significandOf(1),
          f.signExponentOf(1));
      finishBinary(f);
    }
  }

  /** FPATAN: the angle of the point (ST(0), ST(1)) replaces both. */
  public static void arctangent(X87State f) {
    if (beginBinary(f)) {
      Transcendental.arctangent(
          f.context,
          f.significandOf(0),
          f.signExponentOf(0),
          f.significandOf(1),
          f.signExponentOf(1));
      finishBinary(f);
    }
  }

  /** Sets C2 and returns true where a trigonometric argument is too large. */
  private static boolean isOutOfRange(X87State f) {
    if (Transcendental.isOutOfRange(f.significandOf(0), f.signExponentOf(0))) {
      f.status = f.status & ~C1 | C2;
      return true;
    }
    f.status &= ~C2;
    return false;
  }

  /** FSIN, or FCOS where {@code cosine}. */
  public static void sine(X87State f, boolean cosine) {
    if (f.isEmpty(0)) {
      f.status &= ~C2;
      underflow(f, 0);
      return;
    }
    if (isOutOfRange(f)) {
      return;
    }
    f.context.begin();
    if (cosine) {
      Transcendental.cosine(f.context, f.significandOf(0), f.signExponentOf(0));
    } else {
      Transcendental.sine(f.context, f.significandOf(0), f.signExponentOf(0));
    }
    finishUnary(f);
  }

  /** FSINCOS: the sine replaces ST(0), the cosine is pushed. */
  public static void sineCosine(X87State f) {
    if (!beginPushing(f)) {
      return;
    }
    final FloatContext c = f.context;
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    Transcendental.cosine(c, significand, signExponent);
    final long cosine = c.significand;
    final int cosineExponent = c.signExponent;
    Transcendental.sine(c, significand, signExponent);
    if (f.finish(BEFORE)) {
      f.set(0, c.significand, c.signExponent);
      f.push(cosine, cosineExponent);
    }
  }

  /** FPTAN: the tangent replaces ST(0), 1 is pushed. */
  public static void tangent(X87State f) {
    if (!beginPushing(f)) {
      return;
    }
    final FloatContext c = f.context;
    Transcendental.tangent(c, f.significandOf(0), f.signExponentOf(0));
    if (f.finish(BEFORE)) {
      f.set(0, c.significand, c.signExponent);
      if (ExtendedFloat.isNan(c.significand, c.signExponent)) {
        f.push(c.significand, c.signExponent);
      } else {
        f.push(INTEGER_BIT, BIAS);
      }
    }
  }

  private static boolean beginPushing(X87State f) {
    f.status &= ~C2;
    if (f.isEmpty(0)) {
      if (underflow(f, 0)) {
        f.push(INDEFINITE, INDEFINITE_EXPONENT);
      }
      return false;
    }
    if (!f.isEmpty(7)) {
      if (f.stackFault(C1)) {
        f.set(0, INDEFINITE, INDEFINITE_EXPONENT);
        f.push(INDEFINITE, INDEFINITE_EXPONENT);
      }
      return false;
    }
    if (isOutOfRange(f)) {
      return false;
    }
    f.context.begin();
    return true;
  }

  // --- comparison --------------------------------------------------------------------------------

  /** FCOM and FICOM with the memory operand taken. */
  public static void compareOperand(X87State f, boolean pop) {
    if (f.isEmpty(0)) {
      compareUnderflow(f, pop ? 1 : 0);
      return;
    }
    final FloatContext c = f.context;
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    c.begin();
    if (c.denormalOperand) {
      operandDenormal(c, significand, signExponent);
    }
    finishCompare(
        f,
        ExtendedFloat.compare(c, significand, signExponent, c.significand, c.signExponent, false),
        pop ? 1 : 0);
  }

  /**
   * FCOM and FUCOM with ST(i).
   *
   * @param quiet whether quiet NaNs raise nothing
   * @param pops 0, 1 or 2
   */
  public static void compare(X87State f, int i, boolean quiet, int pops) {
    if (f.isEmpty(0) || f.isEmpty(i)) {
      compareUnderflow(f, pops);
      return;
    }
    f.context.begin();
    finishCompare(f, compareRegisters(f, i, quiet), pops);
  }

  /** FTST: compares with 0. */
  public static void test(X87State f) {
    f.context.denormalOperand = false;
    f.context.set(0, 0);
    compareOperand(f, false);
  }

  private static int compareRegisters(X87State f, int i, boolean quiet) {
    return ExtendedFloat.compare(
        f.context,
        f.significandOf(0),
        f.signExponentOf(0),
        f.significandOf(i),
        f.signExponentOf(i),
        quiet);
  }

  private static void compareUnderflow(X87State f, int pops) {
    f.context.exceptions = INVALID | X87State.STACK_FAULT;
    finishCompare(f, ExtendedFloat.UNORDERED, pops);
  }

  private static void finishCompare(X87State f, int outcome, int pops) {
    final boolean completed = f.finish(BEFORE);
    f.status = f.status & ~CONDITIONS | outcome;
    if (completed) {
      for (int n = pops; n > 0; n--) {
        f.pop();
      }
    }
  }

  /** FCOMI and FUCOMI: gives the arithmetic flags, all six of which are written. */
  public static int compareFlags(X87State f, int i, boolean quiet, boolean pop) {
    final int outcome;
    int c1 = 0;
    if (f.isEmpty(0) || f.isEmpty(i)) {
      f.context.exceptions = INVALID | X87State.STACK_FAULT;
      outcome = ExtendedFloat.UNORDERED;
    } else {
      c1 = f.status & C1; // stays as it is
      f.context.begin();
      outcome = compareRegisters(f, i, quiet);
    }
    if (f.finish(BEFORE) && pop) {
      f.pop();
    }
    f.status |= c1;
    return ((outcome & C0) != 0 ? Flags.CF : 0)
        | ((outcome & C2) != 0 ? Flags.PF : 0)
        | ((outcome & C3) != 0 ? Flags.ZF : 0);
  }

  /** FXAM: tells the class of ST(0) in C3, C2, C0 and its sign in C1. */
  public static void examine(X87State f) {
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    int code = (signExponent & SIGN) != 0 ? C1 : 0;
    if (f.isEmpty(0)) {
      code |= C3 | C0;
    } else if (ExtendedFloat.isUnsupported(significand, signExponent)) {
      code |= 0;
    } else if (ExtendedFloat.isNan(significand, signExponent)) {
      code |= C0;
    } else if (ExtendedFloat.isInfinity(significand, signExponent)) {
      code |= C2 | C0;
    } else if (significand == 0) {
      code |= C3;
    } else if (ExtendedFloat.isDenormal(significand, signExponent)) {
      code |= C3 | C2;
    } else {
      code |= C2;
    }
    f.status = f.status & ~CONDITIONS | code;
  }

  // --- the stack ---------------------------------------------------------------------------------

  /** FXCH: ST(0) and ST(i) change places. */
  public static void exchange(X87State f, int i) {
    if (f.isEmpty(0) || f.isEmpty(i)) {
      if (!f.stackFault(0)) {
        return;
      }
      fill(f, 0);
      fill(f, i);
    } else {
      f.status &= ~C1;
    }
    final long significand = f.significandOf(0);
    final int signExponent = f.signExponentOf(0);
    f.set(0, f.significandOf(i), f.signExponentOf(i));
    f.set(i, significand, signExponent);
  }

  private static void fill(X87State f, int i) {
    if (f.isEmpty(i)) {
      f.set(i, INDEFINITE, INDEFINITE_EXPONENT);
    }
  }

  /** FCMOVcc. */
  public static void move(X87State f, int i, boolean condition) {
    if (f.isEmpty(0) || f.isEmpty(i)) {
      underflow(f, 0);
      return;
    }
    if (condition) {
      f.set(0, f.significandOf(i), f.signExponentOf(i));
    }
  }

  /** FFREE, and FFREEP where {@code pop}. */
  public static void free(X87State f, int i, boolean pop) {
    f.empty |= 1 << f.physical(i);
    f.status &= ~C1;
    if (pop) {
      f.pop();
    }
  }

  /** FINCSTP and FDECSTP. */
  public static void rotate(X87State f, int by) {
    f.top = f.physical(by);
    f.status &= ~C1;
  }

  // --- constants ---------------------------------------------------------------------------------

  /**
   * Pushes a constant rounded as the rounding control says; it raises no precision exception.
   *
   * @param exponent unbiased
   * @param high the significand, rounded down
   * @param low what follows it
   */
  public static void loadConstant(X87State f, int exponent, long high, long low) {
    final boolean up = ExtendedFloat.roundsUp(f.context, 0, (high & 1) != 0, low);
    load(f, high + (up ? 1 : 0), exponent + BIAS);
  }
}
