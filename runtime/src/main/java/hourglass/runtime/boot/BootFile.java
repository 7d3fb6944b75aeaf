package hourglass.runtime.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that takes part in a boot, wholly in memory, and little-endian access to it.
 *
 * @param name what messages call it: the path it was read from
 * @param bytes its contents, not to be changed
 */
public record BootFile(String name, byte[] bytes) {
  /**
   * Reads a file.
   *
   * @param what what the file is to the user, for messages: "kernel", "initrd"
   * @throws BootException where it is missing, no plain file, unreadable or empty
   */
  public static BootFile read(Path path, String what) throws BootException {
    final byte[] bytes;
    try {
      if (!Files.exists(path)) {
        throw new BootException(what + " " + path + ": no such file");
      }
      if (!Files.isRegularFile(path)) {
        throw new BootException(what + " " + path + ": not a plain file");
      }
      if (Files.size(path) > Integer.MAX_VALUE - 8) {
        throw new BootException(what + " " + path + ": larger than 2 GiB");
      }
      bytes = Files.readAllBytes(path);
    } catch (AccessDeniedException e) {
      throw new BootException(what + " " + path + ": permission denied", e);
    } catch (IOException e) {
      throw new BootException(what + " " + path + ": cannot be read: " + oneLine(e), e);
    }
    if (bytes.length == 0) {
      throw new BootException(what + " " + path + ": empty file");
    }
    return new BootFile(path.toString(), bytes);
  }

  private static String oneLine(IOException e) {
    final String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
  }

  /** The file's length in bytes. */
  int length() {
    return bytes.length;
  }

  /** Whether {@code size} bytes at {@code offset} lie inside the file. */
  boolean has(long offset, long size) {
    return offset >= 0 && size >= 0 && offset + size <= bytes.length;
  }

  int u8(int offset) {
    return bytes[offset] & 0xFF;
  }

  int u16(int offset) {
    return view().getShort(offset) & 0xFFFF;
  }

  long u32(int offset) {
    return view().getInt(offset) & 0xFFFF_FFFFL;
  }

  long u64(int offset) {
    return view().getLong(offset);
  }

  private ByteBuffer view() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** An exception about this file. */
  BootException bad(String why) {
    return new BootException(name + ": " + why);
  }
}
