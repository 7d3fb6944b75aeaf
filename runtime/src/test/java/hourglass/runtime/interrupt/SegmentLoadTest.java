package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.GDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.CX;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ES;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.FS;
import static hourglass.translator.asm.Register.GS;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.STACK_FAULT;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Register;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SegmentLoadTest {
  private static final int DATA_ACCESS = 0x4093;

  private static Assembler loadInto(Register segment, int selector) {
    return new Assembler(CODE).mov(AX, selector).mov(segment, AX).hlt();
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void loadedSegmentGivesItsBase(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xFF, DATA_ACCESS)
        .write32(DATA + 0x10, 0x1234_5678)
        .load(
            new Assembler(CODE).mov(AX, FREE_SELECTOR).mov(GS, AX).mov(EBX, mem(0x10).in(GS)).hlt())
        .run(engine)
        .assertReg(EBX, 0x1234_5678)
        .assertReg(GS, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void loadSetsTheAccessedBit(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .descriptor(FREE_SELECTOR, DATA, 0xFF, 0x4092)
            .load(loadInto(ES, FREE_SELECTOR))
            .run(engine);
    machine.assertMemory(GDT + FREE_SELECTOR + 4, 0x0040_9302);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void accessBeyondTheLimitFaults(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xFF, DATA_ACCESS)
        .load(
            new Assembler(CODE).mov(AX, FREE_SELECTOR).mov(FS, AX).mov(EBX, mem(0xFD).in(FS)).hlt())
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void nullSelectorLoadsButCannotBeUsed(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(AX, 3).mov(DS, AX).mov(EBX, mem(DATA)).hlt())
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertReg(DS, 3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void nullStackSegmentFaults(TestEngine engine) {
    GuestMachine.protected32().load(loadInto(SS, 0)).runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void selectorBeyondTheTableFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(loadInto(DS, 0x801))
        .runToException(engine, GENERAL_PROTECTION, 0x800);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void selectorIntoAnAbsentLdtFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(loadInto(DS, 0xC))
        .runToException(engine, GENERAL_PROTECTION, 0xC);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void systemDescriptorIsNoDataSegment(TestEngine engine) {
    GuestMachine.protected32()
        .load(loadInto(DS, TASK))
        .runToException(engine, GENERAL_PROTECTION, TASK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void codeThatCannotBeReadIsNoDataSegment(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC099)
        .load(loadInto(DS, FREE_SELECTOR))
        .runToException(engine, GENERAL_PROTECTION, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentDataSegmentIsNotPresent(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xFF, DATA_ACCESS & ~0x80)
        .load(loadInto(DS, FREE_SELECTOR))
        .runToException(engine, NOT_PRESENT, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentStackSegmentIsAStackFault(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xFF, DATA_ACCESS & ~0x80)
        .load(loadInto(SS, FREE_SELECTOR))
        .runToException(engine, STACK_FAULT, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void stackSegmentOfAnotherLevelFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(loadInto(SS, USER_DATA))
        .runToException(engine, GENERAL_PROTECTION, USER_DATA & ~3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void readOnlyDataIsNoStack(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC091)
        .load(loadInto(SS, FREE_SELECTOR))
        .runToException(engine, GENERAL_PROTECTION, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void userCannotLoadKernelData(TestEngine engine) {
    GuestMachine.user32()
        .load(loadInto(DS, KERNEL_DATA))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void requestedPrivilegeCountsToo(TestEngine engine) {
    GuestMachine.protected32()
        .load(loadInto(DS, KERNEL_DATA | 3))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void codeSegmentRegisterCannotBeLoaded(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(AX, KERNEL_CODE).db(0x8E, 0xC8).hlt())
        .runToException(engine, INVALID_OPCODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void popFaultLeavesTheStackPointer(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(new Assembler(CODE).push(0x123).pop(ES).hlt())
            .runToException(engine, GENERAL_PROTECTION, 0x120);
    // Error code, EIP, CS, EFLAGS, and the word that was not popped.
    if (machine.stackSlot(4) != 0x123) {
      machine.fail("the selector is no longer on top of the stack");
    }
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farPointerLoadsBothHalves(TestEngine engine) {
    GuestMachine.protected32()
        .write32(DATA, 0x00AB_CDEF)
        .write32(DATA + 4, USER_DATA)
        .load(new Assembler(CODE).lfs(EBX, mem(DATA)).hlt())
        .run(engine)
        .assertReg(EBX, 0x00AB_CDEF)
        .assertReg(FS, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void farPointerFaultLeavesTheRegister(TestEngine engine) {
    GuestMachine.protected32()
        .write32(DATA, 0x00AB_CDEF)
        .write32(DATA + 4, 0x123)
        .load(new Assembler(CODE).mov(EBX, 7).lfs(EBX, mem(DATA)).hlt())
        .runToException(engine, GENERAL_PROTECTION, 0x120)
        .assertReg(EBX, 7);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void storeOfASelectorClearsTheUpperHalfOfARegister(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(EAX, -1).mov(EAX, DS).hlt())
        .run(engine)
        .assertReg(EAX, KERNEL_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void realModeSelectorIsAParagraph(TestEngine engine) {
    GuestMachine.realMode()
        .write32(0x2_0004, 0xCAFE)
        .load(
            new Assembler(CODE)
                .bits16()
                .mov(AX, 0x2000)
                .mov(ES, AX)
                .mov(BX, mem(4).in(ES))
                .mov(CX, ES)
                .hlt())
        .run(engine)
        .assertReg(BX, 0xCAFE)
        .assertReg(CX, 0x2000);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sixteenBitStackSegmentPushesThroughSp(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xFFFF, 0x0093)
        .load(
            new Assembler(CODE)
                .mov(AX, FREE_SELECTOR)
                .mov(SS, AX)
                .mov(ESP, 0x0001_0000)
                .push(0x55)
                .mov(EBX, ESP)
                .hlt())
        .run(engine)
        .assertReg(EBX, 0x0001_FFFC)
        .assertMemory(DATA + 0xFFFC, 0x55);
  }
}
