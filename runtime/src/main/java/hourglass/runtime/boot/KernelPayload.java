package hourglass.runtime.boot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The compressed kernel in a bzImage. Its last four bytes are its unpacked size: gzip ends with it,
 * and to the other formats the kernel's build appends it.
 *
 * @param file the bzImage
 * @param start where the payload begins in the file
 * @param length its bytes
 * @param format how it is packed
 */
record KernelPayload(BootFile file, int start, int length, PackedFormat format) {
  private static final int SMALLEST = 16;

  /** The payload, if it lies in the file and its format is one the host unpacks. */
  static Optional<KernelPayload> find(BootFile file, long start, long length) {
    if (length < SMALLEST || !file.has(start, length)) {
      return Optional.empty();
    }
    return PackedFormat.of(file.bytes(), (int) start)
        .map(format -> new KernelPayload(file, (int) start, (int) length, format));
  }

  /** Bytes it unpacks to, as it announces. */
  private long unpackedSize() {
    return file.u32(start + length - 4);
  }

  /**
   * Unpacks it.
   *
   * @param limit the largest size to unpack to
   * @return what was packed, to be read as a file
   * @throws BootException where the payload is damaged or larger than {@code limit}
   */
  BootFile unpack(long limit) throws BootException {
    final long size = unpackedSize();
    if (size > limit) {
      throw damaged("announces " + size + " bytes, more than there is memory");
    }
    return named(unpacked(size));
  }

  /** As {@link #unpack(long)}, unless it has been unpacked and kept before. */
  BootFile unpack(long limit, UnpackedCache cache) throws BootException {
    final String name = UnpackedCache.nameOf(file.bytes(), start, length);
    final Optional<byte[]> kept = cache.find(name).filter(bytes -> bytes.length <= limit);
    if (kept.isPresent()) {
      return named(kept.get());
    }
    final BootFile unpacked = unpack(limit);
    cache.keep(name, unpacked.bytes());
    return unpacked;
  }

  private BootFile named(byte[] unpacked) {
    return new BootFile("kernel packed in " + file.name(), unpacked);
  }

  private byte[] unpacked(long size) throws BootException {
    final byte[] unpacked;
    try (InputStream in =
        format.open(new ByteArrayInputStream(file.bytes(), start, length - format.trailer()))) {
      unpacked = in.readNBytes((int) size); // grows with what there is, not with what is announced
      if (unpacked.length < size) {
        throw damaged("unpacks to " + unpacked.length + " bytes instead of " + size);
      }
      // The end is where checksums are compared.
      if (in.read() >= 0) {
        throw damaged("unpacks to more than the " + size + " bytes it announces");
      }
    } catch (IOException | RuntimeException e) {
      // The libraries promise an IOException for damaged data, not that they check all of it first.
      throw damaged("does not unpack", e);
    } catch (OutOfMemoryError e) {
      throw damaged("takes more memory to unpack than the JVM has", e);
    }
    return unpacked;
  }

  private BootException damaged(String why) {
    return file.bad("compressed kernel is damaged: its " + format.text() + " data " + why);
  }

  private BootException damaged(String why, Throwable cause) {
    return new BootException(damaged(why).getMessage(), cause);
  }
}
