package hourglass.runtime.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The terminal on standard input, raw until it is closed: every key goes to the guest, which echoes
 * what it likes.
 *
 * <p>The modes are set with {@code stty}, which is wherever there is a shell. A shutdown hook puts
 * them back when a signal ends the process.
 */
final class Terminal implements AutoCloseable {
  private final String savedModes;
  private final Thread restoreAtExit = new Thread(this::restore, "terminal restore");
  private boolean restored;

  private Terminal(String savedModes) {
    this.savedModes = savedModes;
  }

  /** Makes the terminal raw; empty where standard input is no terminal. */
  static Optional<Terminal> makeRaw() {
    final Optional<String> modes = stty("-g");
    if (modes.isEmpty()) {
      return Optional.empty();
    }
    final Terminal terminal = new Terminal(modes.get());
    terminal.enter();
    return Optional.of(terminal);
  }

  private synchronized void enter() {
    Runtime.getRuntime().addShutdownHook(restoreAtExit);
    stty("raw", "-echo");
  }

  /** Puts the modes back as they were. */
  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(restoreAtExit);
    } catch (IllegalStateException e) {
      return; // the process is ending: the hook runs, and finds nothing left to do
    }
  }

  private synchronized void restore() {
    if (!restored) {
      restored = true;
      stty(savedModes);
    }
  }

  /**
   * Runs stty on standard input and returns the line it printed; empty where it failed or is not
   * there.
   */
  private static Optional<String> stty(String... arguments) {
    final String[] command = new String[arguments.length + 1];
    command[0] = "stty";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      final Process process =
          new ProcessBuilder(command)
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      final byte[] printed = process.getInputStream().readAllBytes();
      return process.waitFor() == 0
          ? Optional.of(new String(printed, StandardCharsets.US_ASCII).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
