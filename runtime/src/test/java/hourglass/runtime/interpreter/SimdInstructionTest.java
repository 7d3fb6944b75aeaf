package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Immediate.imm;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.MM0;
import static hourglass.translator.asm.Register.MM1;
import static hourglass.translator.asm.Register.XMM0;
import static hourglass.translator.asm.Register.XMM1;
import static hourglass.translator.asm.Register.XMM2;
import static hourglass.translator.asm.Register.XMM3;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Operand;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Results of MMX and SSE instructions of every shape, with the source in a register and in memory.
 */
class SimdInstructionTest {
  private static final long A_LOW = 0x0706_0504_0302_0100L;
  private static final long A_HIGH = 0x0F0E_0D0C_0B0A_0908L;
  private static final long B_LOW = 0x8786_8584_8382_8180L;
  private static final long B_HIGH = 0x8F8E_8D8C_8B8A_8988L;
  private static final long ONE_TWO = 0x4000_0000_3F80_0000L; // 1, 2 in single precision
  private static final long THREE_FOUR = 0x4080_0000_4040_0000L;
  private static final long ONE = 0x3FF0_0000_0000_0000L; // in double precision
  private static final long TWO = 0x4000_0000_0000_0000L;

  private final GuestMachine machine = GuestMachine.protected32();
  private final CpuState state = machine.state;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private void expect(String what, long expected, long actual) {
    if (expected != actual) {
      machine.fail("expected %s to be %016x but it is %016x".formatted(what, expected, actual));
    }
  }

  /** Puts one value into XMM0, the other into XMM1 and memory. */
  private void prepare(long[] destination, long[] source) {
    state.cr4 |= CpuState.CR4_OSFXSR;
    state.halted = false;
    System.arraycopy(destination, 0, state.xmm, 0, 2);
    System.arraycopy(source, 0, state.xmm, 2, 2);
    for (int i = 0; i < 2; i++) {
      machine.write32(DATA + 8 * i, (int) source[i]);
      machine.write32(DATA + 8 * i + 4, (int) (source[i] >>> 32));
    }
  }

  /** Runs an instruction on XMM0 and a source, once in XMM1 and once in memory. */
  private void check(
      TestEngine engine,
      String name,
      long[] destination,
      long[] source,
      long low,
      long high,
      int... immediate) {
    for (final boolean memory : new boolean[] {false, true}) {
      prepare(destination, source);
      final List<Operand> operands = new ArrayList<>(List.of(XMM0, memory ? mem(DATA) : XMM1));
      for (final int value : immediate) {
        operands.add(imm(value));
      }
      machine.load(code().simd(name, operands.toArray(Operand[]::new)).hlt()).run(engine);
      final String where = name + (memory ? " from memory" : "");
      expect("the low half of " + where, low, state.xmm[0]);
      expect("the high half of " + where, high, state.xmm[1]);
    }
  }

  private static long[] of(long low, long high) {
    return new long[] {low, high};
  }

  private static final long[] A = of(A_LOW, A_HIGH);
  private static final long[] B = of(B_LOW, B_HIGH);

  @ParameterizedTest
  @EnumSource
  void quadwordsMeetAtTheSamePlace(TestEngine engine) {
    check(engine, "paddb", A, B, 0x8E8C_8A88_8684_8280L, 0x9E9C_9A98_9694_9290L);
    check(engine, "pandn", A, B, 0x8080_8080_8080_8080L, 0x8080_8080_8080_8080L);
    check(engine, "pcmpgtw", A, B, -1, -1);
    check(engine, "pmuludq", A, of(2, 3), 0x0604_0200L, 0x211E_1B18L);
    check(engine, "psadbw", A, B, 0x400, 0x400);
    check(engine, "paddq", of(-1, -1), of(1, 2), 0, 1);
  }

  /** Runs code from A in XMM0 and B in XMM1 and in memory. */
  private void runOnBoth(TestEngine engine, Assembler code) {
    prepare(A, B);
    machine.load(code.hlt()).run(engine);
  }

  private void expectRegister(int register, long low, long high) {
    expect("the low half of XMM" + register, low, state.xmm[2 * register]);
    expect("the high half of XMM" + register, high, state.xmm[2 * register + 1]);
  }

