package hourglass.runtime.vectors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A file of tests captured from a real 16-bit processor: nested chunks, each with a type of four
 * ASCII characters and a length.
 */
final class MooFile {
  /** The registers' names, in the order of their bits in a register mask. */
  static final List<String> REGISTERS =
      List.of(
          "ax", "bx", "cx", "dx", "cs", "ss", "ds", "es", "sp", "bp", "si", "di", "ip", "flags");

  /**
   * Registers and memory.
   *
   * @param registers by name; in a final state those that have changed
   * @param memory bytes by physical address
   */
  record State(Map<String, Integer> registers, Map<Integer, Integer> memory) {}

  /**
   * One captured instruction, followed by HLT.
   *
   * @param exception the vector of the exception that was raised, or -1
   */
  record Test(
      int index, String name, byte[] bytes, State before, State after, int exception, String hash) {
    @Override
    public String toString() {
      return "#%d %s [%s]".formatted(index, name, HexFormat.of().formatHex(bytes));
    }
  }

  private MooFile() {}

  /** Reads the tests of a compressed file. */
  static List<Test> read(Path file) throws IOException {
    final List<Test> tests = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      final ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        final String type = type(bytes);
        final ByteBuffer chunk = chunk(bytes);
        if (type.equals("TEST")) {
          tests.add(test(chunk));
        }
      }
    }
    return tests;
  }

  private static String type(ByteBuffer bytes) {
    return text(bytes, 4);
  }

  private static String text(ByteBuffer bytes, int length) {
    final byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static ByteBuffer chunk(ByteBuffer bytes) {
    final int length = bytes.getInt();
    final ByteBuffer chunk = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + length);
    return chunk;
  }

  private static Test test(ByteBuffer bytes) {
    final int index = bytes.getInt();
    String name = "";
    byte[] code = {};
    State before = null;
    State after = null;
    int exception = -1;
    String hash = "";
    while (bytes.hasRemaining()) {
      final String type = type(bytes);
      final ByteBuffer chunk = chunk(bytes);
      switch (type) {
        case "NAME" -> name = text(chunk, chunk.getInt());
        case "BYTS" -> {
          code = new byte[chunk.getInt()];
          chunk.get(code);
        }
        case "INIT" -> before = state(chunk);
        case "FINA" -> after = state(chunk);
        case "EXCP" -> exception = chunk.get() & 0xFF;
        case "HASH" -> {
          final byte[] digest = new byte[chunk.remaining()];
          chunk.get(digest);
          hash = HexFormat.of().formatHex(digest);
        }
        default -> {
          // what is not needed here: bus cycles, prefetch queue
        }
      }
    }
    return new Test(index, name, code, before, after, exception, hash);
  }

  private static State state(ByteBuffer bytes) {
    final Map<String, Integer> registers = new LinkedHashMap<>();
    final Map<Integer, Integer> memory = new LinkedHashMap<>();
    while (bytes.hasRemaining()) {
      final String type = type(bytes);
      final ByteBuffer chunk = chunk(bytes);
      if (type.equals("REGS")) {
        final int mask = chunk.getShort();
        for (int i = 0; i < REGISTERS.size(); i++) {
          if ((mask >>> i & 1) != 0) {
            registers.put(REGISTERS.get(i), chunk.getShort() & 0xFFFF);
          }
        }
      } else if (type.equals("RAM ")) {
        for (int left = chunk.getInt(); left > 0; left--) {
          final int address = chunk.getInt();
          memory.put(address, chunk.get() & 0xFF);
        }
      }
    }
    return new State(registers, memory);
  }
}
