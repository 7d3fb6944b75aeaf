package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.STACK;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RealModeInterruptTest {
  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptPushesFlagsSegmentAndOffsetAndClearsIf(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.realMode()
            .setFlags(Flags.IF | Flags.CF)
            .load(new Assembler(CODE).bits16().intN(0x21))
            .runToException(engine, 0x21)
            .assertEip(CODE + 2)
            .assertFlags(Flags.IF, 0)
            .assertReg(ESP, STACK - 6);
    assertEquals(Flags.IF | Flags.CF | 2, machine.pushedFlags(), machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptReturnRestoresEverything(TestEngine engine) {
    GuestMachine.realMode()
        .handler(0x21, 0x3000)
        .alsoLoad(new Assembler(0x3000).bits16().mov(BX, 7).db(0x31, 0xC0).iretw())
        .setFlags(Flags.IF | Flags.CF)
        .load(new Assembler(CODE).bits16().mov(AX, 5).intN(0x21).hlt())
        .run(engine)
        .assertReg(BX, 7)
        .assertReg(AX, 0)
        .assertReg(ESP, STACK)
        .assertFlags(Flags.IF | Flags.CF | Flags.ZF, Flags.IF | Flags.CF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void exceptionsPushNoErrorCode(TestEngine engine) {
    GuestMachine.realMode()
        .load(new Assembler(CODE).bits16().mov(AX, mem(0xFFFF)).hlt())
        .runToException(engine, GENERAL_PROTECTION)
        .assertEip(CODE)
        .assertReg(ESP, STACK - 6);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void vectorTableLiesWhereIdtrSays(TestEngine engine) {
    final GuestMachine machine = GuestMachine.realMode();
    machine.state.idtrBase = 0x2_0000;
    machine
        .write32(0x2_0000 + 4 * 0x21, 0x3000)
        .alsoLoad(new Assembler(0x3000).bits16().mov(BX, 7).hlt())
        .load(new Assembler(CODE).bits16().intN(0x21))
        .run(engine)
        .assertReg(BX, 7);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void vectorBeyondTheTableIsADoubleFaultOrWorse(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.realMode().load(new Assembler(CODE).bits16().intN(0x21));
    machine.state.idtrLimit = 4 * GENERAL_PROTECTION; // the table ends inside the entry of #GP
    machine.runToException(engine, 8);
    machine.state.idtrLimit = 3;
    machine.load(new Assembler(CODE).bits16().intN(0x21)).runToTripleFault(engine);
  }
}
