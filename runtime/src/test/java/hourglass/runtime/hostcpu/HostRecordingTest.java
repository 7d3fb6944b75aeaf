package hourglass.runtime.hostcpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hourglass.translator.isa.Instruction;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sample of the recordings, made again where there is a compiler for 32-bit programs and a
 * processor of the same maker. Flags that the manual leaves undefined may differ.
 */
class HostRecordingTest {
  private static final int STRIDE = 97;

  @ParameterizedTest
  @EnumSource
  void theHostDoesAgainWhatWasRecorded(Group group) throws IOException, InterruptedException {
    assumeTrue(isIntel() && HostProcessor.isPresent(), "no Intel processor, or no gcc -m32");
    final List<Recording.Entry> entries = group.recording();
    try (HostProcessor host = HostProcessor.start()) {
      for (int i = 0; i < entries.size(); i += STRIDE) {
        final Recording.Entry entry = entries.get(i);
        compare(
            entry, Recording.record(host, entry.code(), entry.cases(), group.simd()), group.simd());
      }
    }
  }

  private static boolean isIntel() throws IOException {
    final Path processors = Path.of("/proc/cpuinfo");
    return Files.isReadable(processors) && Files.readString(processors).contains("GenuineIntel");
  }

  private static void compare(Recording.Entry recorded, Recording.Entry repeated, boolean simd)
      throws IOException {
    final byte[] code = recorded.code();
    final Outcome expected = new Outcome();
    final Outcome actual = new Outcome();
    try (DataInputStream first = Recording.outcomes(recorded);
        DataInputStream second = Recording.outcomes(repeated)) {
      for (int number = 0; number < recorded.cases(); number++) {
        final Input input = new Input(code, number);
        final Instruction instruction = input.instruction;
        Recording.next(first, input.before, simd, expected);
        Recording.next(second, input.before, simd, actual);
        final int flags = Recording.FLAGS & ~instruction.form.flagsUndefined();
        assertEquals(
            "",
            actual.differences(expected, flags, simd),
            HexFormat.of().formatHex(code) + " case " + number);
      }
    }
  }
}
