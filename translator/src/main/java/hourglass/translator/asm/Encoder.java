package hourglass.translator.asm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What lies under the instructions: bytes, labels, prefixes, ModR/M and the listing. The classes on
 * top of it have one method an instruction and little else.
 */
abstract class Encoder {
  private static final int BYTES_A_LINE = 8;

  /** Somewhere in the bytes that waits for a label's address. */
  private record Fixup(int position, int size, String label, int addend, boolean relative) {}

  /** A line of the listing; its bytes end where the next line's begin. */
  private record Line(int start, String text) {}

  private final int origin;
  private int bits = 32;
  private byte[] code = new byte[256];
  private int length;
  private final Map<String, Integer> labels = new LinkedHashMap<>();
  private final List<Fixup> fixups = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final ByteArrayOutputStream prefixes = new ByteArrayOutputStream();
  private String prefixText = "";

  Encoder(int origin) {
    this.origin = origin;
  }

  abstract Assembler self();

  // --- layout ----------------------------------------------------------------------------------

  /** What follows is code for a segment with 16-bit operands and addresses by default. */
  public Assembler bits16() {
    bits = 16;
    return self();
  }

  /**
   * What follows is code for a segment with 32-bit operands and addresses by default; so it begins.
   */
  public Assembler bits32() {
    bits = 32;
    return self();
  }

  /** The default operand size, 16 or 32. */
  int bits() {
    return bits;
  }

  /** Gives the current address a name. */
  public Assembler label(String name) {
    if (labels.put(name, address()) != null) {
      throw new IllegalStateException("label defined twice: " + name);
    }
    lines.add(new Line(length, name + ":"));
    return self();
  }

  /** Fills with zeros up to an address, which must not lie behind. */
  public Assembler org(int address) {
    if (Integer.compareUnsigned(address, address()) < 0) {
      throw new IllegalStateException("org goes back to " + number(address));
    }
    return fill("org " + number(address), address - address(), 0);
  }

  /** Fills with NOPs up to a multiple of {@code boundary}, a power of two. */
  public Assembler align(int boundary) {
    return fill("align " + boundary, -address() & boundary - 1, 0x90);
  }

  private Assembler fill(String text, int count, int value) {
    line(text);
    for (int i = 0; i < count; i++) {
      put8(value);
    }
    return self();
  }

  /** Bytes as they are. */
  public Assembler db(int... values) {
    line("db " + join(values));
    for (int value : values) {
      put8(value);
    }
    return self();
  }

  /** 16-bit words. */
  public Assembler dw(int... values) {
    line("dw " + join(values));
    for (int value : values) {
      put(value, 2);
    }
    return self();
  }

  /** 32-bit doublewords. */
  public Assembler dd(int... values) {
    line("dd " + join(values));
    for (int value : values) {
      put(value, 4);
    }
    return self();
  }

  /** A doubleword that holds the address of a label. */
  public Assembler dd(String label) {
    line("dd " + label);
    reference(label, 0, 4, false);
    return self();
  }

  /** 64-bit quadwords. */
  public Assembler dq(long... values) {
    line(
        "dq "
            + Arrays.stream(values)
                .mapToObj(v -> "0x%x".formatted(v))
                .collect(Collectors.joining(", ")));
    for (long value : values) {
      put((int) value, 4);
      put((int) (value >>> 32), 4);
    }
    return self();
  }

  /** Bytes from an array. */
  public Assembler bytes(byte[] values) {
    line("bytes (" + values.length + ")");
    for (byte value : values) {
      put8(value);
    }
    return self();
  }

  // --- what has been assembled -----------------------------------------------------------------

  /** The address of the first byte. */
  public int origin() {
    return origin;
  }

  /** The address of the next byte. */
  public int address() {
    return origin + length;
  }

  /** The address of a label, which must have been defined. */
  public int addressOf(String label) {
    final Integer address = labels.get(label);
    if (address == null) {
      throw new IllegalStateException("undefined label: " + label);
    }
    return address;
  }

