package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.IDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.STACK;
import static hourglass.runtime.testing.GuestMachine.STUBS;
import static hourglass.runtime.testing.GuestMachine.USER_CODE;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Register.CS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.BREAKPOINT;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.OVERFLOW;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterruptGateTest {
  private static final int HANDLER = 0x3000;
  private static final int INTERRUPT16 = 0x86;
  private static final int INTERRUPT32 = 0x8E;
  private static final int TRAP32 = 0x8F;
  private static final int DPL3 = 0x60;

  private static Assembler intN(int vector) {
    return new Assembler(CODE).intN(vector);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void interruptGateClearsIfAndTrapGateKeepsIt(TestEngine engine) {
    GuestMachine.protected32()
        .setFlags(Flags.IF)
        .gate(0x40, KERNEL_CODE, STUBS + 0x40, INTERRUPT32)
        .load(intN(0x40))
        .runToException(engine, 0x40)
        .assertFlags(Flags.IF, 0);
    GuestMachine.protected32()
        .setFlags(Flags.IF)
        .gate(0x40, KERNEL_CODE, STUBS + 0x40, TRAP32)
        .load(intN(0x40))
        .runToException(engine, 0x40)
        .assertFlags(Flags.IF, Flags.IF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void softwareInterruptPushesTheNextInstruction(TestEngine engine) {
    GuestMachine.protected32().load(intN(0x40)).runToException(engine, 0x40).assertEip(CODE + 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sixteenBitGatePushesWords(TestEngine engine) {
    GuestMachine.protected32()
        .gate(0x40, KERNEL_CODE, STUBS + 0x40, INTERRUPT16)
        .load(intN(0x40))
        .runToException(engine, 0x40)
        .assertReg(ESP, STACK - 6)
        .assertMemory(STACK - 6, KERNEL_CODE << 16 | CODE + 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void userInterruptSwitchesToTheInnerStackAndReturns(TestEngine engine) {
    GuestMachine.user32()
        .gate(0x40, KERNEL_CODE, HANDLER, INTERRUPT32 | DPL3)
        .alsoLoad(new Assembler(HANDLER).mov(EBX, SS).mov(ECX, ESP).iretd())
        .setFlags(Flags.IF | Flags.CF)
        .load(new Assembler(CODE).intN(0x40).mov(EAX, ESP).db(0xCD, EXIT_VECTOR))
        .run(engine)
        .assertReg(EBX, KERNEL_DATA)
        .assertReg(ECX, STACK - 20)
        .assertReg(EAX, USER_STACK)
        .assertFlags(Flags.CF, Flags.CF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void frameOfAnInnerLevelHoldsTheOuterStack(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32().load(intN(EXIT_VECTOR)).run(engine);
    assertEquals(CODE + 2, machine.stackSlot(0), machine::toString);
    assertEquals(USER_CODE, machine.stackSlot(1), machine::toString);
    assertEquals(USER_STACK, machine.stackSlot(3), machine::toString);
    assertEquals(USER_DATA, machine.stackSlot(4), machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersMayNotCallTheKernelsVectors(TestEngine engine) {
    GuestMachine.user32()
        .load(intN(0x40))
        .runToException(engine, GENERAL_PROTECTION, 0x40 * 8 + 2)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentGateIsNotPresent(TestEngine engine) {
    GuestMachine.protected32()
        .gate(0x40, KERNEL_CODE, STUBS, INTERRUPT32 & ~0x80)
        .load(intN(0x40))
        .runToException(engine, NOT_PRESENT, 0x40 * 8 + 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentGateOfAnExceptionHasExtSet(TestEngine engine) {
    GuestMachine.protected32()
        .gate(INVALID_OPCODE, KERNEL_CODE, STUBS, INTERRUPT32 & ~0x80)
        .load(new Assembler(CODE).ud2())
        .runToException(engine, NOT_PRESENT, INVALID_OPCODE * 8 + 3)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void vectorBeyondTheTableFaults(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32().load(intN(0x40));
    machine.state.idtrLimit = 0x40 * 8 + 6;
    machine.runToException(engine, GENERAL_PROTECTION, 0x40 * 8 + 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void otherDescriptorsAreNoGates(TestEngine engine) {
    GuestMachine.protected32()
        .write32(IDT + 0x40 * 8 + 4, 0x0000_8C00) // a call gate
        .load(intN(0x40))
        .runToException(engine, GENERAL_PROTECTION, 0x40 * 8 + 2);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void gateToDataFaultsWithItsSelector(TestEngine engine) {
    GuestMachine.protected32()
        .gate(0x40, KERNEL_DATA, HANDLER, INTERRUPT32)
        .load(intN(0x40))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void gateToANullSelectorFaults(TestEngine engine) {
    GuestMachine.protected32()
        .gate(0x40, 0, HANDLER, INTERRUPT32)
        .load(intN(0x40))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void gateToAnAbsentSegmentIsNotPresent(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC01B)
        .gate(0x40, FREE_SELECTOR, HANDLER, INTERRUPT32)
        .load(intN(0x40))
        .runToException(engine, NOT_PRESENT, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void handlerBeyondItsSegmentFaults(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, 0, 0xFFFF, 0x409B)
        .gate(0x40, FREE_SELECTOR, 0x1_0000, INTERRUPT32)
        .load(intN(0x40))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void conformingHandlerStaysAtTheUsersLevel(TestEngine engine) {
    GuestMachine.user32()
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC09F)
        .gate(0x40, FREE_SELECTOR, HANDLER, INTERRUPT32 | DPL3)
        .alsoLoad(new Assembler(HANDLER).mov(EBX, CS).mov(ECX, ESP).intN(EXIT_VECTOR))
        .load(intN(0x40))
        .run(engine)
        .assertReg(EBX, FREE_SELECTOR | 3)
        .assertReg(ECX, USER_STACK - 12);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void faultSetsRfInThePushedFlagsAndTrapDoesNot(TestEngine engine) {
    final GuestMachine fault =
        GuestMachine.protected32()
            .load(new Assembler(CODE).ud2())
            .runToException(engine, INVALID_OPCODE);
    assertEquals(Flags.RF, fault.pushedFlags() & Flags.RF, fault::toString);
    final GuestMachine trap =
        GuestMachine.protected32()
            .load(new Assembler(CODE).int3())
            .runToException(engine, BREAKPOINT);
    assertEquals(0, trap.pushedFlags() & Flags.RF, trap::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void overflowInterruptNeedsTheFlag(TestEngine engine) {
    GuestMachine.protected32()
        .setFlags(Flags.OF)
        .load(new Assembler(CODE).into())
        .runToException(engine, OVERFLOW)
        .assertEip(CODE + 1);
    GuestMachine.protected32().load(new Assembler(CODE).into().hlt()).run(engine);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void breakpointNeedsTheGatesPrivilegeButInt1DoesNot(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).int3())
        .runToException(engine, GENERAL_PROTECTION, BREAKPOINT * 8 + 2);
    GuestMachine.user32()
        .load(new Assembler(CODE).int1())
        .runToException(engine, 1)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnAtUserLevelCannotRaiseIoplOrIf(TestEngine engine) {
    GuestMachine.user32()
        .load(
            new Assembler(CODE)
                .push(Flags.IOPL | Flags.IF | Flags.ZF)
                .push(USER_CODE)
                .db(0x68)
                .dd("next")
                .iretd()
                .label("next")
                .pushfd()
                .pop(EBX)
                .intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(EBX, 2 | Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnToUserModeFromTheKernel(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .push(USER_DATA)
                .push(USER_STACK)
                .push(Flags.IF | 2)
                .push(USER_CODE)
                .db(0x68)
                .dd("user")
                .iretd()
                .label("user")
                .mov(EAX, CS)
                .mov(EBX, ESP)
                .intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(EAX, USER_CODE)
        .assertReg(EBX, USER_STACK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnWithABadStackSelectorFaultsAndPopsNothing(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(
                new Assembler(CODE)
                    .push(KERNEL_DATA)
                    .push(USER_STACK)
                    .push(2)
                    .push(USER_CODE)
                    .push(CODE)
                    .iretd())
            .runToException(engine, GENERAL_PROTECTION, KERNEL_DATA);
    assertEquals(CODE, machine.stackSlot(4), machine::toString);
  }
}
