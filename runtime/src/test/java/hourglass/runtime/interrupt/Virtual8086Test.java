package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.STUBS;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.CX;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ES;
import static hourglass.translator.asm.Register.FS;
import static hourglass.translator.asm.Register.GS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Virtual8086Test {
  private static final int PROGRAM = 0x3000;
  private static final int PROGRAM_STACK = 0x7000;

  /** A kernel that enters a virtual-8086 program, which IRETD gives these flags beside VM. */
  private static GuestMachine running(int flags, Assembler program) {
    return GuestMachine.protected32()
        .alsoLoad(program)
        .load(
            new Assembler(CODE)
                .push(0x50)
                .push(0x40)
                .push(0x30)
                .push(0x20)
                .push(0)
                .push(PROGRAM_STACK)
                .push(Flags.VM | flags | 2)
                .push(0)
                .push(PROGRAM)
                .iretd());
  }

  private static Assembler program() {
    return new Assembler(PROGRAM).bits16();
  }

  private static GuestMachine withExtensions(GuestMachine machine) {
    machine.state.cr4 |= CpuState.CR4_VME;
    machine.state.tr.set(TASK, TSS, 0x200, 0x8B);
    machine.write32(TSS + 0x64, 0x88 << 16); // the redirection bitmap lies at 68h-87h, all clear
    return machine;
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void entryLoadsAllSegmentsAndExceptionsSaveThem(TestEngine engine) {
    final GuestMachine machine =
        running(0, program().mov(AX, DS).mov(BX, ES).hlt())
            .runToException(engine, GENERAL_PROTECTION, 0)
            .assertReg(AX, 0x30)
            .assertReg(BX, 0x20)
            .assertFlags(Flags.VM, 0)
            .assertReg(DS, 0)
            .assertReg(ES, 0)
            .assertReg(FS, 0)
            .assertReg(GS, 0);
    final int[] frame = {0, PROGRAM + 4, 0, -1, PROGRAM_STACK, 0, 0x20, 0x30, 0x40, 0x50};
    for (int i = 0; i < frame.length; i++) {
      if (i != 3) {
        assertEquals(frame[i], machine.stackSlot(i), "slot " + i + " of " + machine);
      }
    }
    assertEquals(Flags.VM, machine.pushedFlags() & Flags.VM, machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void addressesWrapAtParagraphs(TestEngine engine) {
    running(
            Flags.IOPL,
            program().mov(AX, 0x2000).mov(DS, AX).db(0xA1, 0x08, 0x00).intN(EXIT_VECTOR))
        .write32(0x2_0008, 0xBEEF)
        .run(engine)
        .assertReg(AX, 0xBEEF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sensitiveInstructionsFaultBelowIopl3(TestEngine engine) {
    running(0, program().cli()).runToException(engine, GENERAL_PROTECTION, 0);
    running(0, program().sti()).runToException(engine, GENERAL_PROTECTION, 0);
    running(0, program().pushf()).runToException(engine, GENERAL_PROTECTION, 0);
    running(0, program().popf()).runToException(engine, GENERAL_PROTECTION, 0);
    running(0, program().iret()).runToException(engine, GENERAL_PROTECTION, 0);
    running(0, program().intN(EXIT_VECTOR)).runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void iopl3AllowsThem(TestEngine engine) {
    running(
            Flags.IOPL | Flags.IF,
            program().cli().pushf().db(0x58).sti().pushf().db(0x5B).intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(AX, Flags.IOPL | 2)
        .assertReg(BX, Flags.IOPL | Flags.IF | 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void handlerMustRunAtLevelZero(TestEngine engine) {
    running(Flags.IOPL, program().intN(0x40))
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC09B | 1 << 5)
        .gate(0x40, FREE_SELECTOR, STUBS, 0xEE)
        .runToException(engine, GENERAL_PROTECTION, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void extensionsRedirectInterruptsToTheProgram(TestEngine engine) {
    final GuestMachine machine =
        withExtensions(running(Flags.VIF, program().intN(0x21)))
            .write32(4 * 0x21, 0x3100)
            .alsoLoad(new Assembler(0x3100).bits16().hlt())
            .runToException(engine, GENERAL_PROTECTION, 0)
            .assertEip(0x3100);
    assertEquals(0, machine.pushedFlags() & Flags.VIF, machine::toString);
    assertEquals(PROGRAM_STACK - 6, machine.stackSlot(4), machine::toString);
    final int image = machine.read32(PROGRAM_STACK - 2) & 0xFFFF;
    assertEquals(Flags.IOPL | Flags.IF | 2, image, machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void redirectionBitmapSendsInterruptsToTheMonitor(TestEngine engine) {
    withExtensions(running(0, program().intN(0x21)))
        .write32(TSS + 0x68 + 4, 1 << 1)
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(PROGRAM);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void extensionsKeepAVirtualInterruptFlag(TestEngine engine) {
    final GuestMachine machine =
        withExtensions(running(0, program().sti().pushf().db(0x58).cli().pushf().db(0x5B).hlt()))
            .runToException(engine, GENERAL_PROTECTION, 0)
            .assertReg(AX, Flags.IOPL | Flags.IF | 2)
            .assertReg(BX, Flags.IOPL | 2);
    assertEquals(0, machine.pushedFlags() & (Flags.VIF | Flags.IF), machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void pendingVirtualInterruptStopsStiAndPopf(TestEngine engine) {
    withExtensions(running(Flags.VIP, program().sti()))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(PROGRAM);
    withExtensions(running(Flags.VIP, program().push(Flags.IF).popf()))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(PROGRAM + 3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptReturnUnderExtensionsChangesVif(TestEngine engine) {
    final GuestMachine machine =
        withExtensions(running(0, program().push(Flags.IF | Flags.CF).push(0).push(0x3100).iret()))
            .alsoLoad(new Assembler(0x3100).bits16().mov(CX, 1).hlt())
            .runToException(engine, GENERAL_PROTECTION, 0)
            .assertReg(CX, 1);
    assertEquals(
        Flags.VIF | Flags.CF,
        machine.pushedFlags() & (Flags.VIF | Flags.CF | Flags.IF),
        machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void protectedModeVirtualInterrupts(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.user32()
            .load(
                new Assembler(CODE)
                    .sti()
                    .pushfd()
                    .db(0x58)
                    .cli()
                    .pushfd()
                    .db(0x5B)
                    .intN(EXIT_VECTOR));
    machine.state.cr4 |= CpuState.CR4_PVI;
    machine.run(engine).assertReg(EAX, Flags.VIF | 2).assertReg(EBX, 2);
  }
}
