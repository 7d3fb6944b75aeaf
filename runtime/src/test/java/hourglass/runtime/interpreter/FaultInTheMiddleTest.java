package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CL;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An instruction that faults has changed nothing but what the manual says. User code, with one page
 * missing and one read-only.
 */
class FaultInTheMiddleTest {
  private static final int MISSING = DATA + 0x1000;
  private static final int READ_ONLY = DATA + 0x4000;

  /**
   * Page fault error codes: a user's read and write of a missing page, a user's write of a present
   * one.
   */
  private static final int READ_MISSING = 4;

  private static final int WRITE_MISSING = 6;
  private static final int WRITE_PRESENT = 7;

  private final GuestMachine machine = GuestMachine.user32();

  private GuestMachine load(Assembler code) {
    final PageTables tables = machine.enablePaging(false);
    tables.map(MISSING, 0, 0);
    tables.map(READ_ONLY, READ_ONLY, PageTables.PRESENT | PageTables.USER);
    return machine.load(code);
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private GuestMachine faults(TestEngine engine, int errorCode) {
    return machine.runToException(engine, GuestFault.PAGE_FAULT, errorCode);
  }

  /** ESP as the exception has saved it: after error code, EIP, CS and EFLAGS. */
  private void assertEspWas(int expected) {
    final int actual = machine.stackSlot(4);
    if (actual != expected) {
      machine.fail(
          "expected the faulting ESP to be %08x but it was %08x".formatted(expected, actual));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pushLeavesEsp(TestEngine engine) {
    load(code().push(EAX)).set(ESP, MISSING + 4);
    faults(engine, WRITE_MISSING).assertEip(CODE);
    assertEspWas(MISSING + 4);
  }

  @ParameterizedTest
  @EnumSource
  void pushOfMissingMemoryLeavesEspAndTheStack(TestEngine engine) {
    load(code().push(mem(MISSING).as32())).write32(USER_STACK - 4, 0x11223344);
    faults(engine, READ_MISSING).assertMemory(USER_STACK - 4, 0x11223344);
    assertEspWas(USER_STACK);
  }

  @ParameterizedTest
  @EnumSource
  void popToMissingMemoryLeavesEsp(TestEngine engine) {
    load(code().pop(mem(MISSING).as32()));
    faults(engine, WRITE_MISSING);
    assertEspWas(USER_STACK);
  }

  @ParameterizedTest
  @EnumSource
  void popToMemoryBeyondEspUsesEspAfterThePop(TestEngine engine) {
    load(code().pop(mem(ESP).disp(8).as32()).intN(GuestMachine.EXIT_VECTOR))
        .write32(USER_STACK, 0x55667788)
        .run(engine)
        .assertMemory(USER_STACK + 12, 0x55667788);
  }

  @ParameterizedTest
  @EnumSource
  void pushaThatRunsIntoAMissingPageWritesNothing(TestEngine engine) {
    load(code().pusha())
        .set(EAX, 0x12345678)
        .set(ESP, MISSING + 0x1010)
        .write32(MISSING + 0x100C, 0x11111111);
    faults(engine, WRITE_MISSING).assertMemory(MISSING + 0x100C, 0x11111111);
    assertEspWas(MISSING + 0x1010);
  }

  @ParameterizedTest
  @EnumSource
  void popaThatRunsIntoAMissingPageLoadsNothing(TestEngine engine) {
    load(code().popa()).set(EDI, 7).set(ESP, MISSING - 8).write32(MISSING - 8, 0x22222222);
    faults(engine, READ_MISSING).assertReg(EDI, 7);
    assertEspWas(MISSING - 8);
  }

  @ParameterizedTest
  @EnumSource
  void pushaFaultsAtWhatItPushesFirst(TestEngine engine) {
    load(code().pusha()).set(ESP, MISSING + 0x1000);
    faults(engine, WRITE_MISSING);
    assertFaultAddress(MISSING + 0xFFC);
  }

  @ParameterizedTest
  @EnumSource
  void popaReadsTheStackPointersSlotToo(TestEngine engine) {
    load(code().popa()).set(ESP, MISSING - 12);
    faults(engine, READ_MISSING);
    assertFaultAddress(MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void boundBelowTheLowerBoundDoesNotReadTheUpperOne(TestEngine engine) {
    load(code().bound(EAX, mem(MISSING - 4)));
    machine.write32(MISSING - 4, 5).set(EAX, 4).runToException(engine, GuestFault.BOUND);
  }

  @ParameterizedTest
  @EnumSource
  void arplReadsBeforeItWrites(TestEngine engine) {
    load(code().arpl(mem(MISSING), AX));
    faults(engine, READ_MISSING);
  }

  private void assertFaultAddress(int expected) {
    if (machine.state.cr2 != expected) {
      machine.fail("expected CR2 to be %08x".formatted(expected));
    }
  }

  @ParameterizedTest
  @EnumSource
  void repeatedComparisonThatFaultsKeepsTheFlagsItBeganWith(TestEngine engine) {
    load(code().stc().rep().scasb()).set(EDI, MISSING - 2).set(ECX, 4).set(EAX, 0);
    faults(engine, READ_MISSING).assertReg(ECX, 2).assertReg(EDI, MISSING);
    final int flags = machine.pushedFlags() & (Flags.CF | Flags.ZF);
    if (flags != Flags.CF) {
      machine.fail("expected CF alone but the flags are %x".formatted(flags));
    }
  }

  @ParameterizedTest
  @EnumSource
  void repeatedPortInputOfNothingNeedsPermission(TestEngine engine) {
    load(code().rep().insb()).set(ECX, 0);
    machine.runToException(engine, GuestFault.GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource
  void enterWhoseLocalsLieInAMissingPageLeavesEspAndEbp(TestEngine engine) {
    load(code().enter(0x800, 0)).set(ESP, MISSING + 0x1010).set(EBP, 0x77);
    faults(engine, WRITE_MISSING).assertReg(EBP, 0x77);
    assertEspWas(MISSING + 0x1010);
  }

  @ParameterizedTest
  @EnumSource
  void leaveThroughAMissingPageLeavesEsp(TestEngine engine) {
    load(code().leave()).set(EBP, MISSING);
    faults(engine, READ_MISSING).assertReg(EBP, MISSING);
    assertEspWas(USER_STACK);
  }

  @ParameterizedTest
  @EnumSource
  void callWithoutAStackDoesNotJump(TestEngine engine) {
    load(code().call("there").label("there").nop()).set(ESP, MISSING + 4);
    faults(engine, WRITE_MISSING).assertEip(CODE);
    assertEspWas(MISSING + 4);
  }

  @ParameterizedTest
  @EnumSource
  void additionToAReadOnlyPageIsAWriteFaultAndKeepsTheFlags(TestEngine engine) {
    load(code().stc().add(mem(READ_ONLY), EAX)).set(EAX, 1);
    faults(engine, WRITE_PRESENT).assertMemory(READ_ONLY, 0);
    if ((machine.pushedFlags() & Flags.CF) == 0) {
      machine.fail("the carry is lost");
    }
  }

  @ParameterizedTest
  @EnumSource
  void exchangeWithAReadOnlyPageKeepsTheRegister(TestEngine engine) {
    load(code().xchg(mem(READ_ONLY), EAX)).set(EAX, 0x1234);
    faults(engine, WRITE_PRESENT).assertReg(EAX, 0x1234);
  }

  @ParameterizedTest
  @EnumSource
  void compareAndExchangeThatWouldNotStoreIsAWriteFaultAllTheSame(TestEngine engine) {
    load(code().cmpxchg(mem(READ_ONLY), EBX)).set(EAX, 1).set(EBX, 2);
    faults(engine, WRITE_PRESENT).assertReg(EAX, 1);
  }

  @ParameterizedTest
  @EnumSource
  void shiftByZeroOfAReadOnlyPageFaultsAsAWrite(TestEngine engine) {
    load(code().shl(mem(READ_ONLY).as32(), CL)).set(ECX, 0);
    faults(engine, WRITE_PRESENT);
  }

  @ParameterizedTest
  @EnumSource
  void storeAcrossIntoAMissingPageWritesNothing(TestEngine engine) {
    load(code().mov(mem(MISSING - 2), EAX)).set(EAX, 0x11223344);
    faults(engine, WRITE_MISSING).assertMemory(MISSING - 4, 0);
    if (machine.state.cr2 != MISSING) {
      machine.fail("expected CR2 to be the missing page");
    }
  }

  @ParameterizedTest
  @EnumSource
  void conditionalMoveReadsItsSourceEvenWhereTheConditionFails(TestEngine engine) {
    load(code().cmovcc(Condition.NE, EAX, mem(MISSING))).setFlags(Flags.ZF | 2);
    faults(engine, READ_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedMoveStopsAtTheMissingPageWithExactCounters(TestEngine engine) {
    load(code().rep().movsd())
        .set(ESI, DATA + 0x800)
        .set(EDI, MISSING - 12)
        .set(ECX, 10)
        .write(DATA + 0x800, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    faults(engine, WRITE_MISSING)
        .assertReg(ECX, 7)
        .assertReg(ESI, DATA + 0x80C)
        .assertReg(EDI, MISSING)
        .assertMemory(MISSING - 4, 0x0C0B0A09)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedMoveDownwardsStopsWhereItsSourceIsMissing(TestEngine engine) {
    load(code().std().rep().movsd())
        .set(ESI, MISSING + 0x1008)
        .set(EDI, DATA + 0x800)
        .set(ECX, 10)
        .write32(MISSING + 0x1000, 0x77);
    faults(engine, READ_MISSING)
        .assertReg(ECX, 7)
        .assertReg(ESI, MISSING + 0xFFC)
        .assertReg(EDI, DATA + 0x7F4)
        .assertMemory(DATA + 0x7F8, 0x77)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedMoveDownwardsStopsWhereItsDestinationIsMissing(TestEngine engine) {
    load(code().std().rep().movsw())
        .set(ESI, DATA + 0x800)
        .set(EDI, MISSING + 0x1002)
        .set(ECX, 10)
        .write32(DATA + 0x7FC, 0x1122_3344)
        .write32(MISSING + 0x1000, 0);
    faults(engine, WRITE_MISSING)
        .assertReg(ECX, 8)
        .assertReg(ESI, DATA + 0x7FC)
        .assertReg(EDI, MISSING + 0xFFE)
        .assertMemory(MISSING + 0x1000, 0x1122)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedMoveGoesOnWhereItFaultedOnceThePageIsThere(TestEngine engine) {
    load(code().rep().movsb().intN(GuestMachine.EXIT_VECTOR))
        .set(ESI, DATA)
        .set(EDI, MISSING - 3)
        .set(ECX, 6)
        .write(DATA, 1, 2, 3, 4, 5, 6)
        .alsoLoad(
            new Assembler(0x2000).mov(mem(tablesEntry()).as32(), MISSING | 7).add(ESP, 4).iret())
        .handler(GuestFault.PAGE_FAULT, 0x2000)
        .run(engine)
        .assertReg(ECX, 0)
        .assertMemory(MISSING - 4, 0x03020100)
        .assertMemory(MISSING, 0x00060504);
  }

  /**
   * Where the page table entry of the missing page lies; tables are built in the same order every
   * time.
   */
  private static int tablesEntry() {
    final GuestMachine other = GuestMachine.user32();
    return other.enablePaging(false).entryAddress(MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedStoreDownwardsStopsAtTheMissingPage(TestEngine engine) {
    load(code().std().rep().stosw()).set(AX, 0xABCD).set(EDI, MISSING + 0x1004).set(ECX, 9);
    faults(engine, WRITE_MISSING)
        .assertReg(ECX, 6)
        .assertReg(EDI, MISSING + 0xFFE)
        .assertMemory(MISSING + 0x1000, 0xABCDABCD);
  }

  @ParameterizedTest
  @EnumSource
  void repeatedCompareStopsAtTheMissingPage(TestEngine engine) {
    load(code().rep().cmpsb()).set(ESI, MISSING - 2).set(EDI, DATA).set(ECX, 5);
    faults(engine, READ_MISSING).assertReg(ECX, 3).assertReg(ESI, MISSING).assertReg(EDI, DATA + 2);
  }

  @ParameterizedTest
  @EnumSource
  void divisionByZeroKeepsTheRegisters(TestEngine engine) {
    load(code().div(ECX)).set(EAX, 5).set(EDX, 6).set(ECX, 0);
    machine
        .runToException(engine, GuestFault.DIVIDE_ERROR)
        .assertEip(CODE)
        .assertReg(EAX, 5)
        .assertReg(EDX, 6);
  }

  @ParameterizedTest
  @EnumSource
  void signedDivisionOfTheSmallestByMinusOneIsADivideError(TestEngine engine) {
    load(code().idiv(ECX)).set(EAX, 0x8000_0000).set(EDX, -1).set(ECX, -1);
    machine.runToException(engine, GuestFault.DIVIDE_ERROR).assertReg(EAX, 0x8000_0000);
  }
}
