package hourglass.translator.cpu;

import static hourglass.translator.cpu.Flags.AF;
import static hourglass.translator.cpu.Flags.CF;
import static hourglass.translator.cpu.Flags.OF;
import static hourglass.translator.cpu.Flags.PF;
import static hourglass.translator.cpu.Flags.SF;
import static hourglass.translator.cpu.Flags.ZF;

/**
 * Decimal adjustment (Intel SDM volume 2, AAA, AAD, AAM, AAS, DAA, DAS).
 *
 * <p>Each method takes AX, or AX and the arithmetic flags, and returns the new AX in the low word
 * and the new arithmetic flags in the high word. What the manual leaves undefined is as Intel's
 * processors have it: SF, ZF and PF as of the new AL, OF clear, and CF, AF and OF of AAD as of its
 * addition.
 */
public final class Decimal {
  private Decimal() {}

  public static int aaa(int ax, int eflags) {
    return adjustUnpacked(ax, eflags, 0x106);
  }

  public static int aas(int ax, int eflags) {
    return adjustUnpacked(ax, eflags, -0x106);
  }

  private static int adjustUnpacked(int ax, int eflags, int adjustment) {
    final boolean adjust = (ax & 0xF) > 9 || (eflags & AF) != 0;
    return withSignZeroParity((adjust ? ax + adjustment : ax) & 0xFF0F, adjust ? AF | CF : 0);
  }

  public static int daa(int ax, int eflags) {
    return adjustPacked(ax, eflags, 1);
  }

  public static int das(int ax, int eflags) {
    return adjustPacked(ax, eflags, -1);
  }

  private static int adjustPacked(int ax, int eflags, int direction) {
    final int old = ax & 0xFF;
    int al = old;
    int flags = 0;
    if ((old & 0xF) > 9 || (eflags & AF) != 0) {
      al += 6 * direction;
      flags |= AF;
      if (direction < 0
          && al < 0) { // the low digit's borrow is a carry of its own; its carry is covered below
        flags |= CF;
      }
    }
    if (old > 0x99 || (eflags & CF) != 0) {
      al += 0x60 * direction;
      flags |= CF;
    }
    return withSignZeroParity(ax & 0xFF00 | al & 0xFF, flags);
  }

  /**
   * AAM.
   *
   * @param base not 0: with 0 the instruction is #DE
   */
  public static int aam(int ax, int base) {
    final int al = ax & 0xFF;
    return withSignZeroParity(al / base << 8 | al % base, 0);
  }

  /** AAD. CF, OF and AF, undefined in the manual, are those of the addition, as on Intel's. */
  public static int aad(int ax, int base) {
    final int al = ax & 0xFF;
    final int tens = (ax >>> 8) * base & 0xFF;
    final int sum = al + tens;
    final int overflow = ~(al ^ tens) & (al ^ sum) & 0x80;
    final int flags = sum >>> 8 | (al ^ tens ^ sum) & AF | (overflow != 0 ? OF : 0);
    return withSignZeroParity(sum & 0xFF, flags);
  }

  private static int withSignZeroParity(int ax, int otherFlags) {
    final int al = ax & 0xFF;
    int flags = otherFlags | al & SF; // SF has the place of AL's sign
    if (al == 0) {
      flags |= ZF;
    }
    if (Flags.parity(al, 0)) {
      flags |= PF;
    }
    return ax | flags << 16;
  }
}
