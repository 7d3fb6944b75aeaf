package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Immediate.imm;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.MM0;
import static hourglass.translator.asm.Register.MM1;
import static hourglass.translator.asm.Register.MM3;
import static hourglass.translator.asm.Register.XMM0;
import static hourglass.translator.asm.Register.XMM1;
import static hourglass.translator.asm.Register.XMM2;
import static hourglass.translator.asm.Register.XMM7;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.sse.Mxcsr;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which exceptions MMX and SSE instructions raise, and what they do to registers and memory. */
class SimdStateTest {
  private static final int PAGE = DATA + 0x1000;
  private static final int ONE = 0x3F80_0000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final CpuState state = machine.state;

  @BeforeEach
  void systemSavesXmm() {
    state.cr4 |= CpuState.CR4_OSFXSR | CpuState.CR4_OSXMMEXCPT;
    for (int i = 0; i < CpuState.XMM_OPERAND; i++) {
      state.xmm[i] = pattern(i);
    }
  }

  private static long pattern(int i) {
    return 0x0102_0304_0506_0708L * (i + 1);
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private void expect(String what, long expected, long actual) {
    if (expected != actual) {
      machine.fail("expected %s to be %016x but it is %016x".formatted(what, expected, actual));
    }
  }

  // --- what comes first --------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void sseIsInvalidUnlessTheSystemSavesItsRegisters(TestEngine engine) {
    state.cr4 &= ~CpuState.CR4_OSFXSR;
    machine
        .load(code().simd("xorps", XMM0, XMM0))
        .runToException(engine, GuestFault.INVALID_OPCODE);
    expect("XMM0", pattern(0), state.xmm[0]);
  }

  @ParameterizedTest
  @EnumSource
  void emulationMakesBothInvalid(TestEngine engine) {
    state.cr0 |= CpuState.CR0_EM | CpuState.CR0_TS;
    machine.load(code().simd("pxor", MM0, MM0)).runToException(engine, GuestFault.INVALID_OPCODE);
    state.halted = false;
    machine.load(code().simd("pxor", XMM0, XMM0)).runToException(engine, GuestFault.INVALID_OPCODE);
  }

  @ParameterizedTest
  @EnumSource
  void afterATaskSwitchTheUnitIsNotAvailable(TestEngine engine) {
    state.cr0 |= CpuState.CR0_TS;
    machine.load(code().simd("movd", MM0, EAX)).runToException(engine, GuestFault.NO_FPU);
    state.halted = false;
    machine.load(code().simd("movd", XMM0, EAX)).runToException(engine, GuestFault.NO_FPU);
  }

  @ParameterizedTest
  @EnumSource
  void generalRegistersNeedNoUnit(TestEngine engine) {
    state.cr0 |= CpuState.CR0_TS | CpuState.CR0_EM;
    machine
        .load(
            code()
                .mov(ECX, 0xF0F1)
                .simd("popcnt", EAX, ECX)
                .simd("movnti", mem(DATA), EAX)
                .simd("mfence")
                .simd("sfence")
                .simd("lfence")
                .hlt())
        .run(engine)
        .assertReg(EAX, 9)
        .assertMemory(DATA, 9);
  }

  @ParameterizedTest
  @EnumSource
  void mmxReportsAPendingExceptionOfTheX87Unit(TestEngine engine) {
    state.fpu.status = 0x8081;
    state.fpu.context.control = 0x37E;
    machine.load(code().simd("paddb", MM0, MM1)).runToException(engine, GuestFault.FPU_ERROR);
    state.halted = false;
    machine.load(code().simd("paddb", XMM0, XMM1).hlt()).run(engine);
  }