  private void expectMemory(int address, long quadword) {
    final long low = machine.read32(address) & 0xFFFF_FFFFL;
    final long high = machine.read32(address + 4) & 0xFFFF_FFFFL;
    expect("memory at %x".formatted(address), quadword, low | high << 32);
  }

  @ParameterizedTest
  @EnumSource
  void movqClearsTheHighHalfOfARegister(TestEngine engine) {
    runOnBoth(
        engine,
        code()
            .simd("movq", XMM2, mem(DATA + 8))
            .simd("movq", XMM3, XMM0)
            .simd("movq", mem(DATA + 32), XMM0)
            .simd("movq", mem(DATA + 44), XMM1));
    expectRegister(2, B_HIGH, 0);
    expectRegister(3, A_LOW, 0);
    expectMemory(DATA + 32, A_LOW);
    expectMemory(DATA + 44, B_LOW);
  }

  @ParameterizedTest
  @EnumSource
  void halvesMoveAlone(TestEngine engine) {
    runOnBoth(
        engine,
        code()
            .simd("movhps", mem(DATA + 32), XMM0)
            .simd("movlpd", mem(DATA + 40), XMM0)
            .simd("movlps", XMM0, mem(DATA))
            .simd("movhpd", XMM1, mem(DATA + 3)));
    expectMemory(DATA + 32, A_HIGH);
    expectMemory(DATA + 40, A_LOW);
    expectRegister(0, B_LOW, A_HIGH);
    expectRegister(1, B_LOW, B_LOW >>> 24 | B_HIGH << 40);
  }

  @ParameterizedTest
  @EnumSource
  void storesPastTheCachesAreStores(TestEngine engine) {
    runOnBoth(engine, code().simd("movntdq", mem(DATA + 32), XMM0));
    expectMemory(DATA + 32, A_LOW);
    expectMemory(DATA + 40, A_HIGH);
  }

  private int byteAt(int address) {
    return machine.read32(address & ~3) >>> (address & 3) * 8 & 0xFF;
  }

  @ParameterizedTest
  @EnumSource
  void sixteenBytesMoveFromAndToAnyPlaceOfAPageAndIntoTheNext(TestEngine engine) {
    final int end = DATA + GuestMemory.PAGE_SIZE; // DATA begins a page
    for (int place = end - 20; place <= end + 4; place++) {
      for (int at = end - 24; at < end + 24; at += 4) {
        machine.write32(at, -1);
      }
      runOnBoth(engine, code().simd("movups", mem(place), XMM1).simd("movdqu", XMM2, mem(place)));
      expectRegister(2, B_LOW, B_HIGH);
      expect("the byte before %x".formatted(place), 0xFF, byteAt(place - 1));
      expect("the byte behind %x".formatted(place + 15), 0xFF, byteAt(place + 16));
    }
  }

  @ParameterizedTest
  @EnumSource
  void packingTakesTheDestinationFirst(TestEngine engine) {
    check(
        engine,
        "packuswb",
        of(0x0001_0100_FFFF_00FFL, 0),
        of(0x0002_0003_0004_0005L, 0x7FFF_8000_0000_0001L),
        0x0000_0000_01FF_00FFL,
        0xFF00_0001_0203_0405L);
    check(
        engine,
        "phaddd",
        of(0x0000_0002_0000_0001L, 0x0000_0004_0000_0003L),
        of(0x0000_0020_0000_0010L, 0x0000_0040_0000_0030L),
        0x0000_0007_0000_0003L,
        0x0000_0070_0000_0030L);
  }

  @ParameterizedTest
  @EnumSource
  void interleavingTakesHalves(TestEngine engine) {
    check(engine, "punpcklbw", A, B, 0x8303_8202_8101_8000L, 0x8707_8606_8505_8404L);
    check(engine, "punpckhwd", A, B, 0x8B8A_0B0A_8988_0908L, 0x8F8E_0F0E_8D8C_0D0CL);
    check(engine, "punpckhqdq", A, B, A_HIGH, B_HIGH);
    check(engine, "unpcklps", A, B, 0x8382_8180_0302_0100L, 0x8786_8584_0706_0504L);
  }

