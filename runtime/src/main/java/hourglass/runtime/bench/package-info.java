/**
 * Whole boots and whole workloads, timed from outside: what {@code hourglass bench} does.
 *
 * <p>A {@link hourglass.runtime.bench.Workload} is a boot of Linux, a script that runs on it
 * between two marker lines, or a path of our own kernel that its guest takes many times between
 * such lines; {@link hourglass.runtime.bench.Guests} has what is booted for it. A {@link
 * hourglass.runtime.bench.Contender} is a program that can boot the guest: one of our engines in a
 * JVM of its own, QEMU, or v86. {@link hourglass.runtime.bench.TimedRun} starts one and takes the
 * host's time when {@link hourglass.runtime.bench.MarkerScanner} sees the lines on the serial
 * console, so that no guest's clock matters. {@link hourglass.runtime.bench.Comparison} lets the
 * contenders take turns and collects {@link hourglass.runtime.bench.Results}, of which {@link
 * hourglass.runtime.bench.ResultTable} makes the table.
 */
package hourglass.runtime.bench;
