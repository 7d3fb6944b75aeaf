/**
 * The x87 floating-point unit: its registers, and a software implementation of its 80-bit
 * arithmetic that is exact by the Intel SDM (volume 1, chapters 4 and 8).
 *
 * <p>From the bottom up:
 *
 * <ul>
 *   <li>{@link hourglass.translator.cpu.x87.FloatContext}: the control word an operation runs
 *       under, the exceptions it raises and the result it leaves. There is one to a processor, so
 *       that no operation allocates.
 *   <li>{@link hourglass.translator.cpu.x87.ExtendedFloat}: encodings, NaNs, rounding and the four
 *       operations, square root and comparison. {@link hourglass.translator.cpu.x87.Conversion},
 *       {@link hourglass.translator.cpu.x87.Scaling}, {@link
 *       hourglass.translator.cpu.x87.Remainder} and {@link
 *       hourglass.translator.cpu.x87.Transcendental} build on it.
 *   <li>{@link hourglass.translator.cpu.x87.X87State}: the register stack, control, status and tag
 *       words.
 *   <li>{@link hourglass.translator.cpu.x87.X87Operations}: what instructions do to that stack,
 *       stack faults and unmasked exceptions included. It touches no memory: the instruction's
 *       handler does, and for generated code {@link hourglass.translator.cpu.x87.X87Access}.
 * </ul>
 *
 * <p>An 80-bit value is always two primitives: the 64-bit <i>significand</i> with its explicit
 * integer bit, and the <i>sign-exponent</i>, the sign in bit 15 above the biased exponent, as the
 * two lie in memory.
 */
package hourglass.translator.cpu.x87;
