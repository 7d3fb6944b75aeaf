/**
 * Microbenchmarks: what one kind of guest work costs, in nanoseconds an operation of the guest.
 *
 * <p>Each class asks one question and is named by it; each of its methods is one guest program,
 * written with {@link hourglass.translator.asm.Assembler} and run on a {@link
 * hourglass.bench.BenchMachine}. All have the parameter {@code engine}, so that the interpreter
 * stands beside the translator in every table. {@link hourglass.bench.GuestBenchmark} holds what
 * they share. {@link hourglass.bench.KernelPaths} asks the same of a whole kernel, our own. {@link
 * hourglass.bench.Benchmarks} is the program. Whole boots and workloads are {@code hourglass
 * bench}'s.
 */
package hourglass.bench;
