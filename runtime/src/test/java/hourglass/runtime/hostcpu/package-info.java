/**
 * Holds the engines against the host's own processor, one instruction of user mode at a time.
 *
 * <p>{@code src/test/native/execute.c} runs instructions natively; {@link
 * hourglass.runtime.hostcpu.HostProcessor} builds it and speaks to it. {@link
 * hourglass.runtime.hostcpu.Encodings} chooses encodings from the instruction table, {@link
 * hourglass.runtime.hostcpu.Input} makes what they start from out of the encoding and a number, and
 * {@link hourglass.runtime.hostcpu.Recorder} writes what they did to a file, see {@link
 * hourglass.runtime.hostcpu.Recording}. {@link hourglass.runtime.hostcpu.GuestProcessor} does the
 * same on an engine.
 */
package hourglass.runtime.hostcpu;
