package hourglass.runtime.board;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;

/** CPU, memory and devices of a PC, wired together. */
public final class Board {
  public Board(BoardOptions options, Bootable bootable, Console console) {}

  /**
   * Switches the board on and runs it on the calling thread until the run ends.
   *
   * @throws BootException where what is to be booted does not fit
   */
  public Outcome run() throws BootException {
    throw new UnsupportedOperationException();
  }

  /** Ends the run from any thread, soon. */
  public void stop() {
    throw new UnsupportedOperationException();
  }

  /** Types bytes on the first serial port's terminal, from any thread; they wait until the guest takes them. */
  public void sendInput(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }
}
