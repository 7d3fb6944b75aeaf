package hourglass.bench;

import hourglass.images.Grain;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Kernels;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Our own guest kernel at its shell, on a board with a thread of its own. */
final class GrainShell implements AutoCloseable {
  private static final int MEMORY = 64 << 20;
  private static final int LONGEST_SECONDS = 300;

  /** What the guest's {@code bench} prints last, followed by its exit status. */
  private static final String END = "hourglass-bench: end ";

  /** What init prints before it starts the shell; what is typed before that may be lost. */
  private static final String READY = "Type help for help.";

  /** Ours, in place of a line of the guest's. */
  private static final String ENDED = "the guest has ended: ";

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final StringBuilder line = new StringBuilder();
  private final Board board;
  private final Thread thread;

  /** Switches the board on, and waits for the shell. */
  GrainShell(EngineKind engine) throws BootException, InterruptedException {
    final Bootable kernel =
        Kernels.open(new BootFile(Grain.NAME, Grain.kernel()), Optional.empty(), "");
    final BoardOptions options =
        new BoardOptions(MEMORY, engine, BenchMachine.HEAT, ClockKind.HOST, false);
    board = new Board(options, kernel, this::output);
    thread = Thread.ofPlatform().name("grain").daemon().start(this::runBoard);
    await(READY);
  }

  private void runBoard() {
    try {
      lines.add(ENDED + board.run());
    } catch (BootException | RuntimeException e) {
      lines.add(ENDED + e);
    }
  }

  private void output(int b) {
    if (b == '\n') {
      lines.add(line.toString().strip());
      line.setLength(0);
    } else {
      line.append((char) b);
    }
  }

  /**
   * Has the guest take one of its paths.
   *
   * @param path what the guest's {@code bench} calls it
   * @param count how often
   * @throws IllegalStateException where the guest says that some of it went wrong, or nothing
   */
  void take(String path, int count) throws InterruptedException {
    final byte[] command =
        "bench %s %d\n".formatted(path, count).getBytes(StandardCharsets.US_ASCII);
    board.sendInput(command, 0, command.length);
    final String end = await(END);
    if (!end.equals(END + 0)) {
      throw new IllegalStateException(path + ": the guest says " + end);
    }
  }

  /** Waits for a line that the guest prints, by its beginning. */
  private String await(String beginning) throws InterruptedException {
    String said = "nothing";
    while (!said.startsWith(beginning)) {
      final String next = lines.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
      if (next == null || next.startsWith(ENDED)) {
        throw new IllegalStateException(next == null ? "the guest said last: " + said : next);
      }
      said = next;
    }
    return said;
  }

  @Override
  public void close() throws InterruptedException {
    board.stop();
    thread.join();
  }
}
