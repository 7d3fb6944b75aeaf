package hourglass.translator.cpu;

/**
 * The six arithmetic flags, kept as two words from which each can be told without the others.
 *
 * <p>An instruction that sets flags leaves
 *
 * <ul>
 *   <li><b>result</b>: its result, sign-extended to 32 bits;
 *   <li><b>auxiliary</b>: bit 31 CF; bit 30 CF xor OF; bit 3 AF; bits 8-15 a byte that is xored
 *       into the result's low byte before its parity is taken; bit 0 is xored into the result's
 *       sign.
 * </ul>
 *
 * Then ZF is {@code result == 0}, SF the sign of result xor bit 0 of auxiliary, PF the parity of
 * the low byte, and CF, AF, OF come from auxiliary alone. After an addition or a subtraction the
 * auxiliary word is simply the vector of carries out of each bit, moved so that the operand's top
 * bit is bit 31. Any combination of the six flags has such a pair of words, so POPF and SAHF need
 * no second representation.
 */
public final class Flags {
  public static final int CF = 0x0001;
  public static final int PF = 0x0004;
  public static final int AF = 0x0010;
  public static final int ZF = 0x0040;
  public static final int SF = 0x0080;
  public static final int TF = 0x0100;
  public static final int IF = 0x0200;
  public static final int DF = 0x0400;
  public static final int OF = 0x0800;
  public static final int IOPL = 0x3000;
  public static final int NT = 0x4000;
  public static final int RF = 0x1_0000;
  public static final int VM = 0x2_0000;
  public static final int AC = 0x4_0000;
  public static final int VIF = 0x8_0000;
  public static final int VIP = 0x10_0000;
  public static final int ID = 0x20_0000;

  /** The six flags that {@code result} and {@code auxiliary} stand for. */
  public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  /** Auxiliary word: CF. */
  public static final int AUX_CARRY = 0x8000_0000;

  /** A bit of the result word that takes ZF away and leaves SF and PF as they are. */
  public static final int RESULT_NOT_ZERO = 0x100;

  /** Auxiliary word: CF xor OF. */
  public static final int AUX_PARTIAL_OVERFLOW = 0x4000_0000;

  /** Auxiliary word: AF. */
  public static final int AUX_ADJUST = 0x08;

  /** Auxiliary word: inverts SF. */
  public static final int AUX_SIGN_DELTA = 0x01;

  /** Auxiliary word: where the byte begins that is xored into the result's low byte for PF. */
  public static final int AUX_PARITY_SHIFT = 8;

  private Flags() {}

  // --- the auxiliary word after an operation; a, b and result at the operand's width, upper bits
  // ignored -----------------

  /** After result = a + b (+ carry) of 32 bits. */
  public static int auxAdd32(int a, int b, int result) {
    return carriesOfAdd(a, b, result) & 0xC000_0008;
  }

  /** After result = a + b (+ carry) of 16 bits. */
  public static int auxAdd16(int a, int b, int result) {
    final int carries = carriesOfAdd(a, b, result);
    return (carries << 16 & 0xC000_0000) | (carries & AUX_ADJUST);
  }

  /** After result = a + b (+ carry) of 8 bits. */
  public static int auxAdd8(int a, int b, int result) {
    final int carries = carriesOfAdd(a, b, result);
    return (carries << 24 & 0xC000_0000) | (carries & AUX_ADJUST);
  }

  /** After result = a - b (- borrow) of 32 bits. */
  public static int auxSub32(int a, int b, int result) {
    return borrowsOfSub(a, b, result) & 0xC000_0008;
  }

  /** After result = a - b (- borrow) of 16 bits. */
  public static int auxSub16(int a, int b, int result) {
    final int borrows = borrowsOfSub(a, b, result);
    return (borrows << 16 & 0xC000_0000) | (borrows & AUX_ADJUST);
  }