  @ParameterizedTest
  @EnumSource
  void shufflesChooseByImmediateOrBySource(TestEngine engine) {
    check(engine, "pshufd", A, B, 0x8B8A_8988_8F8E_8D8CL, 0x8382_8180_8786_8584L, 0x1B);
    check(engine, "shufps", A, B, 0x0706_0504_0F0E_0D0CL, 0x8382_8180_8B8A_8988L, 0x27);
    check(engine, "shufpd", A, B, A_HIGH, B_LOW, 1);
    check(engine, "pshufhw", A, B, B_LOW, 0x8988_8B8A_8D8C_8F8EL, 0x1B);
    check(engine, "palignr", A, B, 0x8A89_8887_8685_8483L, 0x0201_008F_8E8D_8C8BL, 3);
    check(engine, "palignr", A, B, 0x0908_0706_0504_0302L, 0x0000_0F0E_0D0C_0B0AL, 18);
    check(
        engine,
        "pshufb",
        A,
        of(0x8000_0F0E_0102_0304L, 0x0808_0808_0808_0880L),
        0x0000_0F0E_0102_0304L,
        0x0808_0808_0808_0800L);
    check(engine, "insertps", A, B, 0, 0x8382_8180_0B0A_0908L, 0x33);
    check(
        engine,
        "mpsadbw",
        of(0, 0),
        of(0x0102_0304L, 0),
        0x000A_000A_000A_000AL,
        0x000A_000A_000A_000AL,
        0);
  }

  @ParameterizedTest
  @EnumSource
  void blendsTakeFromTheSourceWhereABitIsSet(TestEngine engine) {
    check(engine, "pblendw", A, B, 0x0706_0504_0302_8180L, 0x8F8E_0D0C_0B0A_0908L, 0x81);
    check(engine, "blendps", A, B, 0x8786_8584_0302_0100L, A_HIGH, 2);
    check(engine, "pblendvb", of(-1, 0x80), of(0, 0x55), 0, 0x55L);
  }

  @ParameterizedTest
  @EnumSource
  void wideningReadsOnlyWhatItNeeds(TestEngine engine) {
    check(engine, "pmovsxbw", A, B, 0xFF83_FF82_FF81_FF80L, 0xFF87_FF86_FF85_FF84L);
    check(engine, "pmovzxbq", A, B, 0x80, 0x81);
    check(engine, "pmovsxdq", A, B, 0xFFFF_FFFF_8382_8180L, 0xFFFF_FFFF_8786_8584L);
  }

  @ParameterizedTest
  @EnumSource
  void shiftsCountByTheWholeLowQuadword(TestEngine engine) {
    check(engine, "psllw", A, of(4, -1), 0x7060_5040_3020_1000L, 0xF0E0_D0C0_B0A0_9080L);
    check(engine, "psrld", A, of(1L << 32, 0), 0, 0);
    check(engine, "psraw", B, of(99, 0), -1, -1);
    machine.load(code().simd("psrldq", XMM0, imm(9)).simd("pslldq", XMM1, imm(3)).hlt());
    state.cr4 |= CpuState.CR4_OSFXSR;
    state.halted = false;
    System.arraycopy(A, 0, state.xmm, 0, 2);
    System.arraycopy(A, 0, state.xmm, 2, 2);
    machine.run(engine);
    expect("the low half of psrldq", 0x000F_0E0D_0C0B_0A09L, state.xmm[0]);
    expect("the high half of psrldq", 0, state.xmm[1]);
    expect("the low half of pslldq", 0x0403_0201_0000_0000L, state.xmm[2]);
    expect("the high half of pslldq", 0x0C0B_0A09_0807_0605L, state.xmm[3]);
  }

  @ParameterizedTest
  @EnumSource
  void floatingPointWorksOnAllElementsOrTheLowestOne(TestEngine engine) {
    final long[] ones = of(ONE_TWO, THREE_FOUR);
    check(engine, "addps", ones, ones, 0x4080_0000_4000_0000L, 0x4100_0000_40C0_0000L);
    check(engine, "addss", ones, ones, 0x4000_0000_4000_0000L, THREE_FOUR);
    check(engine, "mulpd", of(TWO, TWO), of(ONE, TWO), TWO, 0x4010_0000_0000_0000L);
    check(engine, "subsd", of(TWO, 7), of(ONE, TWO), ONE, 7);
    check(engine, "haddps", ones, ones, 0x40E0_0000_4040_0000L, 0x40E0_0000_4040_0000L);
    check(engine, "addsubpd", of(TWO, ONE), of(ONE, ONE), ONE, TWO);
    check(engine, "cmpps", ones, of(ONE_TWO, ONE_TWO), -1, 0, 0);
    check(engine, "dpps", ones, ones, 0x41F0_0000_0000_0000L, 0, 0xF2);
    check(engine, "roundsd", of(9, 9), of(0x4004_0000_0000_0000L, 0), 0x4008_0000_0000_0000L, 9, 2);
    check(engine, "cvtps2pd", A, of(ONE_TWO, 5), ONE, TWO);
    check(engine, "cvtpd2dq", A, of(ONE, TWO), 0x0000_0002_0000_0001L, 0);
  }

