package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
  @Test
  void readsThePeakFromAStatusFile() {
    final String status = "Name:\tjava\nVmPeak:\t 9000000 kB\nVmHWM:\t  614400 kB\nVmRSS:\t1 kB\n";
    assertEquals(OptionalLong.of(600 << 20), ProcessMemory.peakBytes(status));
  }

  @Test
  void aProcessThatHasEndedHasNone() {
    assertEquals(
        OptionalLong.empty(), ProcessMemory.peakBytes("Name:\tjava\nState:\tZ (zombie)\n"));
  }
}
