package hourglass.translator.asm;

/**
 * A memory operand, built step by step: {@code mem(EBX).plus(ECX, 4).disp(8).as8().in(FS)}.
 *
 * <p>Its width is that of the other operand unless one of the {@code as} methods names it.
 * Immutable.
 */
public final class Memory implements Operand {
  /** Width in bits, 0 where the other operand tells. */
  final int size;

  final Register segment; // null: the default
  final Register base; // null: none
  final Register index; // null: none
  final int scale;
  final int displacement;
  final String label; // "" where there is none

  private Memory(
      int size,
      Register segment,
      Register base,
      Register index,
      int scale,
      int displacement,
      String label) {
    this.size = size;
    this.segment = segment;
    this.base = base;
    this.index = index;
    this.scale = scale;
    this.displacement = displacement;
    this.label = label;
  }

  /** Memory that a register points at: 32 bits wide, or one of BX, BP, SI, DI. */
  public static Memory mem(Register base) {
    return new Memory(0, null, base, null, 1, 0, "");
  }

  /** Memory at an address. */
  public static Memory mem(int address) {
    return new Memory(0, null, null, null, 1, address, "");
  }

  /** Memory at a label. */
  public static Memory mem(String label) {
    return new Memory(0, null, null, null, 1, 0, label);
  }

  /** Adds an index register. */
  public Memory plus(Register index) {
    return plus(index, 1);
  }

  /**
   * Adds an index register times a scale.
   *
   * @param scale 1, 2, 4 or 8; 1 with 16-bit registers
   */
  public Memory plus(Register index, int scale) {
    return new Memory(size, segment, base, index, scale, displacement, label);
  }

  /** Adds to the displacement. */
  public Memory disp(int more) {
    return new Memory(size, segment, base, index, scale, displacement + more, label);
  }

  /** Adds the address of a label. */
  public Memory disp(String label) {
    return new Memory(size, segment, base, index, scale, displacement, label);
  }

  /** Overrides the segment. */
  public Memory in(Register segment) {
    return new Memory(size, segment, base, index, scale, displacement, label);
  }

  public Memory as8() {
    return as(8);
  }

  public Memory as16() {
    return as(16);
  }

  public Memory as32() {
    return as(32);
  }

  public Memory as64() {
    return as(64);
  }

  public Memory as80() {
    return as(80);
  }

  private Memory as(int size) {
    return new Memory(size, segment, base, index, scale, displacement, label);
  }

  /** The address size, 16 or 32, in code that has {@code bits} by default. */
  int addressSize(int bits) {
    if (base != null) {
      return base.size;
    }
    if (index != null) {
      return index.size;
    }
    return displacement == (displacement & 0xFFFF) ? bits : 32;
  }

  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder();
    switch (size) {
      case 8 -> text.append("byte ");
      case 16 -> text.append("word ");
      case 32 -> text.append("dword ");
      case 64 -> text.append("qword ");
      case 80 -> text.append("tbyte ");
      default -> {}
    }
    if (segment != null) {
      text.append(segment).append(':');
    }
    String plus = "[";
    if (base != null) {
      text.append(plus).append(base);
      plus = "+";
    }
    if (index != null) {
      text.append(plus).append(index);
      if (scale > 1) {
        text.append('*').append(scale);
      }
      plus = "+";
    }
    if (!label.isEmpty()) {
      text.append(plus).append(label);
      plus = "+";
    }
    if (displacement != 0 || plus.equals("[")) {
      text.append(plus).append(Encoder.number(displacement));
    }
    return text.append(']').toString();
  }
}
