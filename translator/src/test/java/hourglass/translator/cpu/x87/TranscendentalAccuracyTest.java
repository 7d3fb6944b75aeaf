package hourglass.translator.cpu.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds the transcendental functions of the x87 unit against mathematics, as {@link Exact} has it:
 * every result is less than one unit in the last place from the exact one, under every rounding
 * control.
 *
 * <p>Arguments are random and weighted towards edges. {@code mvn verify} takes a sample; the system
 * property {@code hourglass.x87.cases} names how many cases of each function are tried instead.
 */
class TranscendentalAccuracyTest {
  private static final int CASES = Integer.getInteger("hourglass.x87.cases", 10_000);

  private static final long INTEGER_BIT = Long.MIN_VALUE;
  private static final int BIAS = 16383;
  private static final int SIGN = 0x8000;
  private static final int INFINITE = 0x7FFF;

  /** The largest exponent of a finite number. */
  private static final int LARGEST = 16383;

  /** The exponent of the smallest denormal. */
  private static final int SMALLEST = -16445;

  /** Bits to which an error is told; fewer than those of a double, so that none is rounded to 1. */
  private static final int ERROR_BITS = 50;

  enum Function {
    F2XM1(1),
    FYL2X(2),
    FYL2XP1(2),
    FPATAN(2),
    FSIN(1),
    FCOS(1),
    FSINCOS(1),
    FPTAN(1);

    final int operands;

    Function(int operands) {
      this.operands = operands;
    }
  }

  private final X87State unit = new X87State();
  private SplittableRandom random;
  private int control;
  private Exact x;
  private Exact y;
  private double worstToNearest;
  private double worstDirected;
  private int misrounded;

  @BeforeEach
  void begin() {
    random = new SplittableRandom(87);
  }

  @ParameterizedTest
  @EnumSource
  void resultsAreLessThanOneUnitInTheLastPlaceFromTheExactOnes(Function function) {
    for (int i = 0; i < CASES; i++) {
      control = 0x3F | precision() << 8 | random.nextInt(4) << 10;
      unit.initialize();
      unit.setControl(control);
      chooseArguments(function);
      if (function.operands == 2) {
        store(1, y);
      }
      store(0, x);
      check(function);
    }
    if (Integer.getInteger("hourglass.x87.cases") == null) {
      return;
    }
    System.out.printf(
        "%s: %,d cases, worst error %.4f ulp to nearest, %.4f directed; not correctly rounded:"
            + " %d%n",
        function, CASES, worstToNearest, worstDirected, misrounded);
  }

  /** The result does not depend on the precision control, of which 1 is reserved. */
  private int precision() {
    final int p = random.nextInt(3);
    return p == 0 ? 0 : p + 1;
  }

  private void check(Function function) {
    switch (function) {
      case F2XM1 -> {
        X87Operations.powerOfTwoMinusOne(unit);
        compare(function, x.powerOfTwoMinusOne(), 0);
      }
      case FYL2X -> {
        X87Operations.yLog2x(unit);
        compare(function, x.log2().times(y), 0);
      }
      case FYL2XP1 -> {
        X87Operations.yLog2xPlus1(unit);
        compare(function, x.log2OfOnePlus().times(y), 0);
      }
      case FPATAN -> {
        X87Operations.arctangent(unit);
        compare(function, Exact.arctangent(y, x), 0);
      }
      case FSIN -> {
        X87Operations.sine(unit, false);
        compare(function, x.sine(), 0);
      }
      case FCOS -> {
        X87Operations.sine(unit, true);
        compare(function, x.cosine(), 0);
      }
      case FSINCOS -> {
        X87Operations.sineCosine(unit);
        compare(function, x.cosine(), 0);
        compare(function, x.sine(), 1);
      }
      case FPTAN -> {
        X87Operations.tangent(unit);
        compare(function, x.tangent(), 1);
        if (unit.significandOf(0) != INTEGER_BIT || unit.signExponentOf(0) != BIAS) {
          fail("no 1 was pushed for " + arguments(function));
        }
      }
      default -> throw new AssertionError(function);
    }
  }

