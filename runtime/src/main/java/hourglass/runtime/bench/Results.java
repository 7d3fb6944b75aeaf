package hourglass.runtime.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What a comparison has measured so far: samples and failures by workload and contender. */
public final class Results {
  /** What a workload took with a contender. */
  private record Key(Workload workload, String contender) {}

  private final List<Workload> workloads;
  private final List<String> contenders;
  private final Map<Key, List<Sample>> samples = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Begins without any.
   *
   * @param workloads in the order of the table
   * @param contenders names in the order of the table; the others are compared with the first
   */
  Results(List<Workload> workloads, List<String> contenders) {
    this.workloads = List.copyOf(workloads);
    this.contenders = List.copyOf(contenders);
  }

  void add(Workload workload, String contender, Sample sample) {
    samples.computeIfAbsent(new Key(workload, contender), key -> new ArrayList<>()).add(sample);
  }

  void fail(String message) {
    failures.add(message);
  }

  public List<Workload> workloads() {
    return workloads;
  }

  public List<String> contenders() {
    return contenders;
  }

  /** A line for every run without a result. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** The samples of a workload with a contender, in the order in which they were taken. */
  public List<Sample> samples(Workload workload, String contender) {
    return List.copyOf(samples.getOrDefault(new Key(workload, contender), List.of()));
  }

  /** A workload's times with a contender, in seconds, where there are any. */
  public Optional<Series> times(Workload workload, String contender) {
    return series(samples(workload, contender), Sample::seconds);
  }

  /** The most memory that a contender used in each of its runs, in bytes, where that is known. */
  public Optional<Series> memory(String contender) {
    final List<Sample> known =
        workloads.stream()
            .flatMap(workload -> samples(workload, contender).stream())
            .filter(sample -> sample.peakBytes().isPresent())
            .toList();
    return series(known, sample -> sample.peakBytes().getAsLong());
  }

  /** The first contender's median time divided by another one's, where both have one. */
  public Optional<Double> ratio(Workload workload, String other) {
    final Optional<Series> first = times(workload, contenders.getFirst());
    final Optional<Series> second = times(workload, other);
    return first.flatMap(a -> second.map(b -> a.median() / b.median()));
  }

  /** The geometric mean of the ratios of the workloads that are more than a boot. */
  public Optional<Double> meanRatio(String other) {
    final List<Double> ratios =
        workloads.stream()
            .filter(workload -> !workload.isBoot())
            .flatMap(workload -> ratio(workload, other).stream())
            .toList();
    return ratios.isEmpty() ? Optional.empty() : Optional.of(new Series(ratios).geometricMean());
  }

  private static Optional<Series> series(List<Sample> samples, ToDoubleFunction<Sample> value) {
    return samples.isEmpty()
        ? Optional.empty()
        : Optional.of(new Series(samples.stream().mapToDouble(value).boxed().toList()));
  }
}
