package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.STACK;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.SS;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With EFLAGS.TF a trap follows the instruction (Intel SDM volume 3, section 17.3.1.4). */
class SingleStepTest {
  private static final int DR6_SINGLE_STEP = 1 << 14;

  @ParameterizedTest
  @EnumSource
  void trapFollowsTheInstructionAfterThePopf(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(new Assembler(CODE).push(Flags.TF | 2).popf().nop().nop().hlt())
            .runToException(engine, GuestFault.DEBUG)
            .assertEip(CODE + 7); // past the first NOP: push imm32, popf, nop
    if ((machine.state.dr[6] & DR6_SINGLE_STEP) == 0) {
      machine.fail("DR6.BS is clear");
    }
  }

  @ParameterizedTest
  @EnumSource
  void repeatedStoreTrapsAfterEveryElement(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).rep().stosb().hlt())
        .setFlags(Flags.TF | 2)
        .set(EDI, DATA)
        .set(ECX, 3)
        .runToException(engine, GuestFault.DEBUG)
        .assertEip(CODE)
        .assertReg(ECX, 2);
  }

  @ParameterizedTest
  @EnumSource
  void loadOfSsHoldsTheTrapForOneInstruction(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(SS, EAX).nop().nop().hlt())
        .setFlags(Flags.TF | 2)
        .set(EAX, GuestMachine.KERNEL_DATA)
        .runToException(engine, GuestFault.DEBUG)
        .assertEip(CODE + 3);
  }

  @ParameterizedTest
  @EnumSource
  void handlerRunsWithoutTrap(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).nop().hlt())
        .alsoLoad(new Assembler(STACK + 0x800).mov(EAX, 99).hlt())
        .handler(GuestFault.DEBUG, STACK + 0x800)
        .setFlags(Flags.TF | 2)
        .run(engine)
        .assertReg(EAX, 99);
  }
}
