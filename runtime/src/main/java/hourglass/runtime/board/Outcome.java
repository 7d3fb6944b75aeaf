package hourglass.runtime.board;

import java.util.Optional;

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
   * The processor waits for an interrupt that it does not take: nothing can ever change anything.
   *
   * @param summary in what state, and where; one line
   * @param cause the last exception of the code that halted, where there was one not long before;
   *     one line
   */
  record Halted(String summary, Optional<String> cause) implements Outcome {}

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
