package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built image of {@code grain} against its source. */
@Timeout(180)
class GrainTest {
  private static final Path SOURCE = Path.of("grain").toAbsolutePath();

  @TempDir private Path folder;

  /** A command's exit status; 127 where there is no such command. Its output goes to a file. */
  private int run(String... command) throws InterruptedException {
    try {
      final Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      if (!process.waitFor(150, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return 124;
      }
      return process.exitValue();
    } catch (IOException e) {
      return 127;
    }
  }

  private boolean compilesFor32Bits() throws IOException, InterruptedException {
    final Path program = Files.writeString(folder.resolve("empty.c"), "int nothing;\n");
    final String object = folder.resolve("empty.o").toString();
    return run("gcc", "-m32", "-c", program.toString(), "-o", object) == 0
        && run("ld", "--version") == 0
        && run("sh", "-c", "true") == 0;
  }

  @Test
  void theSourcesBuildTheCommittedImageByteForByte() throws IOException, InterruptedException {
    assumeTrue(compilesFor32Bits(), "no compiler for i386 here");
    final Path image = folder.resolve("grain.elf");
    assertEquals(
        0,
        run("sh", SOURCE.resolve("build.sh").toString(), image.toString()),
        () -> "build.sh: " + contents(folder.resolve("output")));
    // Other versions of the tools make other bytes, and that is no fault of the source.
    final String tools = contents(SOURCE.resolve("grain.tools"));
    assumeTrue(
        contents(folder.resolve("grain.tools")).equals(tools), "the image is made with " + tools);
    assertArrayEquals(
        Files.readAllBytes(image),
        Grain.kernel(),
        "grain.elf is not what the sources build: run grain/build.sh");
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
