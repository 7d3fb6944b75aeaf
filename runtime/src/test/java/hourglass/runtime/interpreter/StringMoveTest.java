package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeated MOVS and STOS give the bytes that element after element would, whatever overlaps and
 * whichever way they go.
 */
class StringMoveTest {
  private static final int ROUNDS = 300;
  private static final int AREA = 3 * 4096;
  private static final int MOST_ELEMENTS = 1500;

  /** What the guest is asked to do; offsets are those of the lowest byte in the area. */
  private record Copy(int source, int destination, int count, int size, boolean backward) {
    static Copy random(Random random) {
      final int size = 1 << random.nextInt(3);
      final boolean near = random.nextBoolean(); // so that source and destination overlap
      final int room = AREA - 64;
      final int source = random.nextInt(room);
      final int destination =
          near ? Math.clamp(source + random.nextInt(-16, 17), 0, room) : random.nextInt(room);
      final int most = (room - Math.max(source, destination)) / size;
      final int count = random.nextInt(Math.min(most, MOST_ELEMENTS) + 1);
      return new Copy(source, destination, count, size, random.nextBoolean());
    }

    int first(int lowest) {
      return backward ? lowest + Math.max(count - 1, 0) * size : lowest;
    }

    int step() {
      return backward ? -size : size;
    }

    /** Copies one element after the other. */
    void applyTo(byte[] area) {
      int from = first(source);
      int to = first(destination);
      for (int i = 0; i < count; i++) {
        final byte[] element = Arrays.copyOfRange(area, from, from + size);
        System.arraycopy(element, 0, area, to, size);
        from += step();
        to += step();
      }
    }
  }

  private static Assembler move(int size) {
    final Assembler code = new Assembler(CODE).rep();
    return switch (size) {
      case 1 -> code.movsb();
      case 2 -> code.movsw();
      default -> code.movsd();
    };
  }

  private static Assembler store(int size) {
    final Assembler code = new Assembler(CODE).rep();
    return switch (size) {
      case 1 -> code.stosb();
      case 2 -> code.stosw();
      default -> code.stosd();
    };
  }

