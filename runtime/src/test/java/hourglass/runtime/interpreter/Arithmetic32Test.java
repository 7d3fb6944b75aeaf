package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The arithmetic and logic group on 32 bits: every operation in every shape of operands, flags
 * included.
 */
class Arithmetic32Test {
  private static final int ROUNDS = 40;

  /** Operands that carry, borrow and overflow more often than random ones. */
  private static final List<Integer> EDGES =
      List.of(0, 1, -1, 0x7FFF_FFFF, 0x8000_0000, 0xF, 0x10, 0xFFFF, 0x80);

  /** The eight operations in the order of their opcodes, and TEST. */
  private enum Operation {
    ADD,
    OR,
    ADC,
    SBB,
    AND,
    SUB,
    XOR,
    CMP,
    TEST;

    /** The result in the low word; CF, OF and AF at their places in EFLAGS above it. */
    long apply(int a, int b, boolean carry) {
      final int c = carry ? 1 : 0;
      return switch (this) {
        case ADD -> add(a, b, 0);
        case ADC -> add(a, b, c);
        case SUB, CMP -> subtract(a, b, 0);
        case SBB -> subtract(a, b, c);
        case OR -> (a | b) & 0xFFFF_FFFFL;
        case AND, TEST -> (a & b) & 0xFFFF_FFFFL;
        case XOR -> (a ^ b) & 0xFFFF_FFFFL;
      };
    }

    private static long add(int a, int b, int c) {
      return outcome(
          a + b + c,
          Integer.toUnsignedLong(a) + Integer.toUnsignedLong(b) + c > 0xFFFF_FFFFL,
          (long) a + b + c,
          (a & 15) + (b & 15) + c > 15);
    }

    private static long subtract(int a, int b, int c) {
      return outcome(
          a - b - c,
          Integer.toUnsignedLong(a) < Integer.toUnsignedLong(b) + c,
          (long) a - b - c,
          (a & 15) < (b & 15) + c);
    }

    private static long outcome(int result, boolean carry, long exact, boolean adjust) {
      final long flags =
          (carry ? Flags.CF : 0) | (result != exact ? Flags.OF : 0) | (adjust ? Flags.AF : 0);
      return flags << 32 | Integer.toUnsignedLong(result);
    }

    boolean keepsDestination() {
      return this == CMP || this == TEST;
    }
  }

  /**
   * Where the operands are: the first in EDX, EAX or memory, the second in EBX, memory or the code.
   */
  private enum Shape {
    RM_REG,
    REG_RM,
    REG_MEMORY,
    MEMORY_REG,
    RM_IMMEDIATE,
    EAX_IMMEDIATE,
    MEMORY_IMMEDIATE;

    boolean firstInMemory() {
      return this == MEMORY_REG || this == MEMORY_IMMEDIATE;
    }

    Assembler code(Operation op, int immediate) {
      final Assembler code = new Assembler(CODE);
      final boolean test = op == Operation.TEST;
      final int opcode = op.ordinal() * 8;
      switch (this) {
        case RM_REG -> code.db(test ? 0x85 : opcode + 1, 0xDA); // edx, ebx
        case REG_RM -> code.db(test ? 0x85 : opcode + 3, 0xD3); // edx, ebx
        case REG_MEMORY -> code.db(test ? 0x85 : opcode + 3, 0x16); // edx, [esi]
        case MEMORY_REG -> code.db(test ? 0x85 : opcode + 1, 0x1E); // [esi], ebx
        case RM_IMMEDIATE ->
            code.db(test ? 0xF7 : 0x81, test ? 0xC2 : 0xC2 | op.ordinal() << 3).dd(immediate);
        case EAX_IMMEDIATE -> code.db(test ? 0xA9 : opcode + 5).dd(immediate);
        case MEMORY_IMMEDIATE ->
            code.db(test ? 0xF7 : 0x81, test ? 0x06 : 0x06 | op.ordinal() << 3).dd(immediate);
      }
      return code.hlt();
    }
  }

  private final Random random = new Random(5);
  private final GuestMachine machine = GuestMachine.protected32();

