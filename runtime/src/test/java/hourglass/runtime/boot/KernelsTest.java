package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelsTest {
  @TempDir Path folder;

  private static String messageOf(Path kernel, Optional<Path> initrd) {
    return assertThrows(BootException.class, () -> Kernels.open(kernel, initrd, "")).getMessage();
  }

  @Test
  void aMissingKernelGivesOneLine() {
    final Path kernel = folder.resolve("none");
    assertEquals("kernel " + kernel + ": no such file", messageOf(kernel, Optional.empty()));
  }

  @Test
  void aFolderGivesOneLine() {
    assertEquals("kernel " + folder + ": not a plain file", messageOf(folder, Optional.empty()));
  }

  @Test
  void anEmptyKernelGivesOneLine() throws Exception {
    final Path kernel = Files.createFile(folder.resolve("empty"));
    assertEquals("kernel " + kernel + ": empty file", messageOf(kernel, Optional.empty()));
  }

  @Test
  void anUnreadableKernelGivesOneLine() throws Exception {
    final Path kernel = Files.writeString(folder.resolve("secret"), "x");
    Files.setPosixFilePermissions(kernel, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(kernel), "this user may read everything");
    assertEquals("kernel " + kernel + ": permission denied", messageOf(kernel, Optional.empty()));
  }

  @Test
  void aMissingInitrdGivesOneLine() throws Exception {
    final Path kernel = folder.resolve("vmlinuz");
    Files.write(kernel, ImageBuilder.bzImage(0x20F, 0x1000).build());
    final Path initrd = folder.resolve("none");
    assertEquals("initrd " + initrd + ": no such file", messageOf(kernel, Optional.of(initrd)));
  }

  @Test
  void randomBytesAreNoKernel() {
    final Random random = new Random(20);
    for (int i = 0; i < 200; i++) {
      final byte[] bytes = new byte[1 + random.nextInt(20000)];
      random.nextBytes(bytes);
      final var e =
          assertThrows(
              BootException.class, () -> Installed.open(bytes, Optional.empty(), ""), "round " + i);
      assertEquals(
          "vmlinuz: not a Linux bzImage or zImage, nor an i386 ELF or Multiboot kernel",
          e.getMessage());
    }
  }

  @Test
  void damagedHeadersGiveOneLineAndNothingElse() {
    final byte[][] kernels = {
      ImageBuilder.bzImage(0x20F, 0x1000).build(),
      new ElfBuilder().entry(0x100000).segment(0x100000, 0, new byte[16], 32).symbol("a", 1).build()
    };
    final Random random = new Random(21);
    final Installed machine = Installed.empty(16);
    for (int i = 0; i < 4000; i++) {
      final byte[] bytes = kernels[i % 2].clone();
      final int from = i % 2 == 0 ? 0x1F1 : 4;
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[from + random.nextInt(0x80)] = (byte) random.nextInt();
      }
      try {
        Installed.open(bytes, Optional.of(new byte[100]), "x").install(machine, machine.state);
      } catch (BootException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  @Test
  void aZeroByteInTheCommandLineIsRefused() {
    final byte[] kernel = ImageBuilder.bzImage(0x20F, 0x1000).build();
    assertThrows(BootException.class, () -> Installed.open(kernel, Optional.empty(), "a\0b"));
  }
}
