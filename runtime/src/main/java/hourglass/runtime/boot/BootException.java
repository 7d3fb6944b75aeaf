package hourglass.runtime.boot;

/**
 * A kernel, initrd or other file cannot be booted; the message is one line that says what and why.
 */
public final class BootException extends Exception {
  private static final long serialVersionUID = 1L;

  public BootException(String message) {
    super(message);
  }

  public BootException(String message, Throwable cause) {
    super(message, cause);
  }
}
