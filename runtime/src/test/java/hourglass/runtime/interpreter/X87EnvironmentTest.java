package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.ST0;
import static hourglass.translator.asm.Register.ST1;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.x87.X87State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The images that FNSTENV, FNSAVE and FXSAVE write, and what comes back from them. */
class X87EnvironmentTest {
  /** Within the reach of 16-bit code. */
  private static final int LOW = 0x6000;

  private static final int OPERAND = 0x6100;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private static void expect(GuestMachine machine, String what, long expected, long actual) {
    if (expected != actual) {
      machine.fail("expected %s to be %x but it is %x".formatted(what, expected, actual));
    }
  }

  /** Loads a double, so that there is an instruction and an operand to remember. */
  private static Assembler loading() {
    return code().nop().fld(mem(OPERAND).as64());
  }

  @ParameterizedTest
  @EnumSource
  void theProtectedLayoutOf32BitsHoldsSelectorsAndTheOpcode(TestEngine engine) {
    GuestMachine.protected32()
        .load(loading().fnstenv(mem(LOW)).hlt())
        .run(engine)
        .assertMemory(LOW, 0xFFFF_037F)
        .assertMemory(LOW + 4, 0xFFFF_3800)
        .assertMemory(LOW + 8, 0xFFFF_7FFF)
        .assertMemory(LOW + 12, CODE + 1)
        .assertMemory(LOW + 16, GuestMachine.KERNEL_CODE | 0x505 << 16)
        .assertMemory(LOW + 20, OPERAND)
        .assertMemory(LOW + 24, GuestMachine.KERNEL_DATA | 0xFFFF_0000);
  }

  @ParameterizedTest
  @EnumSource
  void theProtectedLayoutOf16BitsHoldsSelectors(TestEngine engine) {
    final Assembler code = code().bits16().nop().fld(mem(OPERAND).as64()).fnstenv(mem(LOW)).hlt();
    GuestMachine.protected16()
        .load(code)
        .run(engine)
        .assertMemory(LOW, 0x3800_037F)
        .assertMemory(LOW + 4, (CODE + 1) << 16 | 0x7FFF)
        .assertMemory(LOW + 8, OPERAND << 16 | GuestMachine.KERNEL_CODE16)
        .assertMemory(LOW + 12, GuestMachine.KERNEL_DATA16);
  }

  @ParameterizedTest
  @EnumSource
  void theRealModeLayoutHoldsLinearAddressesAndTheOpcode(TestEngine engine) {
    final GuestMachine machine = GuestMachine.realMode();
    machine.state.segment[CpuState.DS].setReal(0x2000, 0);
    final Assembler code = code().bits16().nop().fld(mem(OPERAND).as64()).fnstenv(mem(LOW)).hlt();
    machine
        .load(code)
        .run(engine)
        .assertMemory(DATA + LOW, 0x3800_037F)
        .assertMemory(DATA + LOW + 4, (CODE + 1) << 16 | 0x7FFF)
        .assertMemory(DATA + LOW + 8, OPERAND << 16 | 0x506)
        .assertMemory(DATA + LOW + 12, 0x2000);
  }

  @ParameterizedTest
  @EnumSource
  void storingTheEnvironmentMasksAllExceptions(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.state.fpu.setControl(0x340);
    machine.load(code().fnstenv(mem(DATA)).hlt()).run(engine).assertMemory(DATA, 0xFFFF_0340);
    expect(machine, "the control word", 0x37F, machine.state.fpu.control());
  }

  @ParameterizedTest
  @EnumSource
  void loadingTheEnvironmentKeepsTheRegisters(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine
        .load(code().fldpi().fld1().fnstenv(mem(DATA)).fninit().fldenv(mem(DATA)).fxch(ST1).hlt())
        .run(engine);
    final X87State fpu = machine.state.fpu;
    expect(machine, "the significand of ST(0)", 0xC90F_DAA2_2168_C235L, fpu.significandOf(0));
    expect(machine, "the tag word", 0x0FFF, fpu.tagWord());
  }

  @ParameterizedTest
  @EnumSource
  void savingInitializesAndRestoringBringsAllBack(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final X87State fpu = machine.state.fpu;
    machine.load(code().fldpi().fldz().fnsave(mem(DATA)).hlt()).run(engine);
    expect(machine, "the status word after FNSAVE", 0, fpu.statusWord());
    expect(machine, "the tag word after FNSAVE", 0xFFFF, fpu.tagWord());
    machine.assertMemory(DATA + 28 + 10, 0x2168_C235); // ST(1) follows ST(0)
    machine.state.halted = false;
    machine.load(code().frstor(mem(DATA)).fstp(ST0).hlt()).run(engine);
    expect(machine, "the exponent of ST(0)", 0x4000, fpu.signExponentOf(0));
    expect(machine, "the tag word after FRSTOR", 0x3FFF, fpu.tagWord());
  }

  @ParameterizedTest
  @EnumSource
  void theFxsaveImageHasAbridgedTagsAndLeavesTheSseAreaAlone(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine
        .write32(DATA + 24, 0x1F80)
        .write32(DATA + 160, 0x1234_5678)
        .load(code().fldpi().fxsave(mem(DATA)).fninit().fxrstor(mem(DATA)).fldz().hlt())
        .run(engine)
        .assertMemory(DATA, 0x3800_037F)
        .assertMemory(DATA + 4, 0x01EB_0080)
        .assertMemory(DATA + 8, CODE)
        .assertMemory(DATA + 12, GuestMachine.KERNEL_CODE)
        .assertMemory(DATA + 24, 0x1F80)
        .assertMemory(DATA + 32, 0x2168_C235)
        .assertMemory(DATA + 36, 0xC90F_DAA2)
        .assertMemory(DATA + 40, 0x4000)
        .assertMemory(DATA + 160, 0x1234_5678);
    expect(machine, "the status word", 0x3000, machine.state.fpu.statusWord());
    expect(machine, "the exponent of ST(1)", 0x4000, machine.state.fpu.signExponentOf(1));
  }

  @ParameterizedTest
  @EnumSource
  void anFxsaveImageMustBeAligned(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().fxsave(mem(DATA + 8)))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
  }
}
