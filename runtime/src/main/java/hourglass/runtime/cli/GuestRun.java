package hourglass.runtime.cli;

import hourglass.runtime.board.Console;
import hourglass.runtime.board.Machine;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.profile.Profile;
import hourglass.runtime.profile.Sampler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One run of a guest: the board on the calling thread, its serial port between the terminal or a
 * file, and whoever may end the run early.
 *
 * <p>Daemon threads serve it: one reads what is typed, one writes what the guest prints, one waits
 * for the timeout, and for statistics one looks at what the guest's thread does.
 */
final class GuestRun {
  /** How long to wait for a guest that does not take its input, before asking again. */
  private static final Duration INPUT_WAIT = Duration.ofMillis(10);

  /**
   * What a run is asked for, apart from the board itself.
   *
   * @param serial where the first serial port leads
   * @param until ends the run with status 0 once the guest has printed this
   * @param timeout ends the run with status 124 after this time
   * @param statusFromGuest whether the value that the guest writes to the debug-exit port is the
   *     exit status itself, as our own userspace does with its script's, instead of the upper bits
   *     of it
   * @param printStatistics whether to print a table on standard error at the end
   * @param statisticsFile where to write the statistics as JSON
   * @param dump which regions to write out, and where
   * @param processes what shows the guest's processes, if anything
   */
  record Options(
      SerialTarget serial,
      Optional<String> until,
      Optional<Duration> timeout,
      boolean statusFromGuest,
      boolean printStatistics,
      Optional<Path> statisticsFile,
      Optional<DumpRequest> dump,
      Optional<ProcessOutput> processes) {}

  /** Who ended a run by stopping the machine. */
  private enum Stopper {
    TEXT,
    TIMEOUT,
    USER,
    LOST_OUTPUT
  }

  private final HostStreams streams;
  private final Options options;
  private final Bootable bootable;
  private final Machine machine;
  private final Optional<ConsoleWriter> writer;
  private final Optional<StreamMatcher> until;
  private final AtomicReference<Optional<Stopper>> stopper =
      new AtomicReference<>(Optional.empty());

  /**
   * Wires a machine; it does not run yet.
   *
   * @param wiring makes the machine for the console that it prints on
   * @throws CommandFailure where the file for serial output cannot be written
   */
  GuestRun(
      HostStreams streams, Options options, Bootable bootable, Function<Console, Machine> wiring)
      throws CommandFailure {
    this.streams = streams;
    this.options = options;
    this.bootable = bootable;
    until = options.until.map(text -> new StreamMatcher(text.getBytes(StandardCharsets.UTF_8)));
    writer = openOutput().map(out -> new ConsoleWriter(out, () -> stop(Stopper.LOST_OUTPUT)));
    machine = wiring.apply(this::output);
  }

  private Optional<OutputStream> openOutput() throws CommandFailure {
    return switch (options.serial) {
      case SerialTarget.Stdio() -> Optional.of(streams.out());
      case SerialTarget.Nowhere() -> Optional.empty();
      case SerialTarget.ToFile(Path path) -> {
        try {
          yield Optional.of(Files.newOutputStream(path));
        } catch (IOException e) {
          throw new CommandFailure("--serial: cannot write " + path + ": " + Failures.reason(e));
        }
      }
    };
  }

  /**
   * Runs the guest until it ends, or somebody ends it.
   *
   * @return the exit status
   * @throws BootException where what is to be booted does not fit the board
   * @throws CommandFailure where the statistics, the trace or the dump cannot be written
   */
  int run() throws BootException, CommandFailure {
    final long start = System.nanoTime();
    final boolean interactive = options.serial instanceof SerialTarget.Stdio;
    final Optional<Terminal> terminal = interactive ? Terminal.makeRaw() : Optional.empty();
    options.processes.ifPresent(p -> p.setRaw(terminal.isPresent()));
    final Outcome outcome;
    final Optional<Profile> profile;
    final Optional<Sampler> sampler =
        asksForStatistics() ? Optional.of(Sampler.start(machine::activity)) : Optional.empty();
    try {
      if (interactive) {
        startInput(terminal.isPresent());
      }
      options.timeout.ifPresent(this::startTimeout);
      outcome = machine.run();
    } catch (RuntimeException | Error e) {
      e.addSuppressed(new GuestState(machine.describeProcessor()));
      throw e;
    } finally {
      profile = sampler.map(Sampler::stop);
      writer.ifPresent(ConsoleWriter::close);
      terminal.ifPresent(Terminal::close);
      options.processes.ifPresent(p -> p.setRaw(false));
    }
    reportStatistics((System.nanoTime() - start) / 1e9, profile);
    if (options.processes.isPresent()) {
      options.processes.get().finish();
    }
    if (options.dump.isPresent()) {
      options.dump.get().write(machine, streams::message);
    }
    return status(outcome);
  }