  @ParameterizedTest
  @EnumSource
  void mmxFormsWorkOnOneQuadword(TestEngine engine) {
    state.fpu.significand[0] = A_LOW;
    state.fpu.significand[1] = B_LOW;
    machine
        .load(
            code()
                .simd("punpcklbw", MM0, MM1)
                .simd("pmovmskb", EAX, MM0)
                .simd("pextrw", ECX, MM1, imm(2))
                .simd("pinsrw", MM1, EAX, imm(3))
                .simd("movd", EDX, MM1)
                .hlt())
        .run(engine)
        .assertReg(EAX, 0xAA)
        .assertReg(ECX, 0x8584)
        .assertReg(EDX, 0x8382_8180);
    expect("MM0", 0x8303_8202_8101_8000L, state.fpu.significand[0]);
    expect("MM1", 0x00AA_8584_8382_8180L, state.fpu.significand[1]);
  }

  @ParameterizedTest
  @EnumSource
  void comparisonsSetFlags(TestEngine engine) {
    state.cr4 |= CpuState.CR4_OSFXSR;
    state.xmm[0] = ONE;
    state.xmm[2] = TWO;
    final int all = Flags.ARITHMETIC;
    machine.load(code().simd("comisd", XMM0, XMM1).hlt()).run(engine).assertFlags(all, Flags.CF);
    state.halted = false;
    state.xmm[0] = 0x7FF8_0000_0000_0000L;
    machine
        .load(code().simd("ucomisd", XMM0, XMM1).hlt())
        .run(engine)
        .assertFlags(all, Flags.CF | Flags.ZF | Flags.PF);
    state.halted = false;
    machine.load(code().simd("ptest", XMM0, XMM0).hlt()).run(engine).assertFlags(all, Flags.CF);
  }

  @ParameterizedTest
  @EnumSource
  void crcAndPopulationCountWorkOnGeneralRegisters(TestEngine engine) {
    machine
        .write(DATA, '1', '2', '3', '4', '5', '6', '7', '8', '9')
        .load(
            code()
                .mov(EAX, -1)
                .simd("crc32", EAX, mem(DATA).as32())
                .simd("crc32", EAX, mem(DATA + 4).as16())
                .simd("crc32", EAX, mem(DATA + 6).as8())
                .simd("crc32", EAX, mem(DATA + 7).as16())
                .not(EAX)
                .simd("popcnt", ECX, EAX)
                .hlt())
        .run(engine)
        .assertReg(EAX, 0xE306_9283)
        .assertReg(ECX, Integer.bitCount(0xE306_9283))
        .assertFlags(Flags.ARITHMETIC, 0);
  }

  @ParameterizedTest
  @EnumSource
  void storesWithTruncationTakeNoNoticeOfRounding(TestEngine engine) {
    state.fpu.context.control = 0xB7F; // rounding up
    machine
        .write32(DATA, 0x4020_0000) // 2.5
        .load(
            code()
                .fld(mem(DATA).as32())
                .db(0xDB, 0x0D)
                .dd(DATA + 4) // fisttp dword [DATA + 4]
                .hlt())
        .run(engine)
        .assertMemory(DATA + 4, 2);
    expect("the control word", 0xB7F, state.fpu.control());
    expect("the empty registers", 0xFF, state.fpu.empty);
  }

  @ParameterizedTest
  @EnumSource
  void dotProductKeepsTheSecondOfTwoNans(TestEngine engine) {
    final long nans = 0x7FC0_0011_7FC0_0010L;
    final long ones = 0x3F80_0000_3F80_0000L;
    check(engine, "dpps", new long[] {nans, nans}, new long[] {ones, ones}, 0x7FC0_0011L, 0, 0x31);
  }
}
