package hourglass.translator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shift by a count is that many shifts by one, in result and carry. */
class ShiftsTest {
  private static final int ROUNDS = 20_000;

  private final Random random = new Random(3);

  /** A value and a carry, moved one bit at a time as the manual describes it. */
  private static final class OneByOne {
    private final int bits;
    private long value;
    private long carry;

    /** Whether the first step has changed the sign. */
    private boolean overflow;

    private boolean moved;

    OneByOne(int value, boolean carry, int bits) {
      this.bits = bits;
      this.value = Integer.toUnsignedLong(Shifts.zeroExtend(value, bits));
      this.carry = carry ? 1 : 0;
    }

    private long top() {
      return value >>> bits - 1 & 1;
    }

    private void left(long incoming) {
      carry = top();
      move((value << 1 | incoming) & (1L << bits) - 1);
    }

    private void right(long incoming) {
      carry = value & 1;
      move(value >>> 1 | incoming << bits - 1);
    }

    private void move(long result) {
      if (!moved) {
        overflow = top() != (result >>> bits - 1 & 1);
        moved = true;
      }
      value = result;
    }
  }

  private void compare(String name, OneByOne expected, long result, int aux, String inputs) {
    assertEquals(
        expected.value,
        Shifts.zeroExtend((int) result, expected.bits) & 0xFFFF_FFFFL,
        name + inputs);
    assertEquals(expected.carry != 0, Flags.carry(aux), "carry of " + name + inputs);
    assertEquals(expected.overflow, Flags.overflow(aux), "overflow of " + name + inputs);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void shiftsAndRotatesAreRepeatedSingleOnes(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final int value = random.nextInt();
      final boolean carry = random.nextBoolean();
      final int old = Flags.auxOf(carry, random.nextBoolean());
      final int count = random.nextInt(1, 32);
      final OneByOne[] expected = new OneByOne[7];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = new OneByOne(value, carry, bits);
      }
      for (int i = 0; i < count; i++) {
        expected[0].left(0);
        expected[1].right(0);
        expected[2].right(expected[2].top());
        expected[3].left(expected[3].top());
        expected[4].right(expected[4].value & 1);
        expected[5].left(expected[5].carry);
        expected[6].right(expected[6].carry);
      }
      final String inputs = " of %08x by %d, carry %b".formatted(value, count, carry);
      final int shl = Shifts.shl(value, count, bits);
      compare("SHL", expected[0], shl, Shifts.auxShl(value, count, bits), inputs);
      final int shr = Shifts.shr(value, count, bits);
      compare("SHR", expected[1], shr, Shifts.auxShr(value, count, bits), inputs);
      final int sar = Shifts.sar(value, count, bits);
      compare("SAR", expected[2], sar, Shifts.auxSar(value, count, bits), inputs);
      final int rol = Shifts.rol(value, count, bits);
      compare("ROL", expected[3], rol, Shifts.auxRol(old, value, rol, bits), inputs);
      final int ror = Shifts.ror(value, count, bits);
      compare("ROR", expected[4], ror, Shifts.auxRor(old, value, ror, bits), inputs);
      if (count % (bits + 1) == 0) { // all around, nothing changes
        expected[5].overflow = Flags.overflow(old);
        expected[6].overflow = Flags.overflow(old);
      }
      final long rcl = Shifts.rcl(value, carry, count, bits);
      compare("RCL", expected[5], rcl, Shifts.auxRcl(old, value, rcl, count, bits), inputs);
      final long rcr = Shifts.rcr(value, carry, count, bits);
      compare("RCR", expected[6], rcr, Shifts.auxRcr(old, value, rcr, count, bits), inputs);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void doubleShiftsFillUpFromTheirSource(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final int value = random.nextInt();
      final int fill = random.nextInt();
      final int count = random.nextInt(1, bits);
      final OneByOne left = new OneByOne(value, false, bits);
      final OneByOne right = new OneByOne(value, false, bits);
      for (int i = 0; i < count; i++) {
        left.left(fill >>> bits - 1 - i & 1);
        right.right(fill >>> i & 1);
      }
      final String inputs = " of %08x and %08x by %d".formatted(value, fill, count);
      final int shld = Shifts.shld(value, fill, count, bits);
      compare("SHLD", left, shld, Shifts.auxShld(value, fill, count, bits), inputs);
      final int shrd = Shifts.shrd(value, fill, count, bits);
      compare("SHRD", right, shrd, Shifts.auxShrd(value, fill, count, bits), inputs);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void rotatesByAnImmediateKeepOverflow(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final boolean overflow = random.nextBoolean();
      final int old = Flags.auxOf(random.nextBoolean(), overflow);
      final int result = Shifts.zeroExtend(random.nextInt(), bits);
      final int rol = Shifts.auxRolImmediate(old, result);
      assertEquals((result & 1) != 0, Flags.carry(rol), "ROL to " + result);
      assertEquals(overflow, Flags.overflow(rol), "ROL to " + result);
      final int ror = Shifts.auxRorImmediate(old, result, bits);
      assertEquals(Shifts.signExtend(result, bits) < 0, Flags.carry(ror), "ROR to " + result);
      assertEquals(overflow, Flags.overflow(ror), "ROR to " + result);
    }
  }
}
