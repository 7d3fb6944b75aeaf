package hourglass.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The table of a comparison: a row a workload, a column a contender with the median of its seconds
 * and the least and most of them, and a column for each contender but the first with the first
 * one's median divided by its own. It is Markdown, aligned so that it can be read as it is.
 */
public final class ResultTable {
  private static final double MIB = 1 << 20;
  private static final String NOTHING = "–";

  private final Results results;

  public ResultTable(Results results) {
    this.results = results;
  }

  /** The table's lines. */
  @Override
  public String toString() {
    final List<List<String>> rows = new ArrayList<>();
    rows.add(header());
    results.workloads().forEach(workload -> rows.add(row(workload)));
    rows.add(means());
    rows.add(memory());
    return render(rows);
  }

  private List<String> others() {
    return results.contenders().subList(1, results.contenders().size());
  }

  private List<String> header() {
    final List<String> cells = new ArrayList<>(List.of("seconds: median (least–most)"));
    cells.addAll(results.contenders());
    others().forEach(other -> cells.add(results.contenders().getFirst() + " ÷ " + other));
    return cells;
  }

  private List<String> row(Workload workload) {
    final List<String> cells = new ArrayList<>(List.of(workload.title()));
    for (String contender : results.contenders()) {
      cells.add(results.times(workload, contender).map(ResultTable::times).orElse(NOTHING));
    }
    others().forEach(other -> cells.add(ratio(results.ratio(workload, other))));
    return cells;
  }

  /** The means of the ratios. */
  private List<String> means() {
    final List<String> cells = new ArrayList<>(List.of("geometric mean, boots aside"));
    results.contenders().forEach(contender -> cells.add(""));
    others().forEach(other -> cells.add(ratio(results.meanRatio(other))));
    return cells;
  }

  private List<String> memory() {
    final List<String> cells = new ArrayList<>(List.of("most memory used, MiB"));
    for (String contender : results.contenders()) {
      cells.add(
          results
              .memory(contender)
              .map(peaks -> String.format(Locale.ROOT, "%.0f", peaks.most() / MIB))
              .orElse(NOTHING));
    }
    others().forEach(other -> cells.add(""));
    return cells;
  }

  private static String times(Series series) {
    final String median = seconds(series.median());
    return series.values().size() == 1
        ? median
        : median + " (" + seconds(series.least()) + "–" + seconds(series.most()) + ")";
  }

  /** Three digits that count, or as many as there are before the point. */
  private static String seconds(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  }

  private static String ratio(Optional<Double> ratio) {
    return ratio.map(ResultTable::seconds).orElse(NOTHING);
  }

  // --- Markdown --------------------------------------------------------------------------------

  private static String render(List<List<String>> rows) {
    final int columns = rows.getFirst().size();
    final int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    final List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(line(row, widths)));
    // The first column to the left, the numbers to the right.
    lines.add(
        1,
        IntStream.range(0, columns)
            .mapToObj(i -> i == 0 ? "-".repeat(widths[i] + 2) : "-".repeat(widths[i] + 1) + ":")
            .collect(Collectors.joining("|", "|", "|")));
    return String.join("\n", lines) + "\n";
  }

  private static String line(List<String> cells, int[] widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> {
          final String padding = " ".repeat(widths[i] - cells.get(i).length());
          return i == 0 ? cells.get(i) + padding : padding + cells.get(i);
        })
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
