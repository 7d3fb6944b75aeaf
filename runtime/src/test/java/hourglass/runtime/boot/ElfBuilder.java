package hourglass.runtime.boot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes small ELF files for tests: header, program headers, section headers, then segments in
 * order.
 */
public final class ElfBuilder {
  private record Segment(int physical, int virtual, byte[] bytes, int memorySize) {}

  private record NamedValue(String name, int value) {}

  private final List<Segment> segments = new ArrayList<>();
  private final List<NamedValue> symbols = new ArrayList<>();
  private int entry;
  private int machine = 3;

  ElfBuilder entry(int address) {
    entry = address;
    return this;
  }

  ElfBuilder machine(int number) {
    machine = number;
    return this;
  }

  ElfBuilder segment(int physical, int virtual, byte[] bytes, int memorySize) {
    segments.add(new Segment(physical, virtual, bytes, memorySize));
    return this;
  }

  /** Adds a defined symbol. */
  public ElfBuilder symbol(String name, int value) {
    symbols.add(new NamedValue(name, value));
    return this;
  }

  /** The file; it ends with the last byte of the last segment. */
  public byte[] build() {
    final ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.write(0);
    final ByteBuffer table = allocate(16 * (symbols.size() + 1));
    for (int i = 0; i < symbols.size(); i++) {
      final int at = 16 * (i + 1);
      table.putInt(at, names.size());
      table.putInt(at + 4, symbols.get(i).value());
      table.put(at + 12, (byte) 0x12);
      table.putShort(at + 14, (short) 1);
      names.writeBytes((symbols.get(i).name() + "\0").getBytes(StandardCharsets.UTF_8));
    }
    final int sections = symbols.isEmpty() ? 0 : 3;
    final int sectionHeaders = 52 + 32 * segments.size();
    final int symbolTable = sectionHeaders + 40 * sections;
    final int stringTable = symbolTable + (sections == 0 ? 0 : table.capacity());
    int data = stringTable + (sections == 0 ? 0 : names.size());
    final int size = data + segments.stream().mapToInt(s -> s.bytes().length).sum();
    final ByteBuffer file = allocate(size);
    header(file, sections == 0 ? 0 : sectionHeaders, sections);
    if (sections != 0) {
      section(file, sectionHeaders + 40, 2, symbolTable, table.capacity(), 2);
      section(file, sectionHeaders + 80, 3, stringTable, names.size(), 0);
      file.put(symbolTable, table.array());
      file.put(stringTable, names.toByteArray());
    }
    int at = 52;
    for (Segment segment : segments) {
      file.putInt(at, 1);
      file.putInt(at + 4, data);
      file.putInt(at + 8, segment.virtual());
      file.putInt(at + 12, segment.physical());
      file.putInt(at + 16, segment.bytes().length);
      file.putInt(at + 20, segment.memorySize());
      file.put(data, segment.bytes());
      data += segment.bytes().length;
      at += 32;
    }
    return file.array();
  }

  private void header(ByteBuffer file, int sectionHeaders, int sections) {
    file.putInt(0, 0x464C457F);
    file.put(4, (byte) 1);
    file.put(5, (byte) 1);
    file.putShort(16, (short) 2);
    file.putShort(18, (short) machine);
    file.putInt(24, entry);
    file.putInt(28, 52);
    file.putInt(32, sectionHeaders);
    file.putShort(42, (short) 32);
    file.putShort(44, (short) segments.size());
    file.putShort(46, (short) 40);
    file.putShort(48, (short) sections);
  }

  private static void section(ByteBuffer file, int at, int type, int offset, int size, int link) {
    file.putInt(at + 4, type);
    file.putInt(at + 16, offset);
    file.putInt(at + 20, size);
    file.putInt(at + 24, link);
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
