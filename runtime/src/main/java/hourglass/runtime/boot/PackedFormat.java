package hourglass.runtime.boot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The compressed formats of kernels that the host unpacks (Linux documentation, "The Linux/x86 Boot
 * Protocol", field payload_offset). Two that Linux knows as well are missing: for zstd and LZO
 * there is no library without native code.
 */
enum PackedFormat {
  GZIP("gzip", "1f8b", 0) {
    @Override
    InputStream open(ByteArrayInputStream packed) throws IOException {
      return new GZIPInputStream(packed, 1 << 16);
    }
  },
  BZIP2("bzip2", "425a68", PackedFormat.SIZE_FIELD) {
    @Override
    InputStream open(ByteArrayInputStream packed) throws IOException {
      return new BZip2CompressorInputStream(packed);
    }
  },
  LZMA("lzma", "5d0000", PackedFormat.SIZE_FIELD) {
    @Override
    InputStream open(ByteArrayInputStream packed) throws IOException {
      return new LZMAInputStream(packed, DICTIONARY_LIMIT_KIB);
    }
  },
  XZ("xz", "fd377a585a00", PackedFormat.SIZE_FIELD) {
    @Override
    InputStream open(ByteArrayInputStream packed) throws IOException {
      return new SingleXZInputStream(packed, DICTIONARY_LIMIT_KIB);
    }
  },
  LZ4("lz4", "02214c18", PackedFormat.SIZE_FIELD) {
    @Override
    InputStream open(ByteArrayInputStream packed) {
      packed.skip(4); // the magic number
      return new SequenceInputStream(new Lz4Blocks(packed));
    }
  };

  /** Bytes of the size that the kernel's build appends where a format does not end with it. */
  private static final int SIZE_FIELD = 4;

  /** The kernel's build asks for at most 64 MiB; beyond this a header is taken for damaged. */
  private static final int DICTIONARY_LIMIT_KIB = 160 << 10;

  private final String text;
  private final byte[] magic;
  private final int trailer;

  PackedFormat(String text, String magic, int trailer) {
    this.text = text;
    this.magic = HexFormat.of().parseHex(magic);
    this.trailer = trailer;
  }

  /** The format of what begins at {@code start}, by its magic number. */
  static Optional<PackedFormat> of(byte[] bytes, int start) {
    return Arrays.stream(values())
        .filter(format ->
            bytes.length - start >= format.magic.length
                && Arrays.mismatch(
                        bytes,
                        start,
                        start + format.magic.length,
                        format.magic,
                        0,
                        format.magic.length)
                    < 0)
        .findFirst();
  }

  /** What people call it. */
  String text() {
    return text;
  }

  /** Bytes behind the packed data that do not belong to it. */
  int trailer() {
    return trailer;
  }

  /**
   * A stream that unpacks.
   *
   * @throws IOException where the packed data's header is damaged
   */
  abstract InputStream open(ByteArrayInputStream packed) throws IOException;

  /**
   * The blocks of lz4's legacy frame, which alone the kernel understands: each is its packed size
   * in 32 bits, then that many bytes (LZ4 Frame Format Description, "Legacy frame").
   */
  private static final class Lz4Blocks implements Enumeration<InputStream> {
    private final ByteArrayInputStream packed;

    Lz4Blocks(ByteArrayInputStream packed) {
      this.packed = packed;
    }

    @Override
    public boolean hasMoreElements() {
      return packed.available() > 4;
    }

    /** A size beyond the end gives a block that ends early, which its reader notices. */
    @Override
    public InputStream nextElement() {
      if (!hasMoreElements()) {
        throw new NoSuchElementException();
      }
      long size = 0;
      for (int shift = 0; shift < 32; shift += 8) {
        size |= (long) packed.read() << shift;
      }
      final byte[] block = new byte[(int) Math.min(size, packed.available())];
      packed.readNBytes(block, 0, block.length);
      return new BlockLZ4CompressorInputStream(new ByteArrayInputStream(block));
    }
  }
}