  // --- memory ------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void operandsOf16BytesMustBeAligned(TestEngine engine) {
    for (final String name : new String[] {"movaps", "paddb", "addps", "movntdqa", "pshufb"}) {
      machine
          .load(code().simd(name, XMM0, mem(DATA + 8)))
          .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
      expect("XMM0", pattern(0), state.xmm[0]);
      state.halted = false;
      machine.set(ESP, GuestMachine.STACK);
    }
    machine
        .load(code().simd("movntps", mem(DATA + 8), XMM0))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource
  void someOperandsMayLieAnywhere(TestEngine engine) {
    machine
        .load(
            code()
                .simd("movups", mem(PAGE - 5), XMM2)
                .simd("movdqu", XMM0, mem(PAGE - 5))
                .simd("lddqu", XMM1, mem(PAGE - 5))
                .simd("movss", XMM7, mem(PAGE - 5))
                .simd("pcmpistri", XMM0, mem(PAGE - 5), imm(0))
                .hlt())
        .run(engine);
    expect("XMM0", pattern(4), state.xmm[0]);
    expect("XMM1, upper half,", pattern(5), state.xmm[3]);
    expect("XMM7", pattern(4) & 0xFFFF_FFFFL, state.xmm[14]);
    expect("XMM7, upper half,", 0, state.xmm[15]);
  }

  @ParameterizedTest
  @EnumSource
  void aStoreAcrossPagesIsDoneWhollyOrNotAtAll(TestEngine engine) {
    final PageTables tables = machine.enablePaging(false);
    tables.map(PAGE, 0, 0);
    machine
        .load(code().simd("movups", mem(PAGE - 8), XMM0))
        .runToException(engine, GuestFault.PAGE_FAULT, 2);
    expect("CR2", PAGE, state.cr2);
    machine.assertMemory(PAGE - 8, 0).assertMemory(PAGE - 4, 0);
  }

  @ParameterizedTest
  @EnumSource
  void aLoadThatFaultsLeavesTheRegister(TestEngine engine) {
    final PageTables tables = machine.enablePaging(false);
    tables.map(PAGE, 0, 0);
    machine
        .load(code().simd("movups", XMM0, mem(PAGE - 8)))
        .runToException(engine, GuestFault.PAGE_FAULT, 0);
    expect("CR2", PAGE, state.cr2);
    expect("XMM0", pattern(0), state.xmm[0]);
  }

  @ParameterizedTest
  @EnumSource
  void maskedBytesAreNotWrittenAndDoNotFault(TestEngine engine) {
    final PageTables tables = machine.enablePaging(false);
    tables.map(PAGE, 0, 0);
    state.xmm[0] = 0x1122_3344_5566_7788L;
    state.xmm[2] = 0x0000_0080_0080_8000L;
    state.xmm[3] = 0;
    machine
        .load(code().mov(EDI, PAGE - 8).simd("maskmovdqu", XMM0, XMM1).hlt())
        .run(engine)
        .assertMemory(PAGE - 8, 0x0066_7700)
        .assertMemory(PAGE - 4, 0x44);
  }

