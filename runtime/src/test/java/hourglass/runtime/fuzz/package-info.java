/**
 * Random programs, run on every engine and compared.
 *
 * <p>{@link hourglass.runtime.fuzz.ProgramGenerator} makes a {@link
 * hourglass.runtime.fuzz.FuzzProgram}: code, initial registers and a {@link
 * hourglass.runtime.fuzz.Setup} of the machine. {@link hourglass.runtime.fuzz.ProgramRun} runs it
 * in short slices and notes the whole state of the processor after each; {@link
 * hourglass.runtime.fuzz.Comparison} does so on one engine after the other and tells the first
 * difference. {@link hourglass.runtime.fuzz.Minimizer} makes a program that shows one smaller, and
 * {@link hourglass.runtime.fuzz.Fuzzer} is the command that does all this for as long as one likes.
 * What it finds is kept as files beside the tests and replayed by {@code FuzzReplayTest}.
 */
package hourglass.runtime.fuzz;
