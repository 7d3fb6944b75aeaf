package hourglass.runtime.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Workloads, run by contenders in turns, so that what changes on the host meanwhile meets all of
 * them.
 */
public final class Comparison {
  private final Guests guests;
  private final List<Workload> workloads;
  private final List<Contender> contenders;
  private final int runs;
  private final Duration timeout;

  /**
   * Says what is to be done.
   *
   * @param contenders the others are compared with the first
   * @param runs how often each contender runs each workload
   * @param timeout how long a run may take
   */
  public Comparison(
      Guests guests,
      List<Workload> workloads,
      List<Contender> contenders,
      int runs,
      Duration timeout) {
    this.guests = guests;
    this.workloads = List.copyOf(workloads);
    this.contenders = List.copyOf(contenders);
    this.runs = runs;
    this.timeout = timeout;
  }

  /**
   * Runs everything. A run that fails is reported, and the next one goes on.
   *
   * @param progress gets a line after every run
   * @throws InterruptedException where the calling thread is interrupted
   */
  public Results run(Consumer<String> progress) throws InterruptedException {
    final Results results =
        new Results(workloads, contenders.stream().map(Contender::name).toList());
    final Map<Workload, String> outputs = new HashMap<>();
    final int all = runs * workloads.size() * contenders.size();
    int done = 0;
    for (Workload workload : workloads) {
      for (int run = 0; run < runs; run++) {
        for (Contender contender : contenders) {
          done++;
          final String what =
              "%d/%d %s, %s: ".formatted(done, all, workload.title(), contender.name());
          try {
            final Sample sample = new TimedRun(guests, workload, contender, timeout).run();
            checkOutput(outputs, workload, sample);
            results.add(workload, contender.name(), sample);
            progress.accept(what + describe(workload, sample));
          } catch (BenchException e) {
            results.fail(workload.name() + ", " + contender.name() + ": " + e.getMessage());
            progress.accept(what + e.getMessage());
          }
        }
      }
    }
    return results;
  }

  /** A time counts only where the result is that of the others. */
  private static void checkOutput(Map<Workload, String> outputs, Workload workload, Sample sample)
      throws BenchException {
    final String expected = outputs.computeIfAbsent(workload, w -> sample.output());
    if (!expected.equals(sample.output())) {
      throw new BenchException(
          "its result is '"
              + sample.output().strip()
              + "', but the first one was '"
              + expected.strip()
              + "'");
    }
  }

  private static String describe(Workload workload, Sample sample) {
    final String time = String.format(Locale.ROOT, "%.2f s", sample.seconds());
    return workload.isBoot()
        ? time
        : time + String.format(Locale.ROOT, " after %.2f s of booting", sample.bootSeconds());
  }
}
