package hourglass.runtime.interpreter;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;

/**
 * The arithmetic and logic operations of 8, 16 and 32 bits with their flags. Upper bits of operands
 * narrower than 32 are ignored, upper bits of results are of no meaning.
 */
public final class Alu {
  /** An operation on two operands that leaves its flags in the state. */
  @FunctionalInterface
  interface Binary {
    int apply(CpuState s, int a, int b);
  }

  /** An operation on one operand that leaves its flags in the state. */
  @FunctionalInterface
  interface Unary {
    int apply(CpuState s, int a);
  }

  private Alu() {}

  private static int set(CpuState s, int result, int aux) {
    s.flagResult = result;
    s.flagAux = aux;
    return result;
  }

  private static int carry(CpuState s) {
    return s.flagAux >>> 31;
  }

  static int add8(CpuState s, int a, int b) {
    final int r = a + b;
    return set(s, (byte) r, Flags.auxAdd8(a, b, r));
  }

  static int add16(CpuState s, int a, int b) {
    final int r = a + b;
    return set(s, (short) r, Flags.auxAdd16(a, b, r));
  }

  /** Adds doublewords. */
  public static int add32(CpuState s, int a, int b) {
    final int r = a + b;
    return set(s, r, Flags.auxAdd32(a, b, r));
  }

  static int adc8(CpuState s, int a, int b) {
    final int r = a + b + carry(s);
    return set(s, (byte) r, Flags.auxAdd8(a, b, r));
  }

  static int adc16(CpuState s, int a, int b) {
    final int r = a + b + carry(s);
    return set(s, (short) r, Flags.auxAdd16(a, b, r));
  }

  static int adc32(CpuState s, int a, int b) {
    final int r = a + b + carry(s);
    return set(s, r, Flags.auxAdd32(a, b, r));
  }

  /** Subtracts bytes. */
  public static int sub8(CpuState s, int a, int b) {
    final int r = a - b;
    return set(s, (byte) r, Flags.auxSub8(a, b, r));
  }

  static int sub16(CpuState s, int a, int b) {
    final int r = a - b;
    return set(s, (short) r, Flags.auxSub16(a, b, r));
  }

  /** Subtracts doublewords. */
  public static int sub32(CpuState s, int a, int b) {
    final int r = a - b;
    return set(s, r, Flags.auxSub32(a, b, r));
  }

  static int sbb8(CpuState s, int a, int b) {
    final int r = a - b - carry(s);
    return set(s, (byte) r, Flags.auxSub8(a, b, r));
  }

  static int sbb16(CpuState s, int a, int b) {
    final int r = a - b - carry(s);
    return set(s, (short) r, Flags.auxSub16(a, b, r));
  }

  static int sbb32(CpuState s, int a, int b) {
    final int r = a - b - carry(s);
    return set(s, r, Flags.auxSub32(a, b, r));
  }

  /** ANDs bytes. */
  public static int and8(CpuState s, int a, int b) {
    return set(s, (byte) (a & b), 0);
  }

  static int and16(CpuState s, int a, int b) {
    return set(s, (short) (a & b), 0);
  }

  /** ANDs doublewords. */
  public static int and32(CpuState s, int a, int b) {
    return set(s, a & b, 0);
  }

  static int or8(CpuState s, int a, int b) {
    return set(s, (byte) (a | b), 0);
  }

  static int or16(CpuState s, int a, int b) {
    return set(s, (short) (a | b), 0);
  }

  /** ORs doublewords. */
  public static int or32(CpuState s, int a, int b) {
    return set(s, a | b, 0);
  }

  static int xor8(CpuState s, int a, int b) {
    return set(s, (byte) (a ^ b), 0);
  }

  static int xor16(CpuState s, int a, int b) {
    return set(s, (short) (a ^ b), 0);
  }

  /** XORs doublewords. */
  public static int xor32(CpuState s, int a, int b) {
    return set(s, a ^ b, 0);
  }

  static int inc8(CpuState s, int a) {
    final int r = a + 1;
    return set(s, (byte) r, keepCarry(s, Flags.auxAdd8(a, 1, r)));
  }

  static int inc16(CpuState s, int a) {
    final int r = a + 1;
    return set(s, (short) r, keepCarry(s, Flags.auxAdd16(a, 1, r)));
  }

  /** Adds 1 to a doubleword; CF stays. */
  public static int inc32(CpuState s, int a) {
    final int r = a + 1;
    return set(s, r, keepCarry(s, Flags.auxAdd32(a, 1, r)));
  }

  static int dec8(CpuState s, int a) {
    final int r = a - 1;
    return set(s, (byte) r, keepCarry(s, Flags.auxSub8(a, 1, r)));
  }

  static int dec16(CpuState s, int a) {
    final int r = a - 1;
    return set(s, (short) r, keepCarry(s, Flags.auxSub16(a, 1, r)));
  }

  /** Subtracts 1 from a doubleword; CF stays. */
  public static int dec32(CpuState s, int a) {
    final int r = a - 1;
    return set(s, r, keepCarry(s, Flags.auxSub32(a, 1, r)));
  }

  /** The auxiliary word of INC and DEC: CF stays as it was. */
  private static int keepCarry(CpuState s, int aux) {
    return Flags.withCarry(aux, Flags.carry(s.flagAux));
  }
}