  /** The code, its references to labels resolved. */
  public byte[] bytes() {
    final byte[] result = Arrays.copyOf(code, length);
    for (Fixup fixup : fixups) {
      final int end = fixup.position + fixup.size;
      final int value = addressOf(fixup.label) + fixup.addend - (fixup.relative ? origin + end : 0);
      if (fixup.relative && fixup.size == 1 && value != (byte) value) {
        throw new IllegalStateException("too far for a short branch: " + fixup.label);
      }
      for (int i = 0; i < fixup.size; i++) {
        result[fixup.position + i] = (byte) (value >>> 8 * i);
      }
    }
    return result;
  }

  /** The listing of all code: addresses, bytes, and the source as it was written. */
  public String listing() {
    return listing(origin, length);
  }

  /**
   * The listing of the lines whose address lies within {@code distance} bytes of an address; the
   * line at the address itself is marked with an arrow.
   */
  public String listing(int address, int distance) {
    final byte[] resolved = bytes();
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      final Line line = lines.get(i);
      final int end = i + 1 < lines.size() ? lines.get(i + 1).start : length;
      final int at = origin + line.start;
      if (Math.abs((long) at - address) <= distance) {
        append(text, resolved, line, end, at == address && end > line.start);
      }
    }
    return text.toString();
  }

  private void append(StringBuilder text, byte[] resolved, Line line, int end, boolean marked) {
    if (end == line.start) {
      text.append("%38s%s%n".formatted("", line.text));
      return;
    }
    final StringBuilder hex = new StringBuilder();
    for (int i = line.start; i < Math.min(end, line.start + BYTES_A_LINE); i++) {
      hex.append("%02x ".formatted(resolved[i]));
    }
    if (end - line.start > BYTES_A_LINE) {
      hex.append("..");
    }
    final String arrow = marked ? "=>" : "  ";
    text.append("%s %08x  %-26s %s%n".formatted(arrow, origin + line.start, hex, line.text));
  }

  // --- encoding --------------------------------------------------------------------------------

  /** Adds a prefix to the next instruction. */
  Assembler prefix(String name, int value) {
    prefixes.write(value);
    prefixText += name + " ";
    return self();
  }

  /** Puts a mandatory prefix, which the mnemonic tells, before the next instruction. */
  void mandatoryPrefix(int value) {
    prefixes.write(value);
  }

  /** An instruction that is its opcode. */
  Assembler plain(String name, int opcode) {
    return encode(name, 0, opcode, 0, null, null, 0);
  }

  /** An instruction that is its opcode with an operand size, 16 or 32. */
  Assembler sized(String name, int size, int opcode) {
    return encode(name, size, opcode, 0, null, null, 0);
  }

  /** An instruction with a ModR/M byte. */
  Assembler modrm(String text, int size, int opcode, int reg, Operand rm) {
    return encode(text, size, opcode, reg, rm, null, 0);
  }

  /**
   * Puts an instruction together.
   *
   * @param text what the listing says
   * @param size 16 or 32 where the operand size is to be that; else it makes no difference
   * @param opcode up to three bytes, the first one highest
   * @param reg the ModR/M reg field
   * @param rm a register or memory; null where there is no ModR/M byte
   * @param immediate null where there is none
   * @param immediateSize in bytes
   */
  Assembler encode(
      String text,
      int size,
      int opcode,
      int reg,
      Operand rm,
      Immediate immediate,
      int immediateSize) {
    line(prefixText + text);
    for (byte prefix : prefixes.toByteArray()) {
      put8(prefix);
    }
    prefixes.reset();
    prefixText = "";
    if (rm instanceof Memory memory) {
      if (memory.segment != null) {
        put8(segmentPrefix(memory.segment));
      }
      if (memory.addressSize(bits) != bits) {
        put8(0x67);
      }
    }
    if ((size == 16 || size == 32) && size != bits) {
      put8(0x66);
    }
    for (int shift = 16; shift >= 0; shift -= 8) {
      if (opcode >>> shift != 0 || shift == 0) {
        put8(opcode >>> shift);
      }
    }
    switch (rm) {
      case null -> {}
      case Register register -> put8(0xC0 | reg << 3 | register.number);
      case Memory memory when memory.addressSize(bits) == 16 -> putModrm16(reg, memory);
      case Memory memory -> putModrm32(reg, memory);
      case Immediate constant -> throw new IllegalArgumentException("not r/m: " + constant);
    }
    if (immediate != null) {
      putImmediate(immediate, immediateSize);
    }
    return self();
  }

  static int segmentPrefix(Register segment) {
    return switch (segment) {
      case ES -> 0x26;
      case CS -> 0x2E;
      case SS -> 0x36;
      case DS -> 0x3E;
      case FS -> 0x64;
      case GS -> 0x65;
      default -> throw new IllegalArgumentException("not a segment register: " + segment);
    };
  }

  private void putModrm16(int reg, Memory memory) {
    if (memory.base == null && memory.index == null) {
      put8(reg << 3 | 6);
      putDisplacement(memory, 2);
      return;
    }
    final int rm =
        switch (memory.base + (memory.index == null ? "" : "+" + memory.index)) {
          case "bx+si" -> 0;
          case "bx+di" -> 1;
          case "bp+si" -> 2;
          case "bp+di" -> 3;
          case "si" -> 4;
          case "di" -> 5;
          case "bp" -> 6;
          case "bx" -> 7;
          default -> throw new IllegalArgumentException("no such 16-bit address: " + memory);
        };
    final int size = displacementSize(memory, 2, rm == 6);
    put8(modOf(size) | reg << 3 | rm);
    putDisplacement(memory, size);
  }

  private void putModrm32(int reg, Memory memory) {
    if (memory.index == Register.ESP) {
      throw new IllegalArgumentException("ESP cannot be an index: " + memory);
    }
    if (memory.base == null && memory.index == null) {
      put8(reg << 3 | 5);
      putDisplacement(memory, 4);
    } else if (memory.base == null) {
      put8(reg << 3 | 4);
      put8(sib(memory, 5));
      putDisplacement(memory, 4);
    } else {
      final int size = displacementSize(memory, 4, memory.base == Register.EBP);
      final boolean needsSib = memory.index != null || memory.base == Register.ESP;
      put8(modOf(size) | reg << 3 | (needsSib ? 4 : memory.base.number));
      if (needsSib) {
        put8(sib(memory, memory.base.number));
      }
      putDisplacement(memory, size);
    }
  }

  private static int sib(Memory memory, int base) {
    final int index = memory.index == null ? 4 : memory.index.number;
    return Integer.numberOfTrailingZeros(memory.scale) << 6 | index << 3 | base;
  }

  private static int displacementSize(Memory memory, int full, boolean needed) {
    if (!memory.label.isEmpty()) {
      return full;
    }
    final int value = full == 2 ? (short) memory.displacement : memory.displacement;
    if (value == 0 && !needed) {
      return 0;
    }
    return value == (byte) value ? 1 : full;
  }

  private static int modOf(int displacementSize) {
    return displacementSize == 0 ? 0 : displacementSize == 1 ? 0x40 : 0x80;
  }

  private void putDisplacement(Memory memory, int size) {
    if (memory.label.isEmpty()) {
      put(memory.displacement, size);
    } else {
      reference(memory.label, memory.displacement, size, false);
    }
  }

  void putImmediate(Immediate immediate, int size) {
    if (immediate.isLabel()) {
      reference(immediate.label, 0, size, false);
    } else {
      put(immediate.value, size);
    }
  }

  /** A branch displacement of {@code size} bytes at the end of an instruction. */
  void putRelative(String label, int size) {
    reference(label, 0, size, true);
  }

  /** Whether a label is defined already and near enough for a short branch of two bytes. */
  boolean isNear(String label) {
    final Integer target = labels.get(label);
    return target != null && target - (address() + prefixes.size() + 2) >= -128;
  }

  private void reference(String label, int addend, int size, boolean relative) {
    fixups.add(new Fixup(length, size, label, addend, relative));
    put(0, size);
  }

  void put(int value, int size) {
    for (int i = 0; i < size; i++) {
      put8(value >>> 8 * i);
    }
  }

  private void put8(int value) {
    if (length == code.length) {
      code = Arrays.copyOf(code, length * 2);
    }
    code[length++] = (byte) value;
  }

  private void line(String text) {
    lines.add(new Line(length, text));
  }

  /** A number as listings show it: small ones in decimal, others in hexadecimal. */
  static String number(int value) {
    return value >= -9 && value <= 9 ? Integer.toString(value) : "0x%x".formatted(value);
  }

  private static String join(int[] values) {
    return Arrays.stream(values).mapToObj(Encoder::number).collect(Collectors.joining(", "));
  }
}
