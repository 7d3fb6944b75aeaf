package hourglass.translator.asm;

/** A constant: a number, or the address of a label, which may be defined later. */
public final class Immediate implements Operand {
  final int value;
  final String label; // "" where it is a number

  private Immediate(int value, String label) {
    this.value = value;
    this.label = label;
  }

  public static Immediate imm(int value) {
    return new Immediate(value, "");
  }

  /** The address of a label. */
  public static Immediate address(String label) {
    return new Immediate(0, label);
  }

  boolean isLabel() {
    return !label.isEmpty();
  }

  /** Whether a byte, sign-extended, is enough. */
  boolean isByte() {
    return !isLabel() && value == (byte) value;
  }

  @Override
  public String toString() {
    return isLabel() ? label : Encoder.number(value);
  }
}
