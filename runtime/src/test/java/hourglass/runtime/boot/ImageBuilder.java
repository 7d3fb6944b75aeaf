package hourglass.runtime.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes small kernels for tests: one setup sector, and a protected-mode part whose first byte is
 * 0xF4.
 */
final class ImageBuilder {
  static final int SETUP = 1024;

  final ByteBuffer bytes;

  private ImageBuilder(int payload) {
    bytes = ByteBuffer.allocate(SETUP + payload).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(SETUP, (byte) 0xF4);
  }

  /** A bzImage of a protocol version, with a protected-mode part of some size and no demands. */
  static ImageBuilder bzImage(int version, int payload) {
    final ImageBuilder image = new ImageBuilder(payload);
    image.bytes.put(0x1F1, (byte) 1);
    if (version >= 0x204) {
      image.bytes.putInt(0x1F4, (payload + 15) / 16);
    } else {
      image.bytes.putShort(0x1F4, (short) ((payload + 15) / 16));
    }
    image.bytes.putShort(0x1FE, (short) 0xAA55);
    image.bytes.put(0x200, (byte) 0xEB);
    image.bytes.put(0x201, (byte) (headerEnd(version) - 0x202));
    image.bytes.putInt(0x202, 0x53726448);
    image.bytes.putShort(0x206, (short) version);
    image.bytes.put(0x211, (byte) 1);
    image.bytes.putInt(0x214, 0x100000);
    if (version >= 0x203) {
      image.bytes.putInt(0x22C, 0x37FF_FFFF);
    }
    if (version >= 0x206) {
      image.bytes.putInt(0x238, 2047);
    }
    if (version >= 0x20A) {
      image.bytes.putLong(0x258, 0x100000);
      image.bytes.putInt(0x260, payload);
    }
    return image;
  }

  static ImageBuilder zImage(int version, int payload) {
    final ImageBuilder image = bzImage(version, payload);
    image.bytes.put(0x211, (byte) 0);
    image.bytes.putInt(0x214, 0x1000);
    return image;
  }

  private static int headerEnd(int version) {
    if (version < 0x201) {
      return 0x224;
    } else if (version < 0x202) {
      return 0x226;
    } else if (version < 0x203) {
      return 0x22C;
    } else if (version < 0x20A) {
      return 0x230;
    }
    return 0x26C;
  }

  byte[] build() {
    return bytes.array();
  }
}
