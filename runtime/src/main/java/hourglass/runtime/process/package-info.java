/**
 * The guest kernel's processes, as seen from outside.
 *
 * <p>Begin with {@link hourglass.runtime.process.ProcessWatcher}: it is told what the processor
 * does (CR3, system calls, faults, returns to user mode), and keeps a {@link
 * hourglass.runtime.process.GuestProcess} for each address space. Where the kernel's symbols are
 * known, {@code KernelView} takes over: it has the engine tell when instructions at the heads of
 * {@code __switch_to}, {@code ret_from_fork} and their like are executed, and knows from {@code
 * TaskLayout} where a task's name and number lie, which is found by comparing tasks, not looked up
 * by version. {@code SystemCalls} pairs calls with their returns. What happens is passed on as a
 * {@link hourglass.runtime.process.TraceEvent}, for {@link hourglass.runtime.process.TextTrace} or
 * {@link hourglass.runtime.process.ChromeTrace}; {@link hourglass.runtime.process.ProcessReport} is
 * the table at the end.
 *
 * <p>Nothing here writes to the guest. What cannot be told is unknown, and printed as such.
 */
package hourglass.runtime.process;
