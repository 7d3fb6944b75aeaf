package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.SS;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterruptShadowTest {
  private static final int VECTOR = 0x40;

  private static GuestMachine withInterrupt(Assembler code) {
    final GuestMachine machine = GuestMachine.protected32().set(EAX, KERNEL_DATA).load(code);
    machine.interrupts.raise(VECTOR);
    return machine;
  }

  private static Assembler code() {
    return new Assembler(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptsWaitWhileIfIsClear(TestEngine engine) {
    withInterrupt(code().inc(EBX).hlt()).run(engine).assertReg(EBX, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void oneInstructionRunsAfterSti(TestEngine engine) {
    withInterrupt(code().sti().inc(EBX).inc(EBX).hlt())
        .runToException(engine, VECTOR)
        .assertEip(CODE + 2)
        .assertReg(EBX, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void stiCastsNoShadowWhereIfWasSetAlready(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32().setFlags(Flags.IF).load(code().sti().inc(EBX).hlt());
    machine.step(engine, 1);
    machine.interrupts.raise(VECTOR);
    machine.runToException(engine, VECTOR).assertEip(CODE + 1).assertReg(EBX, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptComesRightAfterPopf(TestEngine engine) {
    withInterrupt(code().push(Flags.IF | 2).popfd().label("here").inc(EBX).hlt())
        .runToException(engine, VECTOR)
        .assertReg(EBX, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void oneInstructionRunsAfterAStackSegmentLoad(TestEngine engine) {
    withInterrupt(code().sti().mov(SS, AX).inc(EBX).inc(EBX).hlt())
        .runToException(engine, VECTOR)
        .assertReg(EBX, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptEndsHalt(TestEngine engine) {
    final GuestMachine machine = withInterrupt(code().sti().hlt().label("after").hlt());
    machine.runToException(engine, VECTOR).assertEip(CODE + 2);
  }
}
