package hourglass.runtime.testing;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_PORT;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.translator.asm.Condition.NE;
import static hourglass.translator.asm.Immediate.address;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CS;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guest machine itself: its modes run code, stop where they should, and fail readably. */
class GuestMachineTest {
  @ParameterizedTest
  @EnumSource
  void realModeRunsToHalt(TestEngine engine) {
    GuestMachine.realMode()
        .load(new Assembler(CODE).bits16().mov(AX, 0x1234).add(AX, 1).hlt())
        .run(engine)
        .assertReg(AX, 0x1235)
        .assertEip(CODE + 7);
  }

  @ParameterizedTest
  @EnumSource
  void protectedModeRunsALoop(TestEngine engine) {
    GuestMachine.protected32()
        .set(ECX, 100)
        .load(
            new Assembler(CODE)
                .label("loop")
                .add(mem(DATA).as32(), 3)
                .dec(ECX)
                .jcc(NE, "loop")
                .hlt())
        .run(engine)
        .assertMemory(DATA, 300)
        .assertFlags(Flags.ZF, Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource
  void userCodeEndsThroughTheExitVector(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).mov(EAX, CS).intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(EAX, GuestMachine.USER_CODE);
  }

  @ParameterizedTest
  @EnumSource
  void privilegedInstructionInUserCodeIsAProtectionFault(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).nop().hlt())
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource
  void realModeExceptionReachesItsStub(TestEngine engine) {
    GuestMachine.realMode()
        .load(new Assembler(CODE).bits16().mov(AX, 1).mov(DX, 0).div(DX))
        .runToException(engine, GuestFault.DIVIDE_ERROR)
        .assertEip(CODE + 6);
  }

  @ParameterizedTest
  @EnumSource
  void pageFaultPushesItsErrorCode(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    final PageTables tables = machine.enablePaging(false);
    tables.map(DATA, DATA, PageTables.PRESENT | PageTables.USER);
    machine
        .load(new Assembler(CODE).mov(mem(DATA + 8), EAX).intN(EXIT_VECTOR))
        .runToException(engine, GuestFault.PAGE_FAULT, 7)
        .assertEip(CODE);
    assertEquals(DATA + 8, machine.state.cr2);
  }

  @ParameterizedTest
  @EnumSource
  void faultWithoutAnIdtIsATripleFault(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.state.idtrLimit = 0;
    machine.load(new Assembler(CODE).ud2()).runToTripleFault(engine);
  }

  @ParameterizedTest
  @EnumSource
  void raisedInterruptIsTakenWhenEnabled(TestEngine engine) {
    final Assembler code = new Assembler(CODE).sti().hlt().hlt().label("handler").inc(EBX).iret();
    final GuestMachine machine = GuestMachine.protected32().load(code);
    machine.handler(0x30, code.addressOf("handler"));
    machine.interrupts.raise(0x30);
    machine.run(engine).assertReg(EBX, 1).assertFlags(Flags.IF, Flags.IF);
  }

  @ParameterizedTest
  @EnumSource
  void exitPortEndsTheRunAndOtherPortsAreKept(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.ports.setInput(0x60, 0xAB);
    machine
        .load(
            new Assembler(CODE)
                .in(AL, 0x60)
                .out(0x70, AL)
                .out(EXIT_PORT, AL)
                .label("end")
                .jmp("end"))
        .run(engine);
    assertEquals(List.of(new TestPorts.Write(0x70, 0xAB, 1)), machine.ports.writes());
  }

  @ParameterizedTest
  @EnumSource
  void codeThatRewritesItselfRunsAsRewritten(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ECX, 2)
                .label("again")
                .label("patched")
                .add(EAX, 1)
                .mov(EBX, address("patched"))
                .mov(mem(EBX).disp(2).as8(), 100) // the immediate of the addition
                .dec(ECX)
                .jcc(NE, "again")
                .hlt())
        .run(engine)
        .assertReg(EAX, 101);
  }

  @ParameterizedTest
  @EnumSource
  void failureShowsRegistersAndListing(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32().load(new Assembler(CODE).mov(EAX, 7).hlt()).run(engine);
    final AssertionError error =
        assertThrows(AssertionError.class, () -> machine.assertReg(EAX, 8));
    assertTrue(error.getMessage().contains("expected eax=00000008 but it is 00000007"));
    assertTrue(error.getMessage().contains("mov eax, 7"), error.getMessage());
    assertTrue(error.getMessage().contains("eip=00001006"), error.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void endlessCodeFailsRatherThanHangs(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32().load(new Assembler(CODE).label("x").jmp("x"));
    assertThrows(AssertionError.class, () -> machine.run(engine, 1000));
  }

  @ParameterizedTest
  @EnumSource
  void stepExecutesSoManyInstructions(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).inc(EAX).inc(EAX).inc(EAX).hlt())
        .step(engine, 2)
        .assertReg(EAX, 2)
        .assertEip(CODE + 2);
  }

  @ParameterizedTest
  @EnumSource
  void unexpectedExceptionFailsTheRun(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32().load(new Assembler(CODE).ud2());
    final AssertionError error = assertThrows(AssertionError.class, () -> machine.run(engine));
    assertTrue(error.getMessage().contains("exception 6 at eip=00001000"), error.getMessage());
  }
}
