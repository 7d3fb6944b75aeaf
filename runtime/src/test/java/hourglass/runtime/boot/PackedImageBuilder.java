package hourglass.runtime.boot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * Makes small bzImages that carry a compressed kernel, as the kernel's build makes large ones.
 *
 * <p>Unless told otherwise the kernel is relocatable, prefers to run where it is linked, and the
 * header announces all the memory it takes.
 */
final class PackedImageBuilder {
  /** Where the kernel is linked to run. */
  static final int LINKED = 0x20_0000;

  /** Its second segment. */
  static final int DATA = 0x20_8000;

  static final int DATA_IN_FILE = 100;
  static final int DATA_IN_MEMORY = 0x3000;

  /** The compressed kernel's place in the protected-mode part. */
  private static final int PAYLOAD_OFFSET = 0x40;

  private int version = 0x20F;
  private byte[] payload;
  private int initSize = DATA + DATA_IN_MEMORY - LINKED;
  private boolean relocatable = true;

  private PackedImageBuilder(byte[] payload) {
    this.payload = payload;
  }

  /** An image around a payload that is packed already. */
  static PackedImageBuilder around(byte[] payload) {
    return new PackedImageBuilder(payload);
  }

  /** An image of some content, in one of the formats. */
  static PackedImageBuilder of(PackedFormat format, byte[] content) throws IOException {
    return around(pack(format, content));
  }

  PackedImageBuilder version(int value) {
    version = value;
    return this;
  }

  PackedImageBuilder initSize(int bytes) {
    initSize = bytes;
    return this;
  }

  PackedImageBuilder notRelocatable() {
    relocatable = false;
    return this;
  }

  byte[] build() {
    final ImageBuilder image = ImageBuilder.bzImage(version, PAYLOAD_OFFSET + payload.length + 16);
    final ByteBuffer bytes = image.bytes;
    bytes.position(ImageBuilder.SETUP + PAYLOAD_OFFSET).put(payload);
    bytes.put(0x201, (byte) 0x6A);
    bytes.putInt(0x230, 0x10_0000);
    bytes.put(0x234, (byte) (relocatable ? 1 : 0));
    bytes.putInt(0x248, PAYLOAD_OFFSET);
    bytes.putInt(0x24C, payload.length);
    bytes.putLong(0x258, LINKED);
    bytes.putInt(0x260, initSize);
    return image.build();
  }

  /** A kernel: code, data with a bss, and what follows the ELF file of a relocatable one. */
  static byte[] kernel() {
    final byte[] elf = elf().build();
    return Arrays.copyOf(elf, elf.length + 64);
  }

  static ElfBuilder elf() {
    return new ElfBuilder()
        .entry(LINKED)
        .segment(LINKED, 0xC000_0000 + LINKED, code(), code().length)
        .segment(DATA, 0xC000_0000 + DATA, data(), DATA_IN_MEMORY);
  }

  /** Bytes that the x86 filter of xz changes: calls. */
  static byte[] code() {
    final ByteBuffer code = ByteBuffer.allocate(500).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; code.remaining() >= 5; i++) {
      code.put((byte) 0xE8).putInt(i * 7);
    }
    return code.array();
  }

  static byte[] data() {
    final byte[] data = new byte[DATA_IN_FILE];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * i + 1);
    }
    return data;
  }

  static byte[] pack(PackedFormat format, byte[] content) throws IOException {
    final FilterOptions[] filters = {new X86Options(), smallDictionary()};
    final byte[] packed =
        switch (format) {
          case GZIP -> through(GZIPOutputStream::new, content);
          case BZIP2 -> through(out -> new BZip2CompressorOutputStream(out, 1), content);
          case LZMA -> through(out -> new LZMAOutputStream(out, smallDictionary(), -1), content);
          case XZ -> through(out -> new XZOutputStream(out, filters, XZ.CHECK_CRC32), content);
          case LZ4 -> lz4(content);
        };
    return format == PackedFormat.GZIP
        ? packed
        : concatenation(packed, littleEndian(content.length));
  }

  private static LZMA2Options smallDictionary() throws IOException {
    final LZMA2Options options = new LZMA2Options();
    options.setDictSize(1 << 16);
    return options;
  }

  /** A legacy frame of two blocks. */
  private static byte[] lz4(byte[] content) throws IOException {
    final int half = content.length / 2;
    final byte[] first = lz4Block(Arrays.copyOf(content, half));
    final byte[] second = lz4Block(Arrays.copyOfRange(content, half, content.length));
    return concatenation(littleEndian(0x184C2102), first, second);
  }

  private static byte[] lz4Block(byte[] content) throws IOException {
    final byte[] block = through(BlockLZ4CompressorOutputStream::new, content);
    return concatenation(littleEndian(block.length), block);
  }

  /** Makes the stream that packs. */
  private interface Packer {
    OutputStream open(OutputStream out) throws IOException;
  }

  private static byte[] through(Packer packer, byte[] content) throws IOException {
    final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.open(packed)) {
      out.write(content);
    }
    return packed.toByteArray();
  }

  private static byte[] concatenation(byte[]... parts) {
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** Opens an image and puts it into a machine. */
  static Bootable install(Installed machine, byte[] image, String commandLine, Decompressor by)
      throws BootException {
    final Bootable kernel =
        Kernels.open(
            new BootFile("vmlinuz", image),
            Optional.of(new BootFile("initrd.img", new byte[5000])),
            commandLine,
            by,
            UnpackedCache.none());
    kernel.install(machine, machine.state);
    return kernel;
  }
}