  private void output(int b) {
    writer.ifPresent(w -> w.write((byte) b));
    if (until.isPresent() && until.get().accept((byte) b)) {
      stop(Stopper.TEXT);
    }
  }

  /** Ends the run; the first one to do so decides the exit status. */
  private void stop(Stopper by) {
    stopper.compareAndSet(Optional.empty(), Optional.of(by));
    machine.stop();
  }

  private void startInput(boolean raw) {
    final Keys keys = new Keys(new TypedKeys());
    Thread.ofPlatform()
        .daemon()
        .name("serial input")
        .start(() -> {
          final byte[] bytes = new byte[4096];
          try {
            for (int n = streams.in().read(bytes); n >= 0; n = streams.in().read(bytes)) {
              if (raw) {
                keys.accept(bytes, n);
              } else {
                while (!machine.hasRoomForInput()) {
                  Thread.sleep(INPUT_WAIT);
                }
                machine.sendInput(bytes, 0, n);
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException e) {
            return; // as at the end of the input: the run goes on without
          }
        });
  }

  private void startTimeout(Duration timeout) {
    Thread.ofPlatform()
        .daemon()
        .name("timeout")
        .start(() -> {
          try {
            Thread.sleep(timeout);
            stop(Stopper.TIMEOUT);
          } catch (InterruptedException e) {
            return; // nobody waits for the timeout any more
          }
        });
  }

  private boolean asksForStatistics() {
    return options.printStatistics || options.statisticsFile.isPresent();
  }

  private void reportStatistics(double wallSeconds, Optional<Profile> profile)
      throws CommandFailure {
    final StatisticsReport report =
        new StatisticsReport(wallSeconds, machine.statistics(), profile, bootable.unpacking());
    if (options.printStatistics) {
      report.print(streams.err());
    }
    if (options.statisticsFile.isPresent()) {
      final Path file = options.statisticsFile.get();
      try {
        report.writeJson(file);
      } catch (IOException e) {
        throw new CommandFailure("--stats-json: cannot write " + file + ": " + Failures.reason(e));
      }
    }
  }

  private int status(Outcome outcome) {
    return switch (outcome) {
      case Outcome.DebugExit(int value) -> (options.statusFromGuest ? value : 2 * value + 1) & 0xFF;
      case Outcome.Reset() -> ExitStatus.OK;
      case Outcome.Shutdown(String report) -> {
        streams.message("the guest's processor shut down after a triple fault");
        streams.err().println(report.stripTrailing());
        yield ExitStatus.TRIPLE_FAULT;
      }
      case Outcome.Halted(String summary, Optional<String> cause) -> {
        streams.message(summary);
        cause.ifPresent(streams.err()::println);
        yield ExitStatus.HALTED;
      }
      case Outcome.Difference(String summary, String report) -> {
        streams.message(summary);
        streams.err().println(report.stripTrailing());
        yield ExitStatus.DIFFERENCE;
      }
      case Outcome.Stopped() -> stopper.get().map(this::status).orElse(ExitStatus.OK);
    };
  }

  private int status(Stopper by) {
    return switch (by) {
      case TEXT -> ExitStatus.OK;
      case USER -> {
        streams.message("quit");
        yield ExitStatus.OK;
      }
      case TIMEOUT -> {
        streams.message("the time of --timeout is over");
        yield ExitStatus.TIMEOUT;
      }
      case LOST_OUTPUT -> {
        streams.message("the guest's serial output cannot be written any more");
        yield ExitStatus.FAILURE;
      }
    };
  }

  /** What the keys of a raw terminal do. */
  private final class TypedKeys implements Keys.Receiver {
    @Override
    public void typed(byte[] bytes, int length) {
      if (machine.hasRoomForInput()) { // else the keys are lost, as they are with a real terminal
        machine.sendInput(bytes, 0, length);
      }
    }

    @Override
    public void quit() {
      if (stopper.get().isPresent()) {
        // The board should have stopped at the first one: leave all the same.
        System.exit(ExitStatus.FAILURE);
      }
      stop(Stopper.USER);
    }

    @Override
    public void processes() {
      if (options.processes.isPresent()) {
        machine.call(options.processes.get()::printTable);
      } else {
        streams.err().print("\r\nCtrl-A p needs --processes\r\n");
      }
    }

    @Override
    public void help() {
      streams.err().print(Keys.HELP.replace("\n", "\r\n"));
    }
  }
}
