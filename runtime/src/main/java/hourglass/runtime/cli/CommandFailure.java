package hourglass.runtime.cli;

/** A command cannot do what it was asked to; the message is one line that says what and why. */
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }
}
