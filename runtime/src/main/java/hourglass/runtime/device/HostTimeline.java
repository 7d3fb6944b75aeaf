package hourglass.runtime.device;

import hourglass.translator.cpu.CpuState;
import java.util.function.LongSupplier;

/**
 * Guest time follows the host's monotonic clock, but evenly.
 *
 * <p>The host stops the guest for whole milliseconds: other threads run, code is compiled, garbage
 * collected. A guest that saw its clock jump then would find fault with it; Linux gives its time
 * stamp counter up where one of a thousand readings takes ten times longer than another. So inside
 * a slice time advances with every instruction, at the speed measured in the slices before, and
 * between slices that speed is corrected so that guest time keeps up with the host's. It jumps only
 * while the processor is halted, or after the host has been away for long.
 */
public final class HostTimeline extends TimerQueue {
  /**
   * How long a slice should take, so that timers are on time and input is noticed, in nanoseconds.
   */
  private static final long SLICE_NANOS = 1_000_000;

  private static final int SHORTEST_SLICE = 500;
  private static final int LONGEST_SLICE = 50_000;

  /** How many slices it takes to catch up with the host, where that is within the limits below. */
  private static final int CORRECTION_SLICES = 8;

  /** How many times faster or slower than measured the guest's clock may run to meet the host's. */
  private static final double LARGEST_CORRECTION = 4;

  /** The lag beyond which guest time jumps, in nanoseconds. */
  private static final long LONGEST_LAG = 250_000_000;

  private static final double FASTEST = 0.25;
  private static final double SLOWEST = 2_000;

  /** The fewest instructions whose time says something about speed. */
  private static final int SAMPLE = 200;

  private final CpuState state;
  private final LongSupplier hostClock;
  private final long hostStart;

  /** Guest time when {@link #baseInstructions} had been executed. */
  private long base;

  private long baseInstructions;

  /** How fast guest time advances from there, in nanoseconds an instruction. */
  private double rate = 10;

  /** How long an instruction took lately, in nanoseconds. */
  private double measured = 10;

  private long sampleHost;
  private long sampleInstructions;

  public HostTimeline(CpuState state) {
    this(state, System::nanoTime);
  }

  /**
   * Makes a timeline that follows any clock.
   *
   * @param hostClock in nanoseconds, from any origin
   */
  HostTimeline(CpuState state, LongSupplier hostClock) {
    this.state = state;
    this.hostClock = hostClock;
    hostStart = hostClock.getAsLong();
    baseInstructions = state.instructions();
    sampleInstructions = baseInstructions;
  }

  @Override
  public long now() {
    return base + (long) ((state.instructions() - baseInstructions) * rate);
  }

  @Override
  public int sliceLength() {
    final long host = host();
    measure(host);
    rebase(now());
    final long lag = host - base;
    if (lag > LONGEST_LAG) {
      base = host;
      rate = measured;
    } else {
      final double correction = 1 + (double) lag / (CORRECTION_SLICES * SLICE_NANOS);
      rate = measured * Math.clamp(correction, 1 / LARGEST_CORRECTION, LARGEST_CORRECTION);
    }
    final long nanos = Math.min(nextDeadline() - base, SLICE_NANOS);
    return Math.clamp((long) (nanos / rate), SHORTEST_SLICE, LONGEST_SLICE);
  }

  @Override
  public long idle() {
    woken();
    final long deadline = nextDeadline();
    return deadline == Long.MAX_VALUE ? deadline : deadline - host();
  }

  @Override
  public void woken() {
    final long host = host();
    rebase(Math.max(now(), host));
    sampleHost = host;
    sampleInstructions = baseInstructions;
  }

  private long host() {
    return hostClock.getAsLong() - hostStart;
  }

  private void rebase(long now) {
    base = now;
    baseInstructions = state.instructions();
  }

  /** Takes the speed since the last time into account; the host's pauses count for little. */
  private void measure(long host) {
    final long instructions = state.instructions() - sampleInstructions;
    if (instructions < SAMPLE) {
      return;
    }
    final double sample = (double) (host - sampleHost) / instructions;
    measured += (Math.min(sample, LARGEST_CORRECTION * measured) - measured) / 4;
    measured = Math.clamp(measured, FASTEST, SLOWEST);
    sampleHost = host;
    sampleInstructions += instructions;
  }
}
