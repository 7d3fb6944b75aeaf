package hourglass.runtime.bench;

import java.util.List;

/**
 * Measurements of the same thing, at least one.
 *
 * @param values in ascending order
 */
public record Series(List<Double> values) {
  /** Sorts its values. */
  public Series {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values");
    }
    values = values.stream().sorted().toList();
  }

  /** The middle value, or the mean of the two middle ones. */
  public double median() {
    final int size = values.size();
    return (values.get((size - 1) / 2) + values.get(size / 2)) / 2;
  }

  public double least() {
    return values.getFirst();
  }

  public double most() {
    return values.getLast();
  }

  /** The geometric mean; of ratios, the one that does not depend on what is divided by what. */
  public double geometricMean() {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
  }
}
