/**
 * The guest processor as data, and the semantics that both engines share.
 *
 * <p>Start with {@link hourglass.translator.cpu.CpuState}, which is everything the processor
 * remembers; {@link hourglass.translator.cpu.Flags} says how the arithmetic flags are kept without
 * being computed; {@link hourglass.translator.cpu.GuestMemory} is the fast path of every guest
 * memory access.
 */
package hourglass.translator.cpu;
