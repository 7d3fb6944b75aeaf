package hourglass.runtime.interrupt;

import static hourglass.runtime.interrupt.SystemDescriptors.CALL_GATE16;
import static hourglass.runtime.interrupt.SystemDescriptors.CALL_GATE32;
import static hourglass.runtime.interrupt.SystemDescriptors.DPL3;
import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE16;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.STACK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.runtime.testing.GuestMachine.USER_CODE;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Immediate.imm;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CS;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ES;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_TSS;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.STACK_FAULT;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FarTransferTest {
  private static final int TARGET = 0x3000;
  private static final int GATE = FREE_SELECTOR;

  /** Code at {@link #TARGET} that runs in ring 0 and stops. */
  private static Assembler target() {
    return new Assembler(TARGET).mov(EDX, 0x600D).hlt();
  }

  private static GuestMachine withGate(GuestMachine machine, int access, int parameters) {
    SystemDescriptors.gate(machine, GATE, access, KERNEL_CODE, TARGET, parameters);
    return machine;
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farJumpChangesTheCodeSize(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(EAX, 0)
                .jmpFar(KERNEL_CODE16, "word")
                .label("word")
                .bits16()
                .mov(AX, 0x1234)
                .hlt())
        .run(engine)
        .assertReg(EAX, 0x1234)
        .assertReg(CS, KERNEL_CODE16);
  }

  /** The first time the instruction returned to is INC AX, the second time it is INC EAX. */
  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farReturnToAPlaceItHasLedToBeforeChangesTheCodeSize(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ECX, 2)
                .mov(EBX, KERNEL_CODE)
                .mov(EDX, KERNEL_CODE16)
                .mov(ESI, Immediate.address("place"))
                .label("return")
                .push(EBX)
                .push(ESI)
                .mov(EBX, EDX)
                .retf()
                .label("place")
                .db(0x66, 0x40)
                .dec(ECX)
                .jccShort(Condition.NE, "return")
                .hlt())
        .set(EAX, 0xFFFE)
        .run(engine)
        .assertReg(EAX, 0x1_0000)
        .assertReg(CS, KERNEL_CODE16);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farCallAndReturnAtTheSameLevel(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .push(0x77)
                .callFar(KERNEL_CODE, "function")
                .mov(EDX, 1)
                .hlt()
                .label("function")
                .mov(EBX, mem(ESP).disp(4))
                .mov(ECX, mem(ESP).disp(8))
                .retf(4))
        .run(engine)
        .assertReg(EBX, KERNEL_CODE)
        .assertReg(ECX, 0x77)
        .assertReg(EDX, 1)
        .assertReg(ESP, STACK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farJumpToAnotherLevelFaults(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).jmpFar(32, KERNEL_CODE, imm(TARGET)))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_CODE)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farJumpToANullSelectorFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).jmpFar(32, 0, imm(TARGET)))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farJumpToAnAbsentSegmentIsNotPresent(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC01B)
        .load(new Assembler(CODE).jmpFar(32, FREE_SELECTOR, imm(TARGET)))
        .runToException(engine, NOT_PRESENT, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farJumpBeyondTheLimitFaultsAtTheJump(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).jmpFar(32, KERNEL_CODE16, imm(0x1_0000)))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void conformingCodeRunsAtTheCallersLevel(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.user32()
            .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC09F)
            .load(
                new Assembler(CODE)
                    .jmpFar(FREE_SELECTOR, "conforming")
                    .label("conforming")
                    .mov(EBX, CS)
                    .intN(EXIT_VECTOR))
            .run(engine);
    machine.assertReg(EBX, FREE_SELECTOR | 3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void callGateEntersTheInnerLevelWithItsStackAndParameters(TestEngine engine) {
    final GuestMachine machine = withGate(GuestMachine.user32(), CALL_GATE32 | DPL3, 2);
    machine
        .alsoLoad(target())
        .load(new Assembler(CODE).push(11).push(22).callFar(32, GATE, imm(0x999)).label("after"))
        .run(engine)
        .assertReg(EDX, 0x600D)
        .assertReg(CS, KERNEL_CODE)
        .assertReg(SS, KERNEL_DATA)
        .assertReg(ESP, STACK - 24);
    final int[] frame = {CODE + 11, USER_CODE, 22, 11, USER_STACK - 8, USER_DATA};
    for (int i = 0; i < frame.length; i++) {
      if (machine.stackSlot(i) != frame[i]) {
        machine.fail("slot %d: expected %x, is %x".formatted(i, frame[i], machine.stackSlot(i)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sixteenBitCallGatePushesWords(TestEngine engine) {
    final GuestMachine machine = withGate(GuestMachine.user32(), CALL_GATE16 | DPL3, 0);
    machine
        .alsoLoad(target())
        .load(new Assembler(CODE).callFar(32, GATE, imm(0)))
        .run(engine)
        .assertReg(ESP, STACK - 8)
        .assertMemory(STACK - 8, USER_CODE << 16 | CODE + 7)
        .assertMemory(STACK - 4, USER_DATA << 16 | USER_STACK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnToTheOuterLevelReleasesParametersOnBothStacks(TestEngine engine) {
    final GuestMachine machine = withGate(GuestMachine.user32(), CALL_GATE32 | DPL3, 2);
    machine
        .alsoLoad(
            new Assembler(TARGET)
                .mov(AX, KERNEL_DATA)
                .mov(ES, AX)
                .mov(EDX, mem(ESP).disp(8))
                .retf(8))
        .load(
            new Assembler(CODE)
                .push(11)
                .push(22)
                .callFar(32, GATE, imm(0))
                .mov(ESI, ESP)
                .mov(EBX, ES)
                .mov(ECX, DS)
                .intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(EDX, 22)
        .assertReg(ESI, USER_STACK)
        .assertReg(EBX, 0) // the kernel's data segment is taken away
        .assertReg(ECX, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void callGateOfTheKernelIsClosedToUsers(TestEngine engine) {
    withGate(GuestMachine.user32(), CALL_GATE32, 0)
        .load(new Assembler(CODE).callFar(32, GATE, imm(0)))
        .runToException(engine, GENERAL_PROTECTION, GATE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentCallGateIsNotPresent(TestEngine engine) {
    withGate(GuestMachine.user32(), CALL_GATE32 & ~0x80 | DPL3, 0)
        .load(new Assembler(CODE).callFar(32, GATE, imm(0)))
        .runToException(engine, NOT_PRESENT, GATE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void jumpThroughACallGateDoesNotChangeTheLevel(TestEngine engine) {
    withGate(GuestMachine.user32(), CALL_GATE32 | DPL3, 0)
        .load(new Assembler(CODE).jmpFar(32, GATE, imm(0)))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void innerStackOfTheWrongLevelIsAnInvalidTss(TestEngine engine) {
    final GuestMachine machine = withGate(GuestMachine.user32(), CALL_GATE32 | DPL3, 0);
    machine
        .descriptor(0x50, 0, 0xF_FFFF, 0xC09B | 1 << 5) // a handler's level 1 code
        .descriptor(0x58, 0, 0xF_FFFF, 0xC093 | 1 << 5)
        .write32(TSS + 12, 0x7000)
        .write32(TSS + 16, KERNEL_DATA); // SS1 with RPL 0
    SystemDescriptors.gate(machine, GATE, CALL_GATE32 | DPL3, 0x50, TARGET, 0);
    machine
        .load(new Assembler(CODE).callFar(32, GATE, imm(0)))
        .runToException(engine, INVALID_TSS, KERNEL_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void innerStackWithoutRoomIsAStackFaultAndLeavesTheOuterOne(TestEngine engine) {
    final GuestMachine machine = withGate(GuestMachine.user32(), CALL_GATE32 | DPL3, 0);
    machine
        .descriptor(0x50, 0, 0xF_FFFF, 0xC09B | 1 << 5)
        .descriptor(0x58, 0, 0xF_FFFF, 0xC093 | 1 << 5)
        .descriptor(0x60, 0, 0x0FFF, 0x4093 | 1 << 5)
        .write32(TSS + 12, 0x1004) // one doubleword would lie beyond the limit
        .write32(TSS + 16, 0x61);
    SystemDescriptors.gate(machine, GATE, CALL_GATE32 | DPL3, 0x50, TARGET, 0);
    machine
        .load(new Assembler(CODE).callFar(32, GATE, imm(0)))
        .runToException(engine, STACK_FAULT, 0x60)
        .assertEip(CODE);
    if (machine.stackSlot(4) != USER_STACK) {
      machine.fail("the user's ESP has changed");
    }
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnToAnInnerLevelFaults(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).push(KERNEL_CODE).push(TARGET).retf())
        .runToException(engine, GENERAL_PROTECTION, KERNEL_CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void realModeFarCallPushesSegmentAndOffset(TestEngine engine) {
    GuestMachine.realMode()
        .load(new Assembler(CODE).bits16().callFar(16, 0x100, imm(0x2000)).hlt())
        .alsoLoad(new Assembler(0x3000).bits16().mov(AX, CS).retf())
        .run(engine)
        .assertReg(AX, 0x100)
        .assertReg(CS, 0)
        .assertReg(ESP, STACK);
  }
}
