package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedCacheTest {
  private static final byte[] KERNEL = {1, 2, 3, 4, 5};

  @TempDir private Path folder;

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  /** Boots an image whose kernel is packed, and leaves in the cache what it unpacks to. */
  private byte[] boot(byte[] image) throws Exception {
    final Installed machine = Installed.empty(16);
    Kernels.open(
            new BootFile("kernel", image),
            Optional.empty(),
            "nokaslr",
            Decompressor.HOST,
            UnpackedCache.in(folder))
        .install(machine, machine.state);
    final int begin = PackedImageBuilder.LINKED;
    return machine.ram().bytes(begin, PackedImageBuilder.code().length);
  }

  @Test
  void whatHasBeenKeptIsFound() {
    UnpackedCache.in(folder).keep("kernel", KERNEL);
    assertArrayEquals(KERNEL, UnpackedCache.in(folder).find("kernel").orElseThrow());
    assertTrue(UnpackedCache.in(folder).find("other").isEmpty(), "nobody kept that");
  }

  @Test
  void theSecondBootTakesTheKernelThatTheFirstKept() throws Exception {
    final byte[] image =
        PackedImageBuilder.of(PackedFormat.GZIP, PackedImageBuilder.kernel()).build();
    assertArrayEquals(PackedImageBuilder.code(), boot(image), "first boot");
    final Path kept = files().getFirst();
    final byte[] other = PackedImageBuilder.kernel();
    final int entry = indexOf(other, PackedImageBuilder.code());
    other[entry] ^= 1;
    UnpackedCache.in(folder).keep(kept.getFileName().toString(), other);
    final byte[] expected = PackedImageBuilder.code();
    expected[0] ^= 1;
    assertArrayEquals(expected, boot(image), "second boot, of what has been kept");
  }

  @Test
  void aDamagedFileCountsAsNone() throws Exception {
    UnpackedCache.in(folder).keep("kernel", KERNEL);
    final byte[] bytes = Files.readAllBytes(folder.resolve("kernel"));
    for (int length = 0; length < bytes.length; length++) {
      Files.write(folder.resolve("kernel"), Arrays.copyOf(bytes, length));
      assertTrue(UnpackedCache.in(folder).find("kernel").isEmpty(), "cut to " + length);
    }
    bytes[2] ^= 8;
    Files.write(folder.resolve("kernel"), bytes);
    assertTrue(UnpackedCache.in(folder).find("kernel").isEmpty(), "a bit has turned");
  }

  @Test
  void theKernelsUsedLongestAgoGoFirst() throws Exception {
    for (int i = 0; i < 8; i++) {
      UnpackedCache.in(folder).keep("kernel" + i, KERNEL);
      Files.setLastModifiedTime(folder.resolve("kernel" + i), FileTime.fromMillis(1000 + i));
    }
    UnpackedCache.in(folder).find("kernel0");
    UnpackedCache.in(folder).keep("new", KERNEL);
    assertEquals(8, files().size());
    assertFalse(Files.exists(folder.resolve("kernel1")), "used longest ago");
    assertTrue(Files.exists(folder.resolve("kernel0")), "used just now");
  }

  @Test
  void whereNoFolderCanBeMadeNothingIsKept() throws Exception {
    final Path file = Files.write(folder.resolve("file"), KERNEL);
    final UnpackedCache cache = UnpackedCache.in(file.resolve("unpacked"));
    cache.keep("kernel", KERNEL);
    assertTrue(cache.find("kernel").isEmpty());
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }
}