  private int operand() {
    return random.nextBoolean() ? random.nextInt() : EDGES.get(random.nextInt(EDGES.size()));
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationInEveryShape(TestEngine engine) {
    for (Operation op : Operation.values()) {
      for (Shape shape : Shape.values()) {
        for (int round = 0; round < ROUNDS; round++) {
          check(engine, op, shape, operand(), operand(), random.nextBoolean());
        }
      }
    }
  }

  private void check(TestEngine engine, Operation op, Shape shape, int a, int b, boolean carry) {
    final long outcome = op.apply(a, b, carry);
    final int result = (int) outcome;
    final int kept = op.keepsDestination() ? a : result;
    machine
        .load(shape.code(op, b))
        .setFlags(carry ? Flags.CF | 2 : 2)
        .set(EAX, a)
        .set(EDX, a)
        .set(EBX, b)
        .set(ESI, DATA)
        .write32(DATA, shape.firstInMemory() ? a : b)
        .run(engine);
    final int actual =
        switch (shape) {
          case MEMORY_REG, MEMORY_IMMEDIATE -> machine.read32(DATA);
          case EAX_IMMEDIATE -> machine.get(EAX);
          default -> machine.get(EDX);
        };
    final int expectedFlags = (int) (outcome >>> 32) | ofResult(result);
    final int actualFlags = machine.state.eflags() & Flags.ARITHMETIC;
    if (actual != kept || actualFlags != expectedFlags) {
      machine.fail(
          "%s %s of %08x and %08x, carry %b: expected %08x flags %03x but it is %08x flags %03x"
              .formatted(op, shape, a, b, carry, kept, expectedFlags, actual, actualFlags));
    }
  }

  private static int ofResult(int result) {
    return (result == 0 ? Flags.ZF : 0)
        | (result < 0 ? Flags.SF : 0)
        | (Integer.bitCount(result & 0xFF) % 2 == 0 ? Flags.PF : 0);
  }

  @ParameterizedTest
  @EnumSource
  void incrementAndDecrement(TestEngine engine) {
    for (int value : EDGES) {
      for (int carry = 0; carry <= 1; carry++) {
        checkStep(engine, new Assembler(CODE).inc(EDX).hlt(), Operation.ADD, value, carry);
        checkStep(engine, new Assembler(CODE).db(0xFF, 0xC2).hlt(), Operation.ADD, value, carry);
        checkStep(engine, new Assembler(CODE).dec(EDX).hlt(), Operation.SUB, value, carry);
        checkStep(engine, new Assembler(CODE).db(0xFF, 0xCA).hlt(), Operation.SUB, value, carry);
      }
    }
  }

  /** INC and DEC are an addition or subtraction of 1 that keeps CF. */
  private void checkStep(TestEngine engine, Assembler code, Operation like, int value, int carry) {
    final long outcome = like.apply(value, 1, false);
    final int flags = (int) (outcome >>> 32) & ~Flags.CF | ofResult((int) outcome) | carry;
    machine
        .load(code)
        .set(EDX, value)
        .setFlags(carry | 2)
        .run(engine)
        .assertReg(EDX, (int) outcome)
        .assertFlags(Flags.ARITHMETIC, flags);
  }

  @ParameterizedTest
  @EnumSource
  void shiftsTakeTheirCountFromWhereverItIs(TestEngine engine) {
    final int value = 0x8123_4567;
    final int[] results = {value << 1, value >>> 1, value >> 1};
    final int[] extensions = {4, 5, 7};
    for (int i = 0; i < results.length; i++) {
      final int modrm = 0xC2 | extensions[i] << 3; // edx
      checkShift(engine, new Assembler(CODE).db(0xD1, modrm).hlt(), value, results[i]);
      checkShift(engine, new Assembler(CODE).db(0xC1, modrm, 0x21).hlt(), value, results[i]);
      checkShift(engine, new Assembler(CODE).db(0xD3, modrm).hlt(), value, results[i]);
    }
  }

  /** CL holds 33, which counts as 1. */
  private void checkShift(TestEngine engine, Assembler code, int value, int expected) {
    machine
        .load(code)
        .set(EDX, value)
        .set(ECX, 33)
        .run(engine)
        .assertReg(EDX, expected)
        .assertFlags(Flags.CF, Flags.CF);
  }

  @ParameterizedTest
  @EnumSource
  void shiftByZeroKeepsTheFlags(TestEngine engine) {
    for (int extension = 0; extension < 8; extension++) {
      final int modrm = 0xC2 | extension << 3;
      for (Assembler code :
          List.of(
              new Assembler(CODE).db(0xC1, modrm, 0x20).hlt(),
              new Assembler(CODE).db(0xD3, modrm).hlt())) {
        machine
            .load(code)
            .set(EDX, 5)
            .set(ECX, 32)
            .setFlags(Flags.ARITHMETIC | 2)
            .run(engine)
            .assertReg(EDX, 5)
            .assertFlags(Flags.ARITHMETIC, Flags.ARITHMETIC);
      }
    }
  }
}
