package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.DR0;
import static hourglass.translator.asm.Register.DR4;
import static hourglass.translator.asm.Register.DR6;
import static hourglass.translator.asm.Register.DR7;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.DEBUG;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DebugRegistersTest {
  // DR7: breakpoint 0 enabled globally, and its condition and length.
  private static final int ENABLED = 2;
  private static final int ON_WRITE = 1 << 16;
  private static final int ON_IO = 2 << 16;
  private static final int ON_ACCESS = 3 << 16;
  private static final int LENGTH_4 = 3 << 18;

  private static final int CAUSES = 0xE00F;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  /** Sets DR0 and DR7 and goes on with what follows. */
  private static Assembler withBreakpoint(Immediate address, int control) {
    return code().mov(EAX, address).mov(DR0, EAX).mov(EAX, control).mov(DR7, EAX);
  }

  private static void assertCause(GuestMachine machine, int cause) {
    assertEquals(cause, machine.get(DR6) & CAUSES, () -> "DR6: " + machine);
  }

  private static void assertAt(GuestMachine machine, Assembler code, String label) {
    machine.assertEip(code.addressOf(label));
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void singleStepTrapsAfterTheInstructionThatFollowsPopf(TestEngine engine) {
    final Assembler code = code().push(Flags.TF | 2).popfd().inc(EBX).label("trap").inc(EBX).hlt();
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(code)
            .runToException(engine, DEBUG)
            .assertReg(EBX, 1)
            .assertFlags(Flags.TF, 0);
    assertAt(machine, code, "trap");
    assertCause(machine, DebugRegisters.SINGLE_STEP);
    assertEquals(Flags.TF, machine.pushedFlags() & Flags.TF, machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void singleStepTrapsAfterEachElementOfAString(TestEngine engine) {
    GuestMachine.protected32()
        .set(ECX, 5)
        .set(EDI, DATA)
        .setFlags(Flags.TF)
        .load(code().rep().stosb().hlt())
        .runToException(engine, DEBUG)
        .assertEip(CODE)
        .assertReg(ECX, 4);
  }

  /** Intel SDM volume 3, section 17.3.1.1. */
  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void imageOfAStepBetweenElementsHasTheResumeFlagSet(TestEngine engine) {
    final GuestMachine between =
        GuestMachine.protected32()
            .set(ECX, 2)
            .set(EDI, DATA)
            .setFlags(Flags.TF)
            .load(code().rep().stosb().hlt())
            .runToException(engine, DEBUG);
    assertEquals(Flags.RF, between.pushedFlags() & Flags.RF, between::toString);
    final GuestMachine last =
        GuestMachine.protected32()
            .set(ECX, 1)
            .set(EDI, DATA)
            .setFlags(Flags.TF)
            .load(code().rep().stosb().hlt())
            .runToException(engine, DEBUG);
    assertEquals(0, last.pushedFlags() & Flags.RF, last::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void softwareInterruptIsNotStepped(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .setFlags(Flags.TF)
            .load(code().intN(0x40))
            .runToException(engine, 0x40);
    assertCause(machine, 0);
    assertEquals(Flags.TF, machine.pushedFlags() & Flags.TF, machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void stackSegmentLoadPutsOffTheTrap(TestEngine engine) {
    final Assembler code = code().mov(SS, AX).inc(EBX).label("trap").inc(EBX).hlt();
    final GuestMachine machine =
        GuestMachine.protected32()
            .set(EAX, KERNEL_DATA)
            .setFlags(Flags.TF)
            .load(code)
            .runToException(engine, DEBUG);
    assertAt(machine, code, "trap");
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void codeBreakpointFaultsBeforeTheInstruction(TestEngine engine) {
    final Assembler code =
        withBreakpoint(Immediate.address("stop"), ENABLED).label("stop").inc(EBX).hlt();
    final GuestMachine machine =
        GuestMachine.protected32().load(code).runToException(engine, DEBUG).assertReg(EBX, 0);
    assertAt(machine, code, "stop");
    assertCause(machine, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void resumeFlagGetsPastACodeBreakpointOnce(TestEngine engine) {
    GuestMachine.protected32()
        .handler(DEBUG, 0x3000)
        .alsoLoad(new Assembler(0x3000).inc(ECX).or(mem(ESP).disp(8).as32(), Flags.RF).iretd())
        .load(
            withBreakpoint(Immediate.address("stop"), ENABLED)
                .label("stop")
                .inc(EBX)
                .cmp(EBX, 3)
                .jcc(Condition.NE, "stop")
                .hlt())
        .run(engine)
        .assertReg(EBX, 3)
        .assertReg(ECX, 3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void dataBreakpointTrapsAfterTheWrite(TestEngine engine) {
    final Assembler code =
        withBreakpoint(Immediate.imm(DATA), ENABLED | ON_WRITE | LENGTH_4)
            .mov(EBX, mem(DATA))
            .mov(mem(DATA + 3).as8(), 7)
            .label("trap")
            .hlt();
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(code)
            .runToException(engine, DEBUG)
            .assertMemory(DATA, 7 << 24);
    assertAt(machine, code, "trap");
    assertCause(machine, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void dataBreakpointOnAccessSeesReads(TestEngine engine) {
    final Assembler code =
        code()
            .mov(EBX, mem(DATA)) // the page is in use before it is watched
            .mov(EAX, DATA)
            .mov(DR0, EAX)
            .mov(EAX, ENABLED | ON_ACCESS)
            .mov(DR7, EAX)
            .mov(EBX, mem(DATA + 4))
            .mov(EBX, mem(DATA - 2))
            .label("trap")
            .hlt();
    final GuestMachine machine =
        GuestMachine.protected32().load(code).runToException(engine, DEBUG);
    assertAt(machine, code, "trap");
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void dataBreakpointStopsAStringAtItsElement(TestEngine engine) {
    GuestMachine.protected32()
        .set(ECX, 8)
        .set(EDI, DATA)
        .load(withBreakpoint(Immediate.imm(DATA + 2), ENABLED | ON_WRITE).rep().stosb().hlt())
        .runToException(engine, DEBUG)
        .assertReg(ECX, 5);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void disabledBreakpointsDoNothing(TestEngine engine) {
    GuestMachine.protected32()
        .load(withBreakpoint(Immediate.imm(DATA), ON_WRITE).mov(mem(DATA), EAX).hlt())
        .run(engine);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void portBreakpointNeedsDebuggingExtensions(TestEngine engine) {
    final Assembler code =
        withBreakpoint(Immediate.imm(0x80), ENABLED | ON_IO).out(0x80, AL).label("trap").hlt();
    GuestMachine.protected32().load(code).run(engine);
    final GuestMachine machine = GuestMachine.protected32().load(code);
    machine.state.cr4 |= CpuState.CR4_DE;
    machine.runToException(engine, DEBUG);
    assertAt(machine, code, "trap");
    assertEquals(1, machine.ports.writes().size());
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void generalDetectGuardsTheDebugRegistersOnce(TestEngine engine) {
    final Assembler code =
        code().mov(EAX, 1 << 13).mov(DR7, EAX).label("guarded").mov(EBX, DR0).hlt();
    final GuestMachine machine =
        GuestMachine.protected32().load(code).runToException(engine, DEBUG);
    assertAt(machine, code, "guarded");
    assertCause(machine, DebugRegisters.GENERAL_DETECT);
    machine.assertReg(DR7, 0x400);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void registers4And5AreAliasesWithoutDebuggingExtensions(TestEngine engine) {
    final Assembler code = code().mov(EAX, 0x4005).mov(DR6, EAX).mov(EBX, DR4).hlt();
    GuestMachine.protected32().load(code).run(engine).assertReg(EBX, 0xFFFF_4FF5);
    final GuestMachine machine = GuestMachine.protected32().load(code);
    machine.state.cr4 |= CpuState.CR4_DE;
    machine.runToException(engine, INVALID_OPCODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersHaveNoDebugRegisters(TestEngine engine) {
    GuestMachine.user32()
        .load(code().mov(EAX, Register.DR7))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }
}