  /** After result = a - b (- borrow) of 8 bits. */
  public static int auxSub8(int a, int b, int result) {
    final int borrows = borrowsOfSub(a, b, result);
    return (borrows << 24 & 0xC000_0000) | (borrows & AUX_ADJUST);
  }

  private static int carriesOfAdd(int a, int b, int result) {
    return (a & b) | ((a | b) & ~result);
  }

  private static int borrowsOfSub(int a, int b, int result) {
    return (~a & b) | (~(a ^ b) & result);
  }

  /** The auxiliary word for a given CF and OF, with AF clear and nothing inverted. */
  public static int auxOf(boolean carry, boolean overflow) {
    return (carry ? AUX_CARRY : 0) | (carry != overflow ? AUX_PARTIAL_OVERFLOW : 0);
  }

  /**
   * A word of auxiliary with its CF replaced and OF kept: what INC and DEC leave, and CLC, STC,
   * CMC, BT.
   */
  public static int withCarry(int aux, boolean carry) {
    return withCarry(aux, carry ? 1 : 0);
  }

  /** As {@link #withCarry(int, boolean)}, with the carry as 0 or 1. */
  public static int withCarry(int aux, int carry) {
    final int change = carry << 31 ^ aux & AUX_CARRY;
    return aux ^ change ^ change >>> 1;
  }

  // --- the flags, told from the two words

  public static boolean carry(int aux) {
    return aux < 0;
  }

  public static boolean overflow(int aux) {
    return (aux ^ aux << 1) < 0;
  }

  public static boolean adjust(int aux) {
    return (aux & AUX_ADJUST) != 0;
  }

  public static boolean zero(int result) {
    return result == 0;
  }

  public static boolean sign(int result, int aux) {
    return (result ^ aux << 31) < 0;
  }

  public static boolean parity(int result, int aux) {
    return (Integer.bitCount((result ^ aux >>> AUX_PARITY_SHIFT) & 0xFF) & 1) == 0;
  }

  /** The six flags at their places in EFLAGS. */
  public static int materialize(int result, int aux) {
    return (carry(aux) ? CF : 0)
        | (parity(result, aux) ? PF : 0)
        | (adjust(aux) ? AF : 0)
        | (result == 0 ? ZF : 0)
        | (sign(result, aux) ? SF : 0)
        | (overflow(aux) ? OF : 0);
  }

  /** A result word for given flags; goes with {@link #auxFor}. */
  public static int resultFor(int eflags) {
    return (eflags & ZF) != 0 ? 0 : 1;
  }

  /** The auxiliary word for given flags; goes with {@link #resultFor}. */
  public static int auxFor(int eflags) {
    int aux = auxOf((eflags & CF) != 0, (eflags & OF) != 0);
    if ((eflags & AF) != 0) {
      aux |= AUX_ADJUST;
    }
    if ((eflags & SF) != 0) {
      aux |= AUX_SIGN_DELTA; // both results of resultFor have a clear sign
    }
    final boolean resultHasEvenParity = (eflags & ZF) != 0; // of 0 even, of 1 odd
    if (((eflags & PF) != 0) != resultHasEvenParity) {
      aux |= 1 << AUX_PARITY_SHIFT;
    }
    return aux;
  }

  /**
   * Evaluates a condition of Jcc, SETcc and CMOVcc.
   *
   * @param condition the low four bits of the opcode (Intel SDM volume 1, appendix B)
   */
  public static boolean test(int condition, int result, int aux) {
    final boolean holds =
        switch (condition >> 1 & 7) {
          case 0 -> overflow(aux);
          case 1 -> carry(aux);
          case 2 -> result == 0;
          case 3 -> carry(aux) || result == 0;
          case 4 -> sign(result, aux);
          case 5 -> parity(result, aux);
          case 6 -> sign(result, aux) != overflow(aux);
          default -> result == 0 || sign(result, aux) != overflow(aux);
        };
    return holds != ((condition & 1) != 0);
  }
}
