/**
 * The interpreter: one handler for every form of the instruction table.
 *
 * <p>{@link hourglass.runtime.interpreter.Handlers} finds the {@link
 * hourglass.runtime.interpreter.Handler} of a decoded instruction, once; it asks the integer, the
 * system, the x87 and the SIMD group in turn, each of which has a class for every kind of
 * instruction. Frequent instructions have a handler for each shape of operands; the others find
 * their operands with {@code Operand} and share one. {@link
 * hourglass.runtime.interpreter.Interpreter} fetches, decodes and executes a single instruction.
 */
package hourglass.runtime.interpreter;
