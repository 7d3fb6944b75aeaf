package hourglass.runtime.board;

/** Where the board's first serial port writes to. */
@FunctionalInterface
public interface Console {
  /**
   * A byte has been transmitted. Called on the thread that runs the board.
   *
   * @param b 0-255
   */
  void output(int b);
}
