package hourglass.runtime.bench;

/** A run came to no result; the message is one line that says what and why. */
public final class BenchException extends Exception {
  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(message);
  }
}