  // --- MMX and x87 -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void mmxRegistersAreSignificandsAndMakeAllValid(TestEngine engine) {
    machine
        .write32(DATA, 0x1234_5678)
        .write32(DATA + 4, 0x9ABC_DEF0)
        .load(code().fninit().fld1().simd("movq", MM3, mem(DATA)).hlt())
        .run(engine);
    expect("MM3", 0x9ABC_DEF0_1234_5678L, state.fpu.significand[3]);
    expect("the exponent of R3", 0xFFFF, state.fpu.signExponent[3]);
    expect("TOP", 0, state.fpu.top);
    expect("the empty registers", 0, state.fpu.empty);
    state.halted = false;
    machine.load(code().simd("emms").hlt()).run(engine);
    expect("the empty registers", 0xFF, state.fpu.empty);
  }

  @ParameterizedTest
  @EnumSource
  void convertingFromMemoryToDoublesLeavesTheX87Unit(TestEngine engine) {
    machine.write32(DATA, -3).write32(DATA + 4, 7);
    machine.load(code().simd("cvtpi2pd", XMM1, mem(DATA)).hlt()).run(engine);
    expect("the low double", Double.doubleToRawLongBits(-3), state.xmm[2]);
    expect("the high double", Double.doubleToRawLongBits(7), state.xmm[3]);
    expect("the empty registers", 0xFF, state.fpu.empty);
  }

  // --- MXCSR -------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void reservedBitsOfMxcsrAreRefused(TestEngine engine) {
    machine
        .write32(DATA, 0x1_1F80)
        .load(code().simd("ldmxcsr", mem(DATA)))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
    expect("MXCSR", Mxcsr.RESET, state.mxcsr.value());
  }

  @ParameterizedTest
  @EnumSource
  void mxcsrIsLoadedAndStored(TestEngine engine) {
    machine
        .write32(DATA, 0xFFC5)
        .load(code().simd("ldmxcsr", mem(DATA)).simd("stmxcsr", mem(DATA + 4)).hlt())
        .run(engine)
        .assertMemory(DATA + 4, 0xFFC5);
  }

  @ParameterizedTest
  @EnumSource
  void aMaskedExceptionSetsItsFlag(TestEngine engine) {
    state.xmm[0] = ONE;
    state.xmm[2] = 0;
    machine.load(code().simd("divss", XMM0, XMM1).hlt()).run(engine);
    expect("XMM0", 0x7F80_0000, state.xmm[0]);
    expect("MXCSR", Mxcsr.RESET | Mxcsr.ZERO_DIVIDE, state.mxcsr.value());
  }

  @ParameterizedTest
  @EnumSource
  void anUnmaskedExceptionIsReportedBeforeTheResult(TestEngine engine) {
    state.mxcsr.set(Mxcsr.RESET & ~(Mxcsr.ZERO_DIVIDE << Mxcsr.MASK_SHIFT));
    state.xmm[0] = ONE;
    state.xmm[2] = 0;
    machine.load(code().simd("divss", XMM0, XMM1)).runToException(engine, GuestFault.SIMD_ERROR);
    expect("the pushed EIP", CODE, machine.pushedEip());
    expect("XMM0", ONE, state.xmm[0]);
    expect("the flags", Mxcsr.ZERO_DIVIDE, state.mxcsr.value() & 0x3F);
  }

  @ParameterizedTest
  @EnumSource
  void anUnmaskedExceptionIsInvalidOpcodeToASystemThatDoesNotKnowIt(TestEngine engine) {
    state.cr4 &= ~CpuState.CR4_OSXMMEXCPT;
    state.mxcsr.set(0);
    state.xmm[0] = ONE;
    state.xmm[2] = 0;
    machine
        .load(code().simd("divss", XMM0, XMM1))
        .runToException(engine, GuestFault.INVALID_OPCODE);
  }

  // --- FXSAVE ------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void xmmRegistersAndMxcsrAreSavedAndRestored(TestEngine engine) {
    state.mxcsr.set(0x1FA0);
    machine
        .load(
            code()
                .fxsave(mem(DATA))
                .simd("pxor", XMM0, XMM0)
                .simd("pxor", XMM7, XMM7)
                .simd("ldmxcsr", mem("default"))
                .fxrstor(mem(DATA))
                .hlt()
                .label("default")
                .dd(Mxcsr.RESET))
        .run(engine)
        .assertMemory(DATA + 24, 0x1FA0)
        .assertMemory(DATA + 28, Mxcsr.VALID)
        .assertMemory(DATA + 160, (int) pattern(0));
    for (int i = 0; i < CpuState.XMM_OPERAND; i++) {
      expect("quadword " + i, pattern(i), state.xmm[i]);
    }
    expect("MXCSR", 0x1FA0, state.mxcsr.value());
  }

  @ParameterizedTest
  @EnumSource
  void restoringReservedBitsOfMxcsrChangesNothing(TestEngine engine) {
    machine
        .write32(DATA + 24, 0x8001_0000)
        .load(code().fxrstor(mem(DATA)))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
    expect("XMM0", pattern(0), state.xmm[0]);
    expect("the x87 control word", 0x37F, state.fpu.control());
  }
}
