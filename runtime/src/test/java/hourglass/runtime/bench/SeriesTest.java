package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void theMedianOfAnOddNumberIsTheMiddleOne() {
    assertEquals(2, new Series(List.of(9.0, 1.0, 2.0)).median());
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertEquals(3, new Series(List.of(4.0, 100.0, 1.0, 2.0)).median());
  }

  @Test
  void oneValueIsItsOwnMedianLeastAndMost() {
    final Series series = new Series(List.of(5.0));
    assertEquals(5, series.median());
    assertEquals(5, series.least());
    assertEquals(5, series.most());
  }

  @Test
  void theSpreadIsFromTheLeastToTheMost() {
    final Series series = new Series(List.of(3.0, 7.0, 1.0));
    assertEquals(1, series.least());
    assertEquals(7, series.most());
  }

  @Test
  void ratiosThatCancelOutHaveTheGeometricMeanOne() {
    assertEquals(1, new Series(List.of(0.25, 4.0)).geometricMean(), 1e-12);
  }

  @Test
  void thereIsNoSeriesOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Series(List.of()));
  }
}
