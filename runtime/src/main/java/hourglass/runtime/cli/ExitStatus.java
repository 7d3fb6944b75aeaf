package hourglass.runtime.cli;

/** The exit statuses of the program; the guest's own are any. */
final class ExitStatus {
  static final int OK = 0;

  /** A file, an image or the network is not as it should be. */
  static final int FAILURE = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The guest's processor shut down after a triple fault. */
  static final int TRIPLE_FAULT = 3;

  /** {@code --engine compare} has found the engines to differ: a bug of Hourglass's own. */
  static final int DIFFERENCE = 4;

  /** The guest's processor has halted with interrupts disabled. */
  static final int HALTED = 5;

  /** A bug of Hourglass's own ({@code EX_SOFTWARE} of BSD's sysexits). */
  static final int BUG = 70;

  /** {@code --timeout} ended the run, as {@code timeout(1)} says it. */
  static final int TIMEOUT = 124;

  private ExitStatus() {}
}
