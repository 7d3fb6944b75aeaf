/**
 * The floating-point arithmetic of SSE to SSE4.1: single and double precision, exact by IEEE 754
 * and the Intel SDM (volume 1, chapters 4, 10 and 11).
 *
 * <ul>
 *   <li>{@link hourglass.translator.cpu.sse.Mxcsr}: what operations run under, and the exceptions
 *       they raise. An instruction calls operations for each of its elements, then {@link
 *       hourglass.translator.cpu.sse.Mxcsr#finish}, and commits its results unless that tells of an
 *       unmasked exception.
 *   <li>{@link hourglass.translator.cpu.sse.SingleArithmetic}, {@link
 *       hourglass.translator.cpu.sse.DoubleArithmetic}, {@link
 *       hourglass.translator.cpu.sse.Conversions}: the operations, on the bits of one element. What
 *       ordinary numbers need is done by the host's arithmetic.
 *   <li>{@link hourglass.translator.cpu.sse.BinaryFloat}: the same for all numbers, rounding modes
 *       and exceptions, in integers.
 * </ul>
 *
 * <p>Operations return something meaningless where an unmasked exception has been raised. None
 * allocates.
 */
package hourglass.translator.cpu.sse;
