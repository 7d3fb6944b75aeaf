package hourglass.runtime.bench;

import java.util.OptionalLong;

/**
 * What one run measured.
 *
 * @param bootSeconds from the start of the process to the first line of userspace
 * @param seconds from the line before the timed commands to the line after them; where the workload
 *     is the boot, the same as {@code bootSeconds}
 * @param peakBytes the most memory the process has used until then, where the host tells
 * @param output what the timed commands printed
 */
public record Sample(double bootSeconds, double seconds, OptionalLong peakBytes, String output) {}
