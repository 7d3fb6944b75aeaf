package hourglass.runtime.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Unpacked kernels in a folder, from one run to the next: unpacking one takes as long as a tenth of
 * its boot. A file is named after the SHA-256 of what is packed, and ends with the CRC-32C of what
 * comes before it; one that is cut short or damaged counts as none.
 *
 * <p>Where the folder cannot be read or written, nothing is kept, and each run unpacks anew.
 */
public final class UnpackedCache {
  /** How many kernels are kept; those used longest ago go first. */
  private static final int MOST = 8;

  private static final int CHECKSUM_SIZE = Integer.BYTES;

  private final Optional<Path> folder;

  private UnpackedCache(Optional<Path> folder) {
    this.folder = folder;
  }

  /** A cache that keeps nothing. */
  public static UnpackedCache none() {
    return new UnpackedCache(Optional.empty());
  }

  /** A cache in a folder, which is made when it is first needed. */
  public static UnpackedCache in(Path folder) {
    return new UnpackedCache(Optional.of(folder));
  }

  /** The name under which some packed bytes are kept unpacked. */
  static String nameOf(byte[] bytes, int start, int length) {
    try {
      final MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, start, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What has been kept under a name. */
  Optional<byte[]> find(String name) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    final Path file = folder.get().resolve(name);
    try {
      final byte[] kept = Files.readAllBytes(file);
      final int size = kept.length - CHECKSUM_SIZE;
      if (size < 0 || ByteBuffer.wrap(kept, size, CHECKSUM_SIZE).getInt() != checksum(kept, size)) {
        return Optional.empty();
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return Optional.of(Arrays.copyOf(kept, size));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps what some bytes have been unpacked to. */
  void keep(String name, byte[] unpacked) {
    if (folder.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(folder.get());
      final Path work = folder.get().resolve(".new-" + UUID.randomUUID());
      try {
        final ByteBuffer content = ByteBuffer.allocate(unpacked.length + CHECKSUM_SIZE);
        content.put(unpacked).putInt(checksum(unpacked, unpacked.length));
        Files.write(work, content.array());
        Files.move(work, folder.get().resolve(name), StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(work);
      }
      dropOldest(folder.get());
    } catch (IOException | UncheckedIOException e) {
      // The kernel is there, unpacked; the next run has the work again.
    }
  }

  private static void dropOldest(Path folder) throws IOException {
    final List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted(Comparator.comparing(UnpackedCache::lastUse)).toList();
    }
    for (Path file : files.subList(0, Math.max(0, files.size() - MOST))) {
      Files.deleteIfExists(file);
    }
  }

  private static FileTime lastUse(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (NoSuchFileException e) {
      return FileTime.fromMillis(0); // another run has dropped it
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int checksum(byte[] bytes, int length) {
    final CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}
