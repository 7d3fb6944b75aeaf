package hourglass.runtime.board;

/** How a run ended. */
public sealed interface Outcome {
  /**
   * The guest wrote {@code value} to the debug-exit port; the exit status is {@code 2 * value + 1},
   * modulo 256.
   */
  record DebugExit(int value) implements Outcome {}

  /** The guest reset the machine and the board does not reboot. */
  record Reset() implements Outcome {}

  /**
   * The processor shut down after a triple fault and the board does not reboot.
   *
   * @param report registers, and the faulting instruction disassembled; several lines
   */
  record Shutdown(String report) implements Outcome {}

  /**
   * The engines of {@link LockStep} have come to different results.
   *
   * @param summary what differs and after how many instructions, one line
   * @param report both states and the guest code that led there; several lines
   */
  record Difference(String summary, String report) implements Outcome {}

  /** {@link Machine#stop} was called. */
  record Stopped() implements Outcome {}
}
