package hourglass.runtime.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Programs that engines once disagreed on; each file says what it showed. */
class FuzzReplayTest {
  @TestFactory
  Stream<DynamicTest> enginesAgree() throws IOException, URISyntaxException {
    final Path folder = Path.of(FuzzReplayTest.class.getResource("/fuzz").toURI());
    final List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.sorted().toList();
    }
    assertFalse(files.isEmpty(), "no programs in " + folder);
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString().replace(".txt", ""),
                () ->
                    assertEquals(
                        Optional.empty(),
                        Comparison.of(FuzzProgram.parse(Files.readAllLines(file))))));
  }

  @Test
  void aProgramIsTheSameAfterWritingAndReading() {
    for (long seed = 1; seed <= 20; seed++) {
      final String text = Fuzzer.program(seed).text();
      assertEquals(text, FuzzProgram.parse(text.lines().toList()).text());
    }
  }
}
