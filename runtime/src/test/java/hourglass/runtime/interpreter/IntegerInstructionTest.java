package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AH;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESP;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the 80386 and later added, and corners that 16-bit captures do not reach. */
class IntegerInstructionTest {
  private final GuestMachine machine = GuestMachine.protected32();

  private GuestMachine load(Assembler code) {
    return machine.load(code.hlt());
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  @ParameterizedTest
  @EnumSource
  void compareExchange8StoresWhereEqual(TestEngine engine) {
    load(code().stc().cmpxchg8b(mem(DATA)))
        .write32(DATA, 1)
        .write32(DATA + 4, 2)
        .set(EAX, 1)
        .set(EDX, 2)
        .set(EBX, 3)
        .set(ECX, 4)
        .run(engine)
        .assertMemory(DATA, 3)
        .assertMemory(DATA + 4, 4)
        .assertFlags(Flags.ZF | Flags.CF, Flags.ZF | Flags.CF);
  }

  @ParameterizedTest
  @EnumSource
  void compareExchange8LoadsWhereDifferent(TestEngine engine) {
    load(code().cmpxchg8b(mem(DATA)))
        .write32(DATA, 1)
        .write32(DATA + 4, 2)
        .set(EAX, 1)
        .set(EDX, 9)
        .run(engine)
        .assertMemory(DATA, 1)
        .assertReg(EAX, 1)
        .assertReg(EDX, 2)
        .assertFlags(Flags.ZF, 0);
  }

  @ParameterizedTest
  @EnumSource
  void exchangeAndAddOfARegisterWithItselfDoublesIt(TestEngine engine) {
    load(code().xadd(EAX, EAX)).set(EAX, 21).run(engine).assertReg(EAX, 42);
  }

  @ParameterizedTest
  @EnumSource
  void exchangeAndAddWhoseAddressUsesTheSourceRegister(TestEngine engine) {
    load(code().xadd(mem(EBX), EBX))
        .set(EBX, DATA)
        .write32(DATA, 5)
        .run(engine)
        .assertReg(EBX, 5)
        .assertMemory(DATA, DATA + 5);
  }

  @ParameterizedTest
  @EnumSource
  void exchangeWhoseAddressUsesTheRegister(TestEngine engine) {
    load(code().xchg(mem(EBX), EBX))
        .set(EBX, DATA)
        .write32(DATA, 5)
        .run(engine)
        .assertReg(EBX, 5)
        .assertMemory(DATA, DATA);
  }

  @ParameterizedTest
  @EnumSource
  void bitTestReachesBelowAndAboveItsOperand(TestEngine engine) {
    load(code().bts(mem(DATA + 4), EAX).mov(EAX, 64).bts(mem(DATA + 4), EAX))
        .set(EAX, -1)
        .run(engine)
        .assertMemory(DATA, 0x8000_0000)
        .assertMemory(DATA + 12, 1)
        .assertFlags(Flags.CF, 0);
  }

  @ParameterizedTest
  @EnumSource
  void bitScanOfZeroKeepsTheDestination(TestEngine engine) {
    load(code().bsf(EAX, EBX))
        .set(EAX, 77)
        .set(EBX, 0)
        .run(engine)
        .assertReg(EAX, 77)
        .assertFlags(Flags.ZF, Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource
  void bitScansFindLowestAndHighest(TestEngine engine) {
    load(code().bsf(EAX, EBX).bsr(ECX, EBX))
        .set(EBX, 0x0010_0800)
        .run(engine)
        .assertReg(EAX, 11)
        .assertReg(ECX, 20);
  }

  @ParameterizedTest
  @EnumSource
  void doubleShiftOfAWordByMoreThanSixteenTakesTheDestinationAgain(TestEngine engine) {
    load(code().shld(AX, BX, 20)).set(AX, 0x1234).set(BX, 0x5678).run(engine).assertReg(AX, 0x6781);
  }

  @ParameterizedTest
  @EnumSource
  void pushOfEspPushesItsOldValue(TestEngine engine) {
    load(code().push(ESP).pop(EAX)).run(engine).assertReg(EAX, GuestMachine.STACK);
  }

  @ParameterizedTest
  @EnumSource
  void popOfEspLoadsTheValue(TestEngine engine) {
    load(code().push(DATA).pop(ESP)).run(engine).assertReg(ESP, DATA);
  }

  @ParameterizedTest
  @EnumSource
  void nestedEnterCopiesTheFramePointers(TestEngine engine) {
    load(code().enter(16, 3))
        .set(EBP, DATA + 0x100)
        .write32(DATA + 0xFC, 0xAAAA)
        .write32(DATA + 0xF8, 0xBBBB)
        .run(engine)
        .assertReg(EBP, GuestMachine.STACK - 4)
        .assertReg(ESP, GuestMachine.STACK - 16 - 16)
        .assertMemory(GuestMachine.STACK - 4, DATA + 0x100)
        .assertMemory(GuestMachine.STACK - 8, 0xAAAA)
        .assertMemory(GuestMachine.STACK - 12, 0xBBBB)
        .assertMemory(GuestMachine.STACK - 16, GuestMachine.STACK - 4);
  }

  @ParameterizedTest
  @EnumSource
  void boundOutsideItsLimitsIsItsOwnException(TestEngine engine) {
    load(code().bound(EAX, mem(DATA)))
        .write32(DATA, -5)
        .write32(DATA + 4, 5)
        .set(EAX, 6)
        .runToException(engine, GuestFault.BOUND)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource
  void incrementKeepsTheCarry(TestEngine engine) {
    load(code().stc().inc(EAX))
        .set(EAX, 0x7FFF_FFFF)
        .run(engine)
        .assertFlags(Flags.ARITHMETIC, Flags.CF | Flags.OF | Flags.SF | Flags.AF | Flags.PF);
  }

  @ParameterizedTest
  @EnumSource
  void flagsGoThroughAhAndBack(TestEngine engine) {
    load(code().sahf().mov(AH, 0).lahf())
        .set(EAX, 0xD500)
        .run(engine)
        .assertReg(AH, 0xD7)
        .assertFlags(Flags.ARITHMETIC, 0xD5);
  }

  @ParameterizedTest
  @EnumSource
  void instructionsAreCounted(TestEngine engine) {
    final long before = machine.state.instructions();
    load(code().mov(ECX, 10).label("again").dec(ECX).jcc(Condition.NE, "again")).run(engine);
    final long executed = machine.state.instructions() - before;
    if (executed != 22) {
      machine.fail("expected 22 instructions but counted " + executed);
    }
  }
}
