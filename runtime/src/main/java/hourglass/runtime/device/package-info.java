/**
 * The board's chips, one class each, and the port bus and the timeline they live on.
 *
 * <p>{@link hourglass.runtime.device.IoPorts} takes IN and OUT to the chip that has the port.
 * {@link hourglass.runtime.device.Timeline} is guest time: a chip does not count, it notes when
 * something began, works out from {@code now()} what the guest would see, and sets a timer only for
 * what the guest has to be told of. {@link hourglass.runtime.device.HostTimeline} follows the
 * host's clock, {@link hourglass.runtime.device.VirtualTimeline} the number of executed
 * instructions.
 *
 * <p>A chip asks for attention through an {@link hourglass.runtime.device.InterruptLine} to the
 * {@link hourglass.runtime.device.Pic}, which the processor polls between slices; it acts on the
 * machine as a whole through {@link hourglass.runtime.device.MachineControl}.
 *
 * <p>Everything here is used from the thread that runs the guest only.
 */
package hourglass.runtime.device;
