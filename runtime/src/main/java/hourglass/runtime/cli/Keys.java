package hourglass.runtime.cli;

/**
 * Takes the commands out of what is typed: Ctrl-A and a letter. Everything else is the guest's,
 * Ctrl-C and Ctrl-Z too.
 *
 * <p>Used from one thread.
 */
final class Keys {
  /** What Ctrl-A h prints. */
  static final String HELP =
      """

      Ctrl-A x       quits
      Ctrl-A p       prints the guest's processes, with --processes
      Ctrl-A h       prints this
      Ctrl-A Ctrl-A  sends a Ctrl-A to the guest
      All other keys go to the guest, Ctrl-C too.
      """;

  private static final byte CTRL_A = 1;

  /** Who gets what was typed. */
  interface Receiver {
    /** Bytes for the guest; the array is reused after the call. */
    void typed(byte[] bytes, int length);

    void quit();

    void processes();

    void help();
  }

  private final Receiver receiver;
  private boolean escaped;

  Keys(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Takes the next {@code length} typed bytes. */
  void accept(byte[] bytes, int length) {
    final byte[] forGuest = new byte[length];
    int count = 0;
    for (int i = 0; i < length; i++) {
      final byte b = bytes[i];
      if (!escaped) {
        if (b == CTRL_A) {
          escaped = true;
        } else {
          forGuest[count++] = b;
        }
        continue;
      }
      escaped = false;
      switch (b) {
        case CTRL_A -> forGuest[count++] = CTRL_A;
        case 'x', 'X' -> receiver.quit();
        case 'p', 'P' -> receiver.processes();
        case 'h', 'H', '?' -> receiver.help();
        default -> {} // no such command: nothing happens, as in other monitors
      }
    }
    if (count > 0) {
      receiver.typed(forGuest, count);
    }
  }
}
