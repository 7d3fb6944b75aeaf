/**
 * Protection: everything that changes privilege, segments, tasks or the processor's mode (Intel SDM
 * volume 3, chapters 2, 3, 5 to 7, 17 and 20).
 *
 * <p>Start with {@link hourglass.runtime.interrupt.Interrupts}, which delivers exceptions and
 * interrupts; {@link hourglass.runtime.interrupt.FarTransfers} is the way for instructions, and its
 * {@code iret} the way back. Both read descriptors through {@link
 * hourglass.runtime.interrupt.Segmentation}, push frames with {@code StackWriter}, and hand task
 * gates to {@link hourglass.runtime.interrupt.TaskSwitch}. The remaining classes are registers and
 * what a write to them entails: {@link hourglass.runtime.interrupt.ControlRegisters}, {@link
 * hourglass.runtime.interrupt.DescriptorTables}, {@link
 * hourglass.runtime.interrupt.DebugRegisters}.
 *
 * <p>All of it keeps one rule: check and read first, then write the stack, then commit. What faults
 * before the commit has changed nothing, except in a task switch, whose later faults belong to the
 * new task. Nothing here allocates.
 */
package hourglass.runtime.interrupt;
