package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ImageCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user sees of a command that does not run a guest. */
class MainTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(), out, new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Main(streams, new ImageCache(folder.resolve("cache")), folder).run(args);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private void assertOneLine(String part) {
    final String message = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.startsWith("hourglass: "), message);
    assertTrue(message.contains(part), message);
  }

  @Test
  void versionIsOneLine() {
    assertEquals(ExitStatus.OK, run("--version"));
    assertEquals(1, printed().lines().count(), printed());
    assertTrue(printed().startsWith("hourglass "), printed());
  }

  @Test
  void helpOfBootNamesEveryOption() {
    assertEquals(ExitStatus.OK, run("boot", "--help"));
    assertTrue(printed().contains("--stats-json"), printed());
    assertTrue(printed().contains("Ctrl-A x"), printed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "boto",
        "boot debian other",
        "boot debian --frobnicate",
        "boot debian --memory",
        "boot debian --memory lots",
        "boot debian --engine fast",
        "boot debian --clock sun",
        "boot --cpu 386",
        "boot debian --heat -1",
        "boot debian --heat warm",
        "boot debian --serial parallel",
        "boot debian --serial file:",
        "boot debian --until=",
        "boot debian --timeout 0",
        "boot debian --timeout NaN",
        "boot --kernel k --run s",
        "boot debian --dump-at schedule",
        "boot debian --engine compare --jfr f",
        "boot debian --initrd i --run s",
        "images fetch",
        "images path",
        "images lose debian",
        "translate",
        "translate f",
        "translate f --base here",
        "translate f --base 123456789",
        "translate f --base 0 --mode long",
        "translate f --base 0 --show asm,java",
        "translate f --base 0 --syntax nasm",
      })
  void aWrongCommandLineIsOneLineAndStatus2(String line) {
    assertEquals(ExitStatus.USAGE, run(line.isEmpty() ? new String[0] : line.split(" ")));
    assertOneLine("--help");
  }

  @Test
  void aMissingKernelIsOneLine() {
    assertEquals(ExitStatus.FAILURE, run("boot", "--kernel", folder.resolve("none").toString()));
    assertOneLine("no such file");
  }

  @Test
  void aForeignKernelIsOneLine() throws IOException {
    final Path kernel = Files.writeString(folder.resolve("notes"), "not a kernel\n".repeat(1000));
    assertEquals(ExitStatus.FAILURE, run("boot", "--kernel", kernel.toString()));
    assertOneLine("notes");
  }

  @Test
  void anUnknownImageIsOneLineThatNamesTheOthers() {
    assertEquals(ExitStatus.FAILURE, run("boot", "minix"));
    assertOneLine("no image 'minix', but debian");
  }

  @ParameterizedTest
  @ValueSource(strings = {"15M", "2048M", "3G", "0", "16400K"})
  void memoryThatNoBoardHasIsOneLine(String size) {
    assertEquals(ExitStatus.FAILURE, run("boot", "--kernel", "k", "--memory", size));
    assertOneLine("--memory");
  }

  @Test
  void imagesListsWhatThereIs() {
    assertEquals(ExitStatus.OK, run("images"));
    assertTrue(printed().startsWith("grain          built in    our own"), printed());
    assertTrue(printed().contains("debian         not cached  Debian's"), printed());
  }

  @Test
  void theImageThatIsBuiltInCannotBeFetched() {
    assertEquals(ExitStatus.FAILURE, run("images", "fetch", "grain"));
    assertOneLine("part of the program");
  }

  @Test
  void thePathOfAnImageThatIsNotCachedSaysHowToGetIt() {
    assertEquals(ExitStatus.FAILURE, run("images", "path", "debian"));
    assertOneLine("hourglass images fetch debian");
  }
}