  @ParameterizedTest
  @EnumSource
  void moves(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final Random random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      final Copy copy = Copy.random(random);
      final byte[] area = new byte[AREA];
      random.nextBytes(area);
      machine.bus.copyIn(DATA, area, 0, AREA);
      copy.applyTo(area);
      machine
          .load(move(copy.size).hlt())
          .setFlags(copy.backward ? Flags.DF | 2 : 2)
          .set(ESI, DATA + copy.first(copy.source))
          .set(EDI, DATA + copy.first(copy.destination))
          .set(ECX, copy.count)
          .run(engine)
          .assertReg(ECX, 0)
          .assertReg(ESI, DATA + copy.first(copy.source) + copy.count * copy.step())
          .assertReg(EDI, DATA + copy.first(copy.destination) + copy.count * copy.step());
      assertArea(machine, area, copy);
    }
  }

  @ParameterizedTest
  @EnumSource
  void stores(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final Random random = new Random(2);
    for (int round = 0; round < ROUNDS; round++) {
      final Copy copy = Copy.random(random);
      final int value = random.nextInt();
      final byte[] area = new byte[AREA];
      for (int i = 0; i < copy.count * copy.size; i++) {
        area[copy.destination + i] = (byte) (value >>> 8 * (i % copy.size));
      }
      machine.bus.copyIn(DATA, new byte[AREA], 0, AREA);
      machine
          .load(store(copy.size).hlt())
          .setFlags(copy.backward ? Flags.DF | 2 : 2)
          .set(EAX, value)
          .set(EDI, DATA + copy.first(copy.destination))
          .set(ECX, copy.count)
          .run(engine)
          .assertReg(ECX, 0)
          .assertReg(EDI, DATA + copy.first(copy.destination) + copy.count * copy.step());
      assertArea(machine, area, copy);
    }
  }

  private static void assertArea(GuestMachine machine, byte[] expected, Copy copy) {
    final byte[] actual = machine.bus.ram().bytes(DATA, AREA);
    final int at = Arrays.mismatch(actual, expected);
    if (at >= 0) {
      machine.fail(copy + " differs at offset " + at);
    }
  }

  @ParameterizedTest
  @EnumSource
  void moveOfSixteenBitAddressesWrapsInsideTheSegment(TestEngine engine) {
    GuestMachine.protected16()
        .load(new Assembler(CODE).bits16().rep().movsb().hlt())
        .write(0xFFFE, 1, 2)
        .write(0, 3, 4)
        .set(ESI, 0xABCD_FFFE)
        .set(EDI, 0x1234_7000)
        .set(ECX, 0x5678_0004)
        .run(engine)
        .assertMemory(0x7000, 0x04030201)
        .assertReg(ESI, 0xABCD_0002)
        .assertReg(EDI, 0x1234_7004)
        .assertReg(ECX, 0x5678_0000);
  }

  @ParameterizedTest
  @EnumSource
  void countOfZeroMovesNothing(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).rep().movsd().hlt())
        .set(ESI, 0xFFFF_FFF0)
        .set(EDI, 0xFFFF_FFF0)
        .set(ECX, 0)
        .run(engine)
        .assertReg(ESI, 0xFFFF_FFF0);
  }

  @ParameterizedTest
  @EnumSource
  void longMoveIsInterruptibleAndGoesOn(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(new Assembler(CODE).rep().movsb().hlt())
            .set(ESI, DATA)
            .set(EDI, DATA + 0x4000)
            .set(ECX, 0x3000)
            .step(engine, 1);
    final int left = machine.get(ECX);
    if (left == 0 || left == 0x3000) {
      machine.fail("expected the move to have stopped half way");
    }
    machine.assertEip(CODE).run(engine).assertReg(ECX, 0).assertReg(EDI, DATA + 0x7000);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedScanStopsAfterTheByteItLooksFor(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).repne().scasb().hlt())
        .write(DATA, 5, 6, 7, 8)
        .set(EAX, 7)
        .set(EDI, DATA)
        .set(ECX, -1)
        .run(engine)
        .assertReg(EDI, DATA + 3)
        .assertReg(ECX, -4)
        .assertFlags(Flags.ZF, Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedScanGoesOnInTheNextPages(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).repne().scasb().hlt())
        .write(DATA + 0x2234, 7)
        .set(EAX, 0x107)
        .set(EDI, DATA + 0xF01)
        .set(ECX, 0x4000)
        .run(engine)
        .assertReg(EDI, DATA + 0x2235)
        .assertReg(ECX, 0x4000 - (0x2235 - 0xF01))
        .assertFlags(Flags.ZF, Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedScanThatFindsNothingLeavesTheFlagsOfTheLastElement(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).repne().scasw().hlt())
        .write(DATA + 0x11FE, 8)
        .set(EAX, 7)
        .set(EDI, DATA + 0xFFE)
        .set(ECX, 0x101)
        .run(engine)
        .assertReg(EDI, DATA + 0x1200)
        .assertReg(ECX, 0)
        .assertFlags(Flags.ZF | Flags.CF | Flags.SF, Flags.CF | Flags.SF);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedCompareStopsAfterTheFirstDifference(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).rep().cmpsd().hlt())
        .write(DATA + 0x1802, 1)
        .set(ESI, DATA + 0x800)
        .set(EDI, DATA + 0x8F00)
        .set(ECX, 0x1000)
        .run(engine)
        .assertReg(ESI, DATA + 0x1804)
        .assertReg(EDI, DATA + 0x9F04)
        .assertReg(ECX, 0x1000 - 0x401)
        .assertFlags(Flags.ZF | Flags.CF, 0);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedCompareOfWhatIsEqualCountsToZero(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).rep().cmpsb().hlt())
        .set(ESI, DATA + 0x3)
        .set(EDI, DATA + 0x4F00)
        .set(ECX, 0x1000)
        .run(engine)
        .assertReg(ESI, DATA + 0x1003)
        .assertReg(ECX, 0)
        .assertFlags(Flags.ZF, Flags.ZF);
  }
}
