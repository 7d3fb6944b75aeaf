package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DebArchiveTest {
  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("some.deb"), bytes);
  }

  private static byte[] kernelPackage() throws IOException {
    return new DebBuilder()
        .file("./boot/config-1", "config")
        .file("./boot/vmlinuz-1", "kernel")
        .build();
  }

  @Test
  void takesTheFileWhosePathMatches() throws Exception {
    final byte[] kernel = DebArchive.extract(write(kernelPackage()), "boot/vmlinuz-.*");
    assertEquals("kernel", new String(kernel, StandardCharsets.UTF_8));
  }

  @Test
  void matchesTheWholePath() throws Exception {
    final Path deb = write(kernelPackage());
    assertThrows(ImageException.class, () -> DebArchive.extract(deb, "boot/vmlinuz"));
  }

  @Test
  void saysThatAFileIsMissing() throws Exception {
    final Path deb = write(kernelPackage());
    final var e = assertThrows(ImageException.class, () -> DebArchive.extract(deb, "boot/other"));
    assertEquals("package some.deb has no file like boot/other", e.getMessage());
  }

  @Test
  void refusesACompressionItCannotRead() throws Exception {
    final Path deb = write(new DebBuilder().file("./x", "x").dataName("data.tar.zst").build());
    final var e = assertThrows(ImageException.class, () -> DebArchive.extract(deb, "x"));
    assertEquals("package some.deb: cannot decompress its data.tar.zst", e.getMessage());
  }

  @Test
  void aPackageCutOffAnywhereGivesOneLineAndNoFile() throws Exception {
    final byte[] whole = new DebBuilder().file("./boot/vmlinuz-1", "kernel".repeat(2000)).build();
    for (int length = 0; length < whole.length - 100; length += 7) {
      final Path deb = write(Arrays.copyOf(whole, length));
      try {
        final byte[] kernel = DebArchive.extract(deb, "boot/vmlinuz-.*");
        assertEquals(12000, kernel.length, "a package cut to " + length + " bytes gave a part");
      } catch (ImageException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }
}
