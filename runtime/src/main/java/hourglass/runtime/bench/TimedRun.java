package hourglass.runtime.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One run of one workload by one contender: a process from its start until the workload's last
 * marker line, and no longer.
 */
final class TimedRun {
  private static final double NANOS = 1e9;
  private static final int LONGEST_LINE = 200;

  private final Guests guests;
  private final Workload workload;
  private final Contender contender;
  private final Duration timeout;

  TimedRun(Guests guests, Workload workload, Contender contender, Duration timeout) {
    this.guests = guests;
    this.workload = workload;
    this.contender = contender;
    this.timeout = timeout;
  }

  /**
   * Runs it.
   *
   * @throws BenchException where it does not come to its end, or fails
   * @throws InterruptedException where the calling thread is interrupted
   */
  Sample run() throws BenchException, InterruptedException {
    Optional<Path> initrd = Optional.empty();
    try {
      initrd = Optional.of(Files.createTempFile("hourglass-bench", ".cpio"));
      initrd.get().toFile().deleteOnExit(); // where a signal ends the program
      final Guest guest = guests.prepare(workload, initrd.get());
      return time(new ProcessBuilder(contender.command(guest, workload.task())));
    } catch (IOException e) {
      throw new BenchException(e.getMessage());
    } finally {
      initrd.ifPresent(file -> file.toFile().delete());
    }
  }

  private Sample time(ProcessBuilder builder)
      throws IOException, BenchException, InterruptedException {
    final MarkerScanner scanner = new MarkerScanner();
    final long start = System.nanoTime();
    final Process process = builder.redirectErrorStream(true).start();
    final Thread atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
    final AtomicBoolean timeIsOver = new AtomicBoolean();
    final Thread watch = Thread.ofVirtual().start(() -> killAfterTimeout(process, timeIsOver));
    try {
      final boolean complete = read(process.getInputStream(), scanner);
      if (!complete) {
        throw new BenchException(
            (timeIsOver.get()
                    ? "no end after " + timeout.toSeconds() + " s"
                    : "the guest ended too early")
                + "; its last line: "
                + shortened(scanner.lastLine()));
      }
      final OptionalLong peak = ProcessMemory.peakBytes(process.pid());
      return sample(scanner, start, peak);
    } finally {
      watch.interrupt();
      process.destroyForcibly().waitFor();
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
  }

  private void killAfterTimeout(Process process, AtomicBoolean timeIsOver) {
    try {
      Thread.sleep(timeout);
      timeIsOver.set(true);
      process.destroyForcibly();
    } catch (InterruptedException e) {
      return; // the run came to its end
    }
  }

  /** Reads the console until the workload's last line; false where the console ends before. */
  private boolean read(InputStream console, MarkerScanner scanner) throws IOException {
    final byte[] bytes = new byte[1 << 14];
    for (int n = console.read(bytes); n >= 0; n = console.read(bytes)) {
      scanner.accept(bytes, n, System.nanoTime());
      if ((workload.isBoot() ? scanner.userspace() : scanner.end()).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private Sample sample(MarkerScanner scanner, long start, OptionalLong peak)
      throws BenchException {
    final double boot = (scanner.userspace().getAsLong() - start) / NANOS;
    if (workload.isBoot()) {
      return new Sample(boot, boot, peak, "");
    }
    if (!scanner.status().equals(Optional.of(0))) {
      throw new BenchException(
          "the commands failed with status "
              + scanner.status().map(String::valueOf).orElse("?")
              + ": "
              + shortened(scanner.output().strip()));
    }
    final double seconds = (scanner.end().getAsLong() - scanner.begin().getAsLong()) / NANOS;
    return new Sample(boot, seconds, peak, scanner.output());
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_LINE ? text : text.substring(0, LONGEST_LINE) + " ...";
  }
}
