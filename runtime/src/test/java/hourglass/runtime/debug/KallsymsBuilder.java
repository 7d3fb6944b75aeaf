package hourglass.runtime.debug;

import hourglass.translator.cpu.Ram;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the tables behind {@code /proc/kallsyms} as kernels of different ages have them. The token
 * table has the printable characters as themselves, and a few longer tokens in places that no
 * character takes.
 */
final class KallsymsBuilder {
  /** The ages. */
  enum Layout {
    /** Up to 4.5: absolute addresses. */
    ABSOLUTE,
    /** 4.6 to 6.1: offsets to a base. */
    RELATIVE,
    /** 6.2, 6.3 and later versions of 6.1: further, the order of the names. */
    RELATIVE_WITH_ORDER,
    /** From 6.4: offsets, base and order last. */
    RELATIVE_LAST
  }

  private static final List<String> LONG_TOKENS = List.of("sys_", "init", "Tsys_", "__");

  private final List<Symbol> symbols;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private KallsymsBuilder(List<Symbol> symbols) {
    this.symbols = symbols;
  }

  /** The tables; their length is a multiple of 4. */
  static byte[] build(Layout layout, List<Symbol> symbols) {
    final KallsymsBuilder builder = new KallsymsBuilder(symbols);
    builder.write(layout);
    return builder.bytes.toByteArray();
  }

  private void write(Layout layout) {
    final int base = symbols.getFirst().address();
    switch (layout) {
      case ABSOLUTE -> symbols.forEach(symbol -> word(symbol.address()));
      case RELATIVE, RELATIVE_WITH_ORDER -> offsets(base);
      case RELATIVE_LAST -> word(0x12345678); // whatever is in front
      default -> throw new IllegalArgumentException(layout.name());
    }
    word(symbols.size());
    names();
    if (layout == Layout.RELATIVE_WITH_ORDER) {
      order();
    }
    tokens();
    if (layout == Layout.RELATIVE_LAST) {
      offsets(base);
      order();
    }
  }

  private void offsets(int base) {
    symbols.forEach(symbol -> word(symbol.address() - base));
    word(base);
  }

  private void names() {
    final ByteArrayOutputStream names = new ByteArrayOutputStream();
    final ByteArrayOutputStream markers = new ByteArrayOutputStream();
    for (int i = 0; i < symbols.size(); i++) {
      if (i % 256 == 0) {
        markers.writeBytes(word4(names.size()));
      }
      final byte[] compressed = compress("T" + symbols.get(i).name());
      if (compressed.length >= 0x80) {
        names.write(compressed.length & 0x7F | 0x80);
        names.write(compressed.length >> 7);
      } else {
        names.write(compressed.length);
      }
      names.writeBytes(compressed);
    }
    bytes.writeBytes(names.toByteArray());
    align();
    bytes.writeBytes(markers.toByteArray());
  }

  private static byte[] compress(String name) {
    final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    int at = 0;
    while (at < name.length()) {
      int token = name.charAt(at);
      int length = 1;
      for (int i = 0; i < LONG_TOKENS.size(); i++) {
        if (name.startsWith(LONG_TOKENS.get(i), at) && LONG_TOKENS.get(i).length() > length) {
          token = i + 1;
          length = LONG_TOKENS.get(i).length();
        }
      }
      compressed.write(token);
      at += length;
    }
    return compressed.toByteArray();
  }

  private void order() {
    for (int i = symbols.size() - 1; i >= 0; i--) {
      bytes.write(i >> 16);
      bytes.write(i >> 8);
      bytes.write(i);
    }
    align();
  }

  private void tokens() {
    final ByteArrayOutputStream index = new ByteArrayOutputStream();
    final int start = bytes.size();
    for (int token = 0; token < 256; token++) {
      final int offset = bytes.size() - start;
      index.write(offset);
      index.write(offset >> 8);
      bytes.writeBytes((token(token) + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    align();
    bytes.writeBytes(index.toByteArray());
  }

  private static String token(int token) {
    if (token >= 1 && token <= LONG_TOKENS.size()) {
      return LONG_TOKENS.get(token - 1);
    }
    return token > ' ' && token < 0x7F ? String.valueOf((char) token) : "tok" + token;
  }

  private void align() {
    while (bytes.size() % 4 != 0) {
      bytes.write(0);
    }
  }

  private void word(int value) {
    bytes.writeBytes(word4(value));
  }

  private static byte[] word4(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** RAM that holds some bytes from address 0 on. */
  static Ram ram(byte[] memory) {
    final Ram ram = Ram.of(memory.length + 3 & -4);
    ram.copyIn(0, memory, 0, memory.length);
    return ram;
  }
}