  /** Quotients so close to what a register has that 120 bits do not tell on which side they are. */
  @Test
  void theArctangentOfATinyRatioBesideARegistersNumberIsOnItsOwnSideOfIt() {
    final BigInteger odd = BigInteger.ONE.shiftLeft(63).add(BigInteger.ONE);
    final BigInteger even = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.valueOf(4));
    assertArctangent(
        0xFFFF_FFFF_FFFF_FFFAL,
        FloatContext.ROUND_UP,
        new Exact(odd, -58),
        new Exact(even.negate(), -16399));
    assertArctangent(
        0x8000_0000_0000_0003L,
        FloatContext.ROUND_DOWN,
        new Exact(even, 16223),
        new Exact(odd, 16163));
    assertArctangent(
        INTEGER_BIT,
        FloatContext.ROUND_DOWN,
        new Exact(odd.subtract(BigInteger.TWO), 0),
        Exact.powerOfTwo(1));
  }

  private void assertArctangent(long significand, int rounding, Exact ofX, Exact ofY) {
    control = 0x33F | rounding;
    unit.initialize();
    unit.setControl(control);
    x = ofX;
    y = ofY;
    store(1, y);
    store(0, x);
    check(Function.FPATAN);
    assertEquals(significand, unit.significandOf(0));
  }

  // --- judging a result --------------------------------------------------------------------------

  private void compare(Function function, Exact exact, int register) {
    final long significand = unit.significandOf(register);
    final int signExponent = unit.signExponentOf(register);
    final int rounding = control & FloatContext.ROUND_MASK;
    final int place = exact.lastPlace();
    final BigInteger rounded = exact.rounded(rounding);
    if (((signExponent & SIGN) != 0) != exact.significand().signum() < 0) {
      fail("wrong sign of " + text(register) + " for " + arguments(function));
    }
    if (rounded.bitLength() + place > LARGEST + 1) { // beyond the largest finite number
      final boolean away =
          switch (rounding) {
            case FloatContext.ROUND_NEAREST -> true;
            case FloatContext.ROUND_DOWN -> exact.significand().signum() < 0;
            case FloatContext.ROUND_UP -> exact.significand().signum() > 0;
            default -> false;
          };
      assertEquals(away ? INTEGER_BIT : -1L, significand, () -> arguments(function));
      assertEquals(away ? INFINITE : INFINITE - 1, signExponent & ~SIGN, () -> arguments(function));
      return;
    }
    if ((signExponent & ~SIGN) == INFINITE) {
      fail(text(register) + " for " + arguments(function));
    }
    final Exact result = Exact.of(significand, signExponent & ~SIGN);
    final int common = Math.min(exact.scale(), Math.min(place, result.scale()));
    final BigInteger error =
        result
            .at(common)
            .subtract(exact.significand().abs().shiftLeft(exact.scale() - common))
            .abs();
    final BigInteger unitInTheLastPlace = BigInteger.ONE.shiftLeft(place - common);
    if (error.compareTo(unitInTheLastPlace) >= 0) {
      fail(
          "%s for %s is %s times the last place away from %s"
              .formatted(
                  text(register),
                  arguments(function),
                  error.shiftLeft(4).shiftRight(place - common).doubleValue() / 16,
                  exact));
    }
    final double ulps =
        Math.scalb(error.shiftRight(place - common - ERROR_BITS).doubleValue(), -ERROR_BITS);
    if (rounding == FloatContext.ROUND_NEAREST) {
      worstToNearest = Math.max(worstToNearest, ulps);
    } else {
      worstDirected = Math.max(worstDirected, ulps);
    }
    if (!result.at(common).equals(rounded.shiftLeft(place - common)) && !isItself(function)) {
      misrounded++;
    }
  }

  /** The sine and the tangent of a denormal are the denormal under any rounding control. */
  private boolean isItself(Function function) {
    return function.operands == 1 && function != Function.F2XM1 && x.exponent() < 1 - BIAS;
  }

  private String text(int register) {
    return "%04x_%016x".formatted(unit.signExponentOf(register), unit.significandOf(register));
  }

  private String arguments(Function function) {
    return "%s of %s%s, control %04x"
        .formatted(function, x, function.operands == 2 ? " and " + y : "", control);
  }

  /** Sets a register to a number that its format has. */
  private void store(int register, Exact value) {
    final BigInteger magnitude = value.significand().abs();
    int scale = value.lastPlace();
    final long significand = magnitude.shiftRight(scale - value.scale()).longValue();
    final int sign = value.significand().signum() < 0 ? SIGN : 0;
    scale += BIAS + 63;
    unit.set(register, significand, sign | (significand < 0 ? scale : 0));
  }

  // --- choosing arguments ------------------------------------------------------------------------

  private void chooseArguments(Function function) {
    do {
      switch (function) {
        case F2XM1 -> x = power();
        case FYL2X -> {
          x = positive();
          y = factor(x.log2());
        }
        case FYL2XP1 -> {
          x = besideOne();
          y = factor(x.log2OfOnePlus());
        }
        case FPATAN -> point();
        default -> x = angle(function);
      }
    } while (!isRepresentable(x) || function.operands == 2 && !isRepresentable(y));
  }

  private static boolean isRepresentable(Exact value) {
    return value.significand().signum() != 0
        && value.exponent() <= LARGEST
        && value.exponent() >= SMALLEST;
  }

  /** A significand: any, of few bits, or beside a power of two. */
  private long significand() {
    return switch (random.nextInt(8)) {
      case 0 -> INTEGER_BIT;
      case 1 -> INTEGER_BIT | random.nextLong(4);
      case 2 -> -1L - random.nextLong(4);
      case 3 -> INTEGER_BIT | random.nextLong() << random.nextInt(64);
      case 4 -> INTEGER_BIT | random.nextLong() >>> 1 + random.nextInt(63);
      default -> INTEGER_BIT | random.nextLong();
    };
  }

  private boolean coin() {
    return random.nextBoolean();
  }

  /** A number of this exponent; fewer bits where it is a denormal. */
  private Exact number(int exponent) {
    final Exact any =
        new Exact(new BigInteger(Long.toUnsignedString(significand())), exponent - 63);
    return anySign(representable(any));
  }

  private Exact anySign(Exact value) {
    return coin() ? value : value.negate();
  }

  /** What the format has at or below a magnitude. */
  private static Exact representable(Exact value) {
    if (value.significand().signum() == 0) {
      return value;
    }
    final int place = value.lastPlace();
    final BigInteger magnitude = value.significand().abs().shiftRight(place - value.scale());
    return new Exact(value.significand().signum() < 0 ? magnitude.negate() : magnitude, place);
  }

  /** A number of the format within a few units in the last place. */
  private Exact beside(Exact value) {
    final Exact below = representable(value);
    return representable(
        new Exact(
            below.significand().add(BigInteger.valueOf(random.nextInt(9) - 4)), below.scale()));
  }

  /** An exponent up to this one: near it, less near, or any down to that of denormals. */
  private int exponentUpTo(int largest) {
    return switch (random.nextInt(8)) {
      case 0 -> largest - random.nextInt(largest - SMALLEST + 1);
      case 1 -> SMALLEST + random.nextInt(70);
      case 2, 3 -> largest - random.nextInt(140);
      case 4 -> largest - random.nextInt(40);
      default -> largest - random.nextInt(5);
    };
  }

  /** A power of two that results are to lie beside. */
  private Exact target(int largest) {
    return Exact.powerOfTwo(largest - random.nextInt(random.nextInt(8) == 0 ? 130 : 20));
  }

  private static Exact one() {
    return Exact.powerOfTwo(0);
  }

  /** For F2XM1: -1 to 1. */
  private Exact power() {
    final Exact value =
        switch (random.nextInt(8)) {
          case 0 -> anySign(beside(one()));
          case 1 -> beside(anySign(target(-1)).log2OfOnePlus());
          default -> number(exponentUpTo(-1));
        };
    return value.exponent() >= 0 ? anySign(one()) : value;
  }

  /** For FYL2X. */
  private Exact positive() {
    final Exact value =
        switch (random.nextInt(8)) {
          case 0 -> beside(one());
          case 1 -> one().plus(number(-1 - random.nextInt(63)));
          case 2 -> beside(Exact.powerOfTwo(random.nextInt(-20, 20)));
          case 3 -> number(exponentUpTo(LARGEST));
          case 4 -> beside(one().plus(anySign(target(-1))));
          case 5 -> beside(Exact.of(0xB504_F333_F9DE_6484L, BIAS)); // the square root of 2
          default -> number(random.nextInt(-4, 4));
        };
    final Exact magnitude = representable(new Exact(value.significand().abs(), value.scale()));
    final boolean isOne =
        magnitude.significand().signum() == 0
            || magnitude.plus(one().negate()).significand().signum() == 0;
    return isOne ? Exact.powerOfTwo(1) : magnitude; // log2(1) is an exact 0
  }

  /** For FYL2XP1: the manual has it from sqrt(1/2) - 1 to 1 - sqrt(1/2); here up to sqrt(2) - 1. */
  private Exact besideOne() {
    final Exact bound = Exact.of(0x95F6_1998_0C43_36F7L, BIAS - 2); // 1 - sqrt(1/2)
    final Exact wider = Exact.of(0xD413_CCCF_E779_9211L, BIAS - 2); // sqrt(2) - 1
    final Exact value =
        switch (random.nextInt(8)) {
          case 0 -> beside(anySign(bound));
          case 1 -> beside(wider);
          case 2 -> beside(Exact.powerOfTwo(-2));
          default -> number(exponentUpTo(-2));
        };
    final Exact limit = value.significand().signum() < 0 ? bound : wider;
    final Exact magnitude = new Exact(value.significand().abs(), value.scale());
    return limit.plus(magnitude.negate()).significand().signum() < 0
        ? (limit == bound ? bound.negate() : wider)
        : value;
  }

  /** What multiplies a logarithm: any number, or one that puts the product at an edge. */
  private Exact factor(Exact logarithm) {
    return switch (random.nextInt(8)) {
      case 0 -> beside(anySign(Exact.powerOfTwo(LARGEST + 1)).over(logarithm));
      case 1 ->
          beside(anySign(Exact.powerOfTwo(random.nextInt(SMALLEST - 2, -16370))).over(logarithm));
      case 2 -> beside(anySign(Exact.powerOfTwo(random.nextInt(-200, 200))).over(logarithm));
      case 3 -> number(exponentUpTo(LARGEST));
      case 4 -> anySign(one());
      default -> number(random.nextInt(-8, 8));
    };
  }

  /** For FPATAN. */
  private void point() {
    x = number(random.nextInt(4) == 0 ? exponentUpTo(LARGEST) : random.nextInt(-8, 8));
    y =
        switch (random.nextInt(8)) {
          // The result beside a power of two: 2 and 1, and below.
          case 0 ->
              beside(x.times(new Exact(target(1).significand(), target(1).scale()).tangent()));
          case 1 -> beside(x.times(new Exact(BigInteger.valueOf(1 + random.nextInt(40)), -5)));
          case 2 -> anySign(beside(x));
          case 3 -> // a ratio that the format has, so that the angle is just below it
              exactRatio();
          case 4 -> number(exponentUpTo(LARGEST));
          case 5 -> number(x.exponent() + random.nextInt(-130, 130));
          case 6 -> number(x.exponent() + random.nextInt(-16440, -16300));
          default -> number(x.exponent() + random.nextInt(-3, 4));
        };
  }

  private Exact exactRatio() {
    final long few = random.nextInt() & 0xFFFF_FFFFL | 1;
    x = anySign(new Exact(BigInteger.valueOf(few), random.nextInt(-40, 10)));
    final long ratio = random.nextInt() & 0xFFFF_FFFFL | 1;
    final int scale = -32 - random.nextInt(random.nextInt(4) == 0 ? 16000 : 90);
    return x.times(anySign(new Exact(BigInteger.valueOf(ratio), scale)));
  }

  /** For the trigonometric functions: a magnitude below 2^63. */
  private Exact angle(Function function) {
    final Exact halfPi =
        new Exact(Exact.PROCESSOR_PI.significand(), Exact.PROCESSOR_PI.scale() - 1);
    final Exact value =
        switch (random.nextInt(8)) {
          case 0 -> number(random.nextInt(63));
          case 1 -> number(random.nextInt(-2, 5));
          case 2, 3 -> { // beside a multiple of pi/2, or of pi/4
            final long n = random.nextLong(1, 1L << 1 + random.nextInt(61));
            final Exact quarter =
                new Exact(halfPi.significand(), halfPi.scale() - random.nextInt(2));
            yield anySign(beside(quarter.times(new Exact(BigInteger.valueOf(n), 0))));
          }
          case 4 -> { // the result beside a power of two
            final Exact angle = inverse(function);
            final Exact turns = new Exact(BigInteger.valueOf(random.nextInt(40)), 0);
            yield anySign(beside(angle.plus(turns.times(halfPi))));
          }
          default -> number(exponentUpTo(0));
        };
    return value.exponent() > 62 ? number(62) : value;
  }

  private Exact inverse(Function function) {
    final Exact t = target(-1);
    if (function == Function.FPTAN) {
      return anySign(Exact.arctangent(t, one()));
    }
    final Exact cosineSquared = one().plus(t.times(t).negate());
    final BigInteger root = cosineSquared.at(-600).sqrt();
    return anySign(Exact.arctangent(t, new Exact(root, -300)));
  }

  // --- the measure itself ------------------------------------------------------------------------

  @Test
  void theMeasureAgreesWithItselfInWaysThatItDoesNotCompute() {
    for (int i = 0; i < 200; i++) {
      final Exact a = number(-1 - random.nextInt(40));
      final Exact b = new Exact(number(random.nextInt(-8, 8)).significand().abs(), -60);
      // 2^log2(1 + a) = 1 + a
      final Exact small = a.exponent() >= -1 ? a.times(Exact.powerOfTwo(-2)) : a;
      assertClose(small, small.log2OfOnePlus().powerOfTwoMinusOne());
      // log2(b^3) = 3 log2(b)
      assertClose(b.log2().times(new Exact(BigInteger.valueOf(3), 0)), b.times(b).times(b).log2());
      // tan(arctan(a)) = a
      final Exact angle = Exact.arctangent(a, one());
      if (angle.exponent() < -1) {
        assertClose(a, angle.tangent());
      }
      // sin^2 + cos^2 = 1, sin 2x = 2 sin x cos x
      assertClose(one(), b.sine().times(b.sine()).plus(b.cosine().times(b.cosine())));
      final Exact twice = small.times(Exact.powerOfTwo(1));
      if (twice.exponent() < -1) { // nothing is reduced by a pi that is not pi
        assertClose(small.sine().times(small.cosine()).times(Exact.powerOfTwo(1)), twice.sine());
      }
    }
    assertClose(new Exact(Exact.PI, -226), Exact.arctangent(one(), one()));
    assertEquals(
        new BigInteger("C90FDAA22168C234C", 16), Exact.PROCESSOR_PI.significand()); // the manual's
  }

  private static void assertClose(Exact expected, Exact actual) {
    final Exact difference = expected.plus(actual.negate());
    assertTrue(
        difference.significand().signum() == 0 || difference.exponent() < expected.exponent() - 190,
        () -> expected + " and " + actual);
  }
}
