package hourglass.runtime.testing;

import hourglass.images.Image;
import hourglass.images.Initramfs;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Kernels;
import hourglass.translator.cpu.Ram;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/** A fetched image on a whole board, with what it printed and what its text screen shows. */
public final class BootedGuest {
  /** Text memory of a colour adapter: 25 lines of 80 characters, each followed by its colours. */
  private static final int SCREEN = 0xB8000;

  private static final int LINES = 25;
  private static final int COLUMNS = 80;
  private static final int POLL_MILLIS = 20;

  /**
   * Keeps the kernel's warnings off the console, so that a script's output stands alone: by the
   * host's clock the kernel warns of interrupts that a busy host made late. Errors are still shown.
   */
  private static final String WITHOUT_WARNINGS = " loglevel=4";

  private final StringBuffer console = new StringBuffer();
  private final Board board;
  private volatile Optional<Ram> ram = Optional.empty();
  private String awaited = "";

  private BootedGuest(Bootable bootable, BoardOptions options) {
    final Bootable remembering =
        (memory, state) -> {
          bootable.install(memory, state);
          ram = Optional.of(memory.ram());
        };
    board = new Board(options, remembering, this::output);
  }

  /** Makes a board for an image with a command line. */
  public static BootedGuest of(Image image, String commandLine, BoardOptions options)
      throws BootException {
    return new BootedGuest(
        Kernels.open(BootFile.read(image.kernel(), "kernel"), initrd(image), commandLine), options);
  }

  /**
   * Makes a board for an image that runs a shell script and ends with its status; the kernel prints
   * errors, but neither warnings nor what is less.
   */
  public static BootedGuest running(byte[] script, Image image, BoardOptions options)
      throws BootException {
    final Optional<BootFile> initrd =
        initrd(image)
            .map(file -> new BootFile(file.name(), Initramfs.withScript(file.bytes(), script)));
    return new BootedGuest(
        Kernels.open(
            BootFile.read(image.kernel(), "kernel"),
            initrd,
            image.commandLine() + WITHOUT_WARNINGS),
        options);
  }

  private static Optional<BootFile> initrd(Image image) throws BootException {
    return image.initrd().isPresent()
        ? Optional.of(BootFile.read(image.initrd().get(), "initrd"))
        : Optional.empty();
  }

  private void output(int b) {
    console.append((char) b);
    final int begin = console.length() - awaited.length();
    if (!awaited.isEmpty() && begin >= 0 && console.indexOf(awaited, begin) >= 0) {
      board.stop();
    }
  }

  /** Runs the guest on the calling thread until it ends. */
  public Outcome run() throws BootException {
    return board.run();
  }

  /** Runs the guest until it has printed a text, or ends. */
  public Outcome runUntilPrinted(String text) throws BootException {
    awaited = text;
    return board.run();
  }

  /** Runs the guest until its text screen is as asked, or it ends; looks now and then. */
  public Outcome runUntilScreen(Predicate<String> condition) throws BootException {
    final Thread watcher =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                while (!condition.test(screen())) {
                  Thread.sleep(POLL_MILLIS);
                }
                board.stop();
              } catch (InterruptedException e) {
                return; // the run has ended
              }
            });
    try {
      return board.run();
    } finally {
      watcher.interrupt();
    }
  }

  /** All that came out of the first serial port, without carriage returns. */
  public String printed() {
    return new String(
            console.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .replace("\r", "");
  }

  /** The characters of the text screen, in lines; empty before the guest has been loaded. */
  public String screen() {
    return ram.map(BootedGuest::screen).orElse("");
  }

  private static String screen(Ram memory) {
    final StringBuilder text = new StringBuilder();
    for (int line = 0; line < LINES; line++) {
      for (int column = 0; column < COLUMNS; column++) {
        final int c = memory.load8(SCREEN + 2 * (line * COLUMNS + column));
        text.append(c >= ' ' && c < 0x7F ? (char) c : ' ');
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** The guest's RAM; to be read once the run has ended. */
  public Ram memory() {
    return ram.orElseThrow();
  }
}
