package hourglass.runtime.board;

/** CPU, memory and devices of a PC, wired together. */
public final class Board {
  /** Ends the run from any thread, soon. */
  public void stop() {
    throw new UnsupportedOperationException();
  }
}
