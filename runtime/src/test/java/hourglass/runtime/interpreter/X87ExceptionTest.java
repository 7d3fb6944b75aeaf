package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.ST0;
import static hourglass.translator.asm.Register.ST1;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.x87.X87State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the x87 unit raises an exception of the processor, and what it has changed by then. */
class X87ExceptionTest {
  /** The control word with every exception masked but division by zero. */
  private static final int DIVISION_UNMASKED = 0x37B;

  private static final int MISSING = DATA + 0x1000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final X87State fpu = machine.state.fpu;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private void expect(String what, int expected, int actual) {
    if (expected != actual) {
      machine.fail("expected %s to be %04x but it is %04x".formatted(what, expected, actual));
    }
  }

  // --- #NM: lazy switching ---------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void anInstructionAfterATaskSwitchIsDeviceNotAvailable(TestEngine engine) {
    machine.state.cr0 |= CpuState.CR0_TS;
    machine.load(code().fld1()).runToException(engine, GuestFault.NO_FPU);
    expect("the pushed EIP", CODE, machine.pushedEip());
    expect("the empty registers", 0xFF, fpu.empty);
  }

  @ParameterizedTest
  @EnumSource
  void evenInstructionsThatDoNotWaitNeedTheUnit(TestEngine engine) {
    machine.state.cr0 |= CpuState.CR0_EM;
    machine.load(code().fnstsw(AX)).runToException(engine, GuestFault.NO_FPU);
  }

  @ParameterizedTest
  @EnumSource
  void waitIsDeviceNotAvailableOnlyWhereItIsMonitored(TestEngine engine) {
    machine.state.cr0 |= CpuState.CR0_TS;
    machine.load(code().fwait().hlt()).run(engine);
    machine.state.halted = false;
    machine.state.cr0 |= CpuState.CR0_MP;
    machine.load(code().fwait().hlt()).runToException(engine, GuestFault.NO_FPU);
  }

  @ParameterizedTest
  @EnumSource
  void savingTheStateIsDeviceNotAvailableToo(TestEngine engine) {
    machine.state.cr0 |= CpuState.CR0_TS;
    machine.load(code().fxsave(mem(DATA))).runToException(engine, GuestFault.NO_FPU);
  }

  // --- #MF: unmasked exceptions ----------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void anUnmaskedExceptionIsReportedByTheNextWaitingInstruction(TestEngine engine) {
    fpu.setControl(DIVISION_UNMASKED);
    machine
        .load(code().fld1().fldz().fdiv(ST1, ST0).fdivr(ST0, ST1).hlt())
        .runToException(engine, GuestFault.FPU_ERROR);
    expect("the pushed EIP", CODE + 6, machine.pushedEip());
    expect("the status word", 0xB084, fpu.statusWord());
    expect("the stack after the division", 0x3F, fpu.empty);
  }

  @ParameterizedTest
  @EnumSource
  void waitReportsAPendingException(TestEngine engine) {
    fpu.setControl(DIVISION_UNMASKED);
    final Assembler code = code().fld1().fldz().fdivp(ST1).fnstsw(AX).fwait().hlt();
    machine.load(code).runToException(engine, GuestFault.FPU_ERROR);
    expect("the pushed EIP", CODE + 8, machine.pushedEip());
    // Neither the quotient nor the pop has been committed.
    expect("AX", 0xB084, machine.get(AX));
  }

  @ParameterizedTest
  @EnumSource
  void clearingExceptionsDoesNotWait(TestEngine engine) {
    fpu.setControl(DIVISION_UNMASKED);
    machine.load(code().fld1().fldz().fdivp(ST1).fnclex().fwait().hlt()).run(engine);
    expect("the status word", 0x3000, fpu.statusWord());
  }

  @ParameterizedTest
  @EnumSource
  void unmaskingAFlaggedExceptionMakesItPending(TestEngine engine) {
    machine.write(DATA, 0x7B, 0x03);
    machine
        .load(code().fld1().fldz().fdivp(ST1).fldcw(mem(DATA).as16()).fld1().hlt())
        .runToException(engine, GuestFault.FPU_ERROR);
  }

  @ParameterizedTest
  @EnumSource
  void withoutNumericErrorReportingFerrIsRaisedAndTheProcessorWaits(TestEngine engine) {
    machine.state.cr0 &= ~CpuState.CR0_NE;
    fpu.setControl(DIVISION_UNMASKED);
    final Assembler code =
        code().fld1().fldz().fdivp(ST1).label("waits").fld1().mov(Register.EAX, 1).hlt();
    machine.load(code).run(engine);
    machine.assertEip(code.addressOf("waits")).assertReg(Register.EAX, 0);
    if (!fpu.ferr) {
      machine.fail("FERR# is not raised");
    }
  }

  @ParameterizedTest
  @EnumSource
  void errorsThatAreIgnoredDoNotStopTheProcessor(TestEngine engine) {
    machine.state.cr0 &= ~CpuState.CR0_NE;
    fpu.setControl(DIVISION_UNMASKED);
    fpu.ferr = true;
    fpu.ignne = true;
    final Assembler code = code().fld1().fldz().fdivp(ST1).fld1().fwait().fnclex().hlt();
    machine.load(code).run(engine);
    machine.assertEip(code.origin() + code.bytes().length);
    if (fpu.ferr || fpu.ignne) {
      machine.fail("FERR# or IGNNE# is still there though no exception is pending");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnmaskedOverflowKeepsMemoryAsItWas(TestEngine engine) {
    fpu.setControl(0x377);
    fpu.set(7, 0, 0);
    fpu.push(0x8000_0000_0000_0000L, 0x7000);
    machine.write32(DATA, 0x1234_5678);
    machine.load(code().fstp(mem(DATA).as32()).hlt()).run(engine);
    machine.assertMemory(DATA, 0x1234_5678);
    expect("the status word", 0xB888, fpu.statusWord());
  }

  // --- faults of memory come before any change -------------------------------------------------

  private void miss() {
    machine.enablePaging(false).map(MISSING, 0, 0);
  }

  @ParameterizedTest
  @EnumSource
  void aLoadFromAMissingPagePushesNothing(TestEngine engine) {
    miss();
    machine
        .load(code().fld(mem(MISSING - 8).as80()))
        .runToException(engine, GuestFault.PAGE_FAULT, 0);
    expect("the status word", 0, fpu.statusWord());
    expect("the last instruction", 0, fpu.lastInstructionOffset);
  }

  @ParameterizedTest
  @EnumSource
  void aStoreAcrossIntoAMissingPageWritesAndPopsNothing(TestEngine engine) {
    miss();
    machine.write32(MISSING - 8, 0x1234_5678);
    machine
        .load(code().fldpi().fstp(mem(MISSING - 8).as80()))
        .runToException(engine, GuestFault.PAGE_FAULT, 2);
    machine.assertMemory(MISSING - 8, 0x1234_5678);
    expect("the status word", 0x3800, fpu.statusWord());
  }

  @ParameterizedTest
  @EnumSource
  void aConversionToAMissingPageRaisesNoFlag(TestEngine engine) {
    miss();
    machine
        .load(code().fldpi().fistp(mem(MISSING).as32()))
        .runToException(engine, GuestFault.PAGE_FAULT, 2);
    expect("the status word", 0x3800, fpu.statusWord());
  }

  @ParameterizedTest
  @EnumSource
  void savingAcrossIntoAMissingPageWritesNothingAndKeepsTheState(TestEngine engine) {
    miss();
    machine.write32(MISSING - 100, 0x1234_5678);
    machine
        .load(code().fld1().fnsave(mem(MISSING - 100)))
        .runToException(engine, GuestFault.PAGE_FAULT, 2);
    machine.assertMemory(MISSING - 100, 0x1234_5678);
    expect("the status word", 0x3800, fpu.statusWord());
  }

  @ParameterizedTest
  @EnumSource
  void anOperandBeyondTheSegmentIsAProtectionFault(TestEngine engine) {
    machine.state.segment[CpuState.DS].set(0x10, 0, 0xFFFF, 0x4093);
    machine.state.updateMode();
    machine
        .load(code().fld(mem(0xFFFC).as64()))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
  }
}
