package hourglass.runtime.device;

import hourglass.translator.cpu.CpuState;

/**
 * Guest time is the count of executed instructions, one a nanosecond, plus the time that was
 * skipped while the processor was halted. The same guest with the same input sees the same times in
 * every run and on every engine.
 *
 * <p>One instruction a nanosecond is one instruction a cycle of the time stamp counter, about what
 * a real processor of that frequency does; delay loops that a guest calibrates against the 8254
 * then come out with plausible numbers.
 */
public final class VirtualTimeline extends TimerQueue {
  private static final long NANOS_PER_INSTRUCTION = 1;

  /** The longest slice, so that input and requests to stop are noticed. */
  private static final int LONGEST_SLICE = 1_000_000;

  private final CpuState state;
  private long skipped;

  public VirtualTimeline(CpuState state) {
    this.state = state;
  }

  @Override
  public long now() {
    return state.instructions() * NANOS_PER_INSTRUCTION + skipped;
  }

  @Override
  public int sliceLength() {
    final long instructions =
        (nextDeadline() - now() + NANOS_PER_INSTRUCTION - 1) / NANOS_PER_INSTRUCTION;
    return (int) Math.clamp(instructions, 1, LONGEST_SLICE);
  }

  @Override
  public long idle() {
    final long deadline = nextDeadline();
    if (deadline == Long.MAX_VALUE) {
      return deadline;
    }
    skipped += Math.max(0, deadline - now());
    return 0;
  }

  /** A timer set inside a slice ends the slice where it would come too late otherwise. */
  @Override
  void earlierDeadline(long nanos) {
    if (state.budget > 0 && nanos < state.sliceEnd * NANOS_PER_INSTRUCTION + skipped) {
      state.endSlice();
    }
  }
}
