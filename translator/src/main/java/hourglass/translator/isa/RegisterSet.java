package hourglass.translator.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of registers, exact to the part that has a name of its own.
 *
 * <p>Of a general register the low byte, the second byte and the upper half are told apart, so that
 * AH, AX and EAX are different sets; ESP, EBP, ESI and EDI have no byte registers, and their two
 * low bytes go together. x87 registers count from the top of their stack. MMX registers are the
 * same ones under other numbers, and count apart: an instruction has either the one or the other,
 * FNSAVE and its like both. Control, debug and descriptor table registers, flags, EIP, and the
 * control and status words of x87 and SSE are in no set.
 *
 * @param parts a bit each: three of each general register, low part first, then the segment, x87,
 *     MMX and XMM registers
 */
public record RegisterSet(long parts) {
  /** No register. */
  public static final RegisterSet NONE = new RegisterSet(0);

  /** Bits of a general register. */
  private static final int PARTS = 3;

  private static final int LOW_BYTE = 1;
  private static final int SECOND_BYTE = 2;
  private static final int LOW_HALF = LOW_BYTE | SECOND_BYTE;
  private static final int UPPER_HALF = 4;
  private static final int WHOLE = LOW_HALF | UPPER_HALF;

  private static final int GENERAL_REGISTERS = 8;
  private static final int SEGMENT_REGISTERS = 6;
  private static final int BYTE_REGISTERS = 4;
  private static final int SEGMENT = PARTS * GENERAL_REGISTERS;
  private static final int X87 = SEGMENT + SEGMENT_REGISTERS;
  private static final int MMX = X87 + 8;
  private static final int XMM = MMX + 8;

  /** All registers of the x87 stack. */
  public static final RegisterSet ALL_X87 = new RegisterSet(0xFFL << X87);

  /** All MMX registers. */
  public static final RegisterSet ALL_MMX = new RegisterSet(0xFFL << MMX);

  /** All XMM registers. */
  public static final RegisterSet ALL_XMM = new RegisterSet(0xFFL << XMM);

  /**
   * A general register.
   *
   * @param number as instructions encode it: of 8 bits 0-7 are AL CL DL BL AH CH DH BH, else EAX to
   *     EDI
   * @param bits 8, 16 or 32
   */
  public static RegisterSet general(int number, int bits) {
    return switch (bits) {
      case 8 ->
          number < BYTE_REGISTERS
              ? partsOf(number, LOW_BYTE)
              : partsOf(number - BYTE_REGISTERS, SECOND_BYTE);
      case 16 -> partsOf(number, LOW_HALF);
      default -> partsOf(number, WHOLE);
    };
  }

  private static RegisterSet partsOf(int general, long parts) {
    return new RegisterSet(parts << PARTS * general);
  }

  /** The segment register with this index into CpuState.segment. */
  public static RegisterSet segment(int index) {
    return new RegisterSet(1L << SEGMENT + index);
  }

  /** ST(i), 0-7. */
  public static RegisterSet x87(int i) {
    return new RegisterSet(1L << X87 + i);
  }

  /** MM0-MM7. */
  public static RegisterSet mmx(int number) {
    return new RegisterSet(1L << MMX + number);
  }

  /** XMM0-XMM7. */
  public static RegisterSet xmm(int number) {
    return new RegisterSet(1L << XMM + number);
  }

  /** These registers and others. */
  public RegisterSet with(RegisterSet others) {
    return new RegisterSet(parts | others.parts);
  }

  /** These registers without others. */
  public RegisterSet without(RegisterSet others) {
    return new RegisterSet(parts & ~others.parts);
  }

  /** The general registers of which any part is here, bit n for CpuState's register n. */
  public int generalMask() {
    int mask = 0;
    for (int number = 0; number < GENERAL_REGISTERS; number++) {
      if (partsOf(number) != 0) {
        mask |= 1 << number;
      }
    }
    return mask;
  }

  private int partsOf(int general) {
    return (int) (parts >> PARTS * general) & WHOLE;
  }

  /**
   * The names, such as {@code al esi ds xmm1}; {@code eax.upper} is an upper half alone, {@code -}
   * no register.
   */
  @Override
  public String toString() {
    final List<String> names = new ArrayList<>();
    for (int number = 0; number < GENERAL_REGISTERS; number++) {
      addGeneral(names, number);
    }
    for (int at = SEGMENT; at < XMM + 8; at++) {
      if ((parts >> at & 1) != 0) {
        names.add(
            at < X87
                ? Notation.segmentName(at - SEGMENT)
                : at < MMX ? "st" + (at - X87) : at < XMM ? "mm" + (at - MMX) : "xmm" + (at - XMM));
      }
    }
    return names.isEmpty() ? "-" : String.join(" ", names);
  }

  private void addGeneral(List<String> names, int number) {
    final int here = partsOf(number);
    if (here == WHOLE) {
      names.add(Notation.generalName(number, 32));
      return;
    }
    if ((here & LOW_HALF) == LOW_HALF) {
      names.add(Notation.generalName(number, 16));
    } else if ((here & LOW_BYTE) != 0) {
      names.add(Notation.generalName(number, 8));
    } else if ((here & SECOND_BYTE) != 0) {
      names.add(Notation.generalName(number + BYTE_REGISTERS, 8));
    }
    if ((here & UPPER_HALF) != 0) {
      names.add(Notation.generalName(number, 32) + ".upper");
    }
  }
}
