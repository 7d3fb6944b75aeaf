package hourglass.runtime.interrupt;

import static hourglass.runtime.interrupt.SystemDescriptors.CALL_GATE32;
import static hourglass.runtime.interrupt.SystemDescriptors.DPL3;
import static hourglass.runtime.interrupt.SystemDescriptors.TSS32;
import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.STACK;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.runtime.testing.GuestMachine.USER_CODE;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Immediate.imm;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.DOUBLE_FAULT;
import static hourglass.translator.cpu.GuestFault.PAGE_FAULT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Far transfers, interrupts and task switches whose stack or task state runs into a missing page.
 */
class PageFaultInTransferTest {
  private static final int MISSING = DATA + 0x1000;
  private static final int AFTER = MISSING + 0x1000;
  private static final int TARGET = 0x3000;
  private static final int SELECTOR = FREE_SELECTOR;

  // Error codes: reads and writes of a missing page by the supervisor and by users.
  private static final int READ = 0;
  private static final int WRITE = 2;
  private static final int USER_READ = 4;
  private static final int USER_WRITE = 6;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  private static GuestMachine missingPage(GuestMachine machine) {
    machine.enablePaging(false).map(MISSING, 0, 0);
    return machine;
  }

  private static void assertSlots(GuestMachine machine, int first, int... expected) {
    for (int i = 0; i < expected.length; i++) {
      final int slot = first + i;
      assertEquals(
          expected[i], machine.stackSlot(slot), () -> "stack slot %d: %s".formatted(slot, machine));
    }
  }

  private static void assertAddress(GuestMachine machine, int address) {
    assertEquals(address, machine.state.cr2, () -> "CR2: " + machine);
  }

  /** The inner stack has room for the page fault's six words, but not for the call's eight. */
  @ParameterizedTest
  @EnumSource
  void callThroughAGateWithoutRoomOnTheInnerStack(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.user32());
    SystemDescriptors.gate(machine, SELECTOR, CALL_GATE32 | DPL3, KERNEL_CODE, TARGET, 4);
    machine
        .write32(TSS + 4, AFTER + 28)
        .load(
            code().push(1).push(2).push(3).push(4).label("call").callFar(32, SELECTOR | 3, imm(0)))
        .runToException(engine, PAGE_FAULT, WRITE)
        .assertEip(CODE + 8);
    assertAddress(machine, AFTER - 4);
    assertSlots(machine, 2, USER_CODE);
    assertSlots(machine, 4, USER_STACK - 16, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource
  void farCallWhoseOffsetCannotBePushed(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.user32());
    machine
        .set(ESP, AFTER + 4)
        .load(code().callFar(32, USER_CODE, imm(TARGET)))
        .runToException(engine, PAGE_FAULT, USER_WRITE)
        .assertEip(CODE);
    assertSlots(machine, 4, AFTER + 4, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource
  void farReturnWhoseSelectorIsMissing(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.user32());
    machine
        .set(ESP, MISSING - 4)
        .write32(MISSING - 4, TARGET)
        .load(code().retf())
        .runToException(engine, PAGE_FAULT, USER_READ)
        .assertEip(CODE);
    assertAddress(machine, MISSING);
    assertSlots(machine, 4, MISSING - 4, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource
  void interruptReturnWhoseFlagsAreMissing(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.protected32());
    machine
        .set(ESP, MISSING - 8)
        .write32(MISSING - 8, TARGET)
        .write32(MISSING - 4, KERNEL_CODE)
        .load(code().iretd())
        .runToException(engine, PAGE_FAULT, READ)
        .assertEip(CODE);
    assertAddress(machine, MISSING);
    assertSlots(machine, 4, TARGET, KERNEL_CODE);
  }

  @ParameterizedTest
  @EnumSource
  void interruptReturnToUserModeWhoseStackPointerIsMissing(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.protected32());
    machine
        .set(ESP, MISSING - 12)
        .write32(MISSING - 12, TARGET)
        .write32(MISSING - 8, USER_CODE)
        .write32(MISSING - 4, 2)
        .load(code().iretd())
        .runToException(engine, PAGE_FAULT, READ)
        .assertEip(CODE)
        .assertReg(SS, KERNEL_DATA);
    assertAddress(machine, MISSING);
    assertSlots(machine, 4, TARGET, USER_CODE, 2);
  }

  /** The second frame pointer that ENTER copies lies in the missing page. */
  @ParameterizedTest
  @EnumSource
  void enterThatCopiesFramePointersFromAMissingPage(TestEngine engine) {
    final GuestMachine machine = missingPage(GuestMachine.user32());
    machine
        .set(EBP, AFTER + 4)
        .write32(AFTER, 0x1111)
        .load(code().enter(8, 3))
        .runToException(engine, PAGE_FAULT, USER_READ)
        .assertEip(CODE)
        .assertReg(EBP, AFTER + 4);
    assertAddress(machine, AFTER - 4);
    assertSlots(machine, 4, USER_STACK, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource
  void interruptWithoutAnInnerStackShutsDown(TestEngine engine) {
    missingPage(GuestMachine.user32())
        .write32(TSS + 4, AFTER)
        .load(code().intN(GuestMachine.EXIT_VECTOR))
        .runToTripleFault(engine);
  }

  /** How kernels survive the end of their stack: vector 8 is a task with one of its own. */
  @ParameterizedTest
  @EnumSource
  void doubleFaultTaskReportsAKernelStackThatRanOut(TestEngine engine) {
    final GuestMachine machine = withTask(GuestMachine.protected32(), DATA);
    machine
        .gate(DOUBLE_FAULT, SELECTOR, 0, SystemDescriptors.TASK_GATE)
        .alsoLoad(new Assembler(TARGET).pop(EAX).mov(EBX, mem(TSS + 56)).hlt())
        .set(ESP, AFTER)
        .load(code().push(1))
        .run(engine)
        .assertReg(EAX, 0)
        .assertReg(EBX, AFTER)
        .assertMemory(TSS + 32, CODE);
    assertEquals(SELECTOR, machine.state.tr.selector, machine::toString);
    assertAddress(machine, AFTER - 4);
  }

  @ParameterizedTest
  @EnumSource
  void jumpToATaskWhoseStateIsMissingChangesNothing(TestEngine engine) {
    for (int place : new int[] {MISSING, MISSING - 0x40}) {
      final GuestMachine machine =
          withTask(GuestMachine.protected32(), place)
              .load(code().mov(EBX, 7).jmpFar(32, SELECTOR, imm(0)))
              .runToException(engine, PAGE_FAULT, READ)
              .assertEip(CODE + 5)
              .assertReg(EBX, 7);
      assertAddress(machine, MISSING);
      assertEquals(TASK, machine.state.tr.selector, machine::toString);
      assertEquals(0, machine.state.cr0 & CpuState.CR0_TS, machine::toString);
    }
  }

  /** A task at level 0 that begins at the target, with a stack of its own. */
  private static GuestMachine withTask(GuestMachine machine, int place) {
    machine
        .descriptor(SELECTOR, place, 0x67, TSS32)
        .write32(place + 28, GuestMachine.PAGE_TABLES)
        .write32(place + 32, TARGET)
        .write32(place + 36, 2)
        .write32(place + 56, STACK - 0x800);
    for (int i = 0; i < 6; i++) {
      machine.write32(place + 72 + 4 * i, i == CpuState.CS ? KERNEL_CODE : KERNEL_DATA);
    }
    return missingPage(machine);
  }
}
