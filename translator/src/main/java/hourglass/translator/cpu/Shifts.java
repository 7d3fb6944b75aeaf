package hourglass.translator.cpu;

/**
 * Shifts and rotates (Intel SDM volume 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD).
 *
 * <p>{@code bits} is the operand's width: 8, 16 or 32; bits of a value above it are ignored. Counts
 * are already masked to five bits and not 0: with a count of 0 nothing changes, flags included.
 * Results are zero-extended, except that those of 32 bits fill the word. Where the manual leaves OF
 * undefined, for counts above 1, it is what Intel's processors make of it: OF of the first step,
 * for the value moved by 1; and what it was, for ROL and ROR of a register by an immediate. AF is
 * cleared by shifts.
 */
public final class Shifts {
  private static final int CARRY_AND_OVERFLOW = Flags.AUX_CARRY | Flags.AUX_PARTIAL_OVERFLOW;

  private Shifts() {}

  /** Zero-extends the low {@code bits} bits. */
  public static int zeroExtend(int value, int bits) {
    return value & -1 >>> 32 - bits;
  }

  /** Sign-extends the low {@code bits} bits. */
  public static int signExtend(int value, int bits) {
    return value << 32 - bits >> 32 - bits;
  }

  public static int shl(int value, int count, int bits) {
    return value << 32 - bits << count >>> 32 - bits;
  }

  public static int auxShl(int value, int count, int bits) {
    return aux(value << 32 - bits << count - 1, overflowLeft(value, bits));
  }

  public static int shr(int value, int count, int bits) {
    return zeroExtend(value, bits) >>> count;
  }

  public static int auxShr(int value, int count, int bits) {
    return aux(zeroExtend(value, bits) >>> count - 1 << 31, value << 32 - bits);
  }

  public static int sar(int value, int count, int bits) {
    return zeroExtend(signExtend(value, bits) >> count, bits);
  }

  /** The auxiliary word of SAR: OF is clear. */
  public static int auxSar(int value, int count, int bits) {
    final int carry = signExtend(value, bits) >> count - 1 & 1;
    return carry << 31 | carry << 30;
  }

  public static int rol(int value, int count, int bits) {
    final int v = zeroExtend(value, bits);
    final int turn = count & bits - 1;
    return turn == 0 ? v : zeroExtend(v << turn | v >>> bits - turn, bits);
  }

  /** The auxiliary word of ROL of memory, by 1 or by CL: CF and OF replaced in the old one. */
  public static int auxRol(int oldAux, int value, int result, int bits) {
    return oldAux & ~CARRY_AND_OVERFLOW | aux(result << 31, overflowLeft(value, bits));
  }

  /** The auxiliary word of ROL of a register by an immediate other than 1: CF replaced. */
  public static int auxRolImmediate(int oldAux, int result) {
    return Flags.withCarry(oldAux, result & 1);
  }

  public static int ror(int value, int count, int bits) {
    return rol(value, bits - (count & bits - 1), bits);
  }

  /** The auxiliary word of ROR of memory, by 1 or by CL: CF and OF replaced in the old one. */
  public static int auxRor(int oldAux, int value, int result, int bits) {
    final int overflow = value << 31 ^ value << 32 - bits;
    return oldAux & ~CARRY_AND_OVERFLOW | aux(result << 32 - bits, overflow);
  }

  /** The auxiliary word of ROR of a register by an immediate other than 1: CF replaced. */
  public static int auxRorImmediate(int oldAux, int result, int bits) {
    return Flags.withCarry(oldAux, result >>> bits - 1 & 1);
  }

  /** The result of RCL with the new carry as bit number {@code bits} above it. */
  public static long rcl(int value, boolean carry, int count, int bits) {
    final int width = bits + 1;
    final int turn = count % width;
    final long v = (carry ? 1L << bits : 0) | Integer.toUnsignedLong(zeroExtend(value, bits));
    return (v << turn | v >>> width - turn) & (1L << width) - 1;
  }

  /** The auxiliary word of RCL: CF and OF replaced in the old one, unless it turns all around. */
  public static int auxRcl(int oldAux, int value, long carryAndResult, int count, int bits) {
    if (count % (bits + 1) == 0) {
      return oldAux;
    }
    final int carry = (int) (carryAndResult >>> bits) << 31;
    return oldAux & ~CARRY_AND_OVERFLOW | aux(carry, overflowLeft(value, bits));
  }

  /** The result of RCR with the new carry as bit number {@code bits} above it. */
  public static long rcr(int value, boolean carry, int count, int bits) {
    final int width = bits + 1;
    return rcl(value, carry, width - count % width, bits);
  }

  /** The auxiliary word of RCR, as {@link #auxRcl}. */
  public static int auxRcr(int oldAux, int value, long carryAndResult, int count, int bits) {
    if (count % (bits + 1) == 0) {
      return oldAux;
    }
    final int carry = (int) (carryAndResult >>> bits) << 31;
    return oldAux & ~CARRY_AND_OVERFLOW | aux(carry, value << 32 - bits ^ oldAux);
  }

  /**
   * SHLD of 16 or 32 bits. With 16 bits and a count above 16, which the manual leaves undefined,
   * the destination follows the source into the result, as on the P6 family.
   */
  public static int shld(int value, int fill, int count, int bits) {
    if (bits == 32) {
      return value << count | fill >>> 32 - count;
    }
    return (int) (tripled16(value, fill) << count >>> 32) & 0xFFFF;
  }

  public static int auxShld(int value, int fill, int count, int bits) {
    final int carry =
        bits == 32 ? value >>> 32 - count : (int) (tripled16(value, fill) >>> 48 - count);
    return aux(carry << 31, overflowLeft(value, bits));
  }

  /** SHRD of 16 or 32 bits; counts above 16 of the former as for {@link #shld}. */
  public static int shrd(int value, int fill, int count, int bits) {
    if (bits == 32) {
      return value >>> count | fill << 32 - count;
    }
    return (int) (tripled16(value, fill) >>> count) & 0xFFFF;
  }

  public static int auxShrd(int value, int fill, int count, int bits) {
    final int carry =
        bits == 32 ? value >>> count - 1 : (int) (tripled16(value, fill) >>> count - 1);
    return aux(carry << 31, value << 32 - bits ^ fill << 31);
  }

  private static long tripled16(int value, int fill) {
    final long v = value & 0xFFFFL;
    return v << 32 | (fill & 0xFFFFL) << 16 | v;
  }

  /** In bit 31: whether moving by 1 to the left changes the sign. */
  private static int overflowLeft(int value, int bits) {
    return (value ^ value << 1) << 32 - bits;
  }

  /** The auxiliary word for CF and OF, both in bit 31; other bits are ignored. */
  private static int aux(int carry, int overflow) {
    return carry & Flags.AUX_CARRY | ((carry ^ overflow) & Flags.AUX_CARRY) >>> 1;
  }
}
