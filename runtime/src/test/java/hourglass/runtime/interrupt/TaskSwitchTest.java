package hourglass.runtime.interrupt;

import static hourglass.runtime.interrupt.SystemDescriptors.LDT;
import static hourglass.runtime.interrupt.SystemDescriptors.TASK_GATE;
import static hourglass.runtime.interrupt.SystemDescriptors.TSS16;
import static hourglass.runtime.interrupt.SystemDescriptors.TSS32;
import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.GDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.RAM_BYTES;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.translator.asm.Immediate.imm;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CR3;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.FS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_TSS;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskSwitchTest {
  private static final int OTHER = FREE_SELECTOR;
  private static final int OTHER_TSS = DATA;
  private static final int OTHER_CODE = 0x3000;
  private static final int OTHER_STACK = 0x7000;
  private static final int BUSY = 0x200;

  /** A second task in ring 0, its TSS of 32 bits available. */
  private static GuestMachine withTask(Assembler code) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .descriptor(OTHER, OTHER_TSS, 0x67, TSS32)
            .write32(OTHER_TSS + 32, OTHER_CODE)
            .write32(OTHER_TSS + 36, Flags.CF | 2)
            .write32(OTHER_TSS + 52, 0xB0B)
            .write32(OTHER_TSS + 56, OTHER_STACK)
            .alsoLoad(code);
    for (int i = 0; i < 6; i++) {
      machine.write32(OTHER_TSS + 72 + 4 * i, i == CpuState.CS ? KERNEL_CODE : KERNEL_DATA);
    }
    return machine;
  }

  private static Assembler other() {
    return new Assembler(OTHER_CODE);
  }

  private static Assembler jumpToOther() {
    return new Assembler(CODE).mov(ECX, 0x77).jmpFar(32, OTHER, imm(0)).mov(ECX, 0x88).hlt();
  }

  private static void assertBusy(GuestMachine machine, int selector, boolean busy) {
    assertEquals(
        busy ? BUSY : 0, machine.read32(GDT + selector + 4) & BUSY, () -> "busy bit: " + machine);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void jumpSavesOneTaskAndLoadsTheOther(TestEngine engine) {
    final GuestMachine machine =
        withTask(other().mov(EAX, EBX).hlt())
            .load(jumpToOther())
            .run(engine)
            .assertReg(EAX, 0xB0B)
            .assertReg(ESP, OTHER_STACK)
            .assertFlags(Flags.CF | Flags.NT, Flags.CF)
            .assertMemory(TSS + 32, CODE + 12)
            .assertMemory(TSS + 44, 0x77);
    assertBusy(machine, TASK, false);
    assertBusy(machine, OTHER, true);
    assertEquals(OTHER, machine.state.tr.selector);
    assertEquals(CpuState.CR0_TS, machine.state.cr0 & CpuState.CR0_TS);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void callNestsAndInterruptReturnGoesBack(TestEngine engine) {
    final GuestMachine machine =
        withTask(other().pushfd().pop(EAX).mov(mem(DATA + 0x100), EAX).iretd())
            .load(new Assembler(CODE).mov(ECX, 0x77).callFar(32, OTHER, imm(0)).inc(ECX).hlt())
            .run(engine)
            .assertReg(ECX, 0x78)
            .assertMemory(DATA + 0x100, Flags.NT | Flags.CF | 2)
            .assertMemory(OTHER_TSS, TASK)
            .assertFlags(Flags.NT, 0);
    assertBusy(machine, TASK, true);
    assertBusy(machine, OTHER, false);
    assertEquals(TASK, machine.state.tr.selector);
    assertEquals(0, machine.read32(OTHER_TSS + 36) & Flags.NT, "NT is clear in the saved image");
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void taskGateInTheDescriptorTable(TestEngine engine) {
    final GuestMachine machine = withTask(other().mov(EAX, 1).hlt());
    SystemDescriptors.gate(machine, 0x48, TASK_GATE, OTHER, 0, 0);
    machine.load(new Assembler(CODE).jmpFar(32, 0x48, imm(0))).run(engine).assertReg(EAX, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void exceptionThroughATaskGatePushesItsErrorCodeThere(TestEngine engine) {
    withTask(other().pop(EAX).hlt())
        .gate(GENERAL_PROTECTION, OTHER, 0, TASK_GATE)
        .load(new Assembler(CODE).mov(AX, 0x123).mov(DS, AX))
        .run(engine)
        .assertReg(EAX, 0x120)
        .assertReg(ESP, OTHER_STACK)
        .assertMemory(TSS + 32, CODE + 4)
        .assertFlags(Flags.NT, Flags.NT);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sixteenBitTask(TestEngine engine) {
    final GuestMachine machine = withTask(other().mov(EAX, EBX).hlt());
    machine
        .descriptor(OTHER, OTHER_TSS, 0x2B, TSS16)
        .write32(OTHER_TSS + 14, OTHER_CODE | 2 << 16) // IP, FLAGS
        .write32(OTHER_TSS + 24, 0xB0B) // BX, SP
        .write32(OTHER_TSS + 26, OTHER_STACK)
        .write32(OTHER_TSS + 34, KERNEL_CODE << 16 | KERNEL_DATA) // ES, CS
        .write32(OTHER_TSS + 38, KERNEL_DATA << 16 | KERNEL_DATA) // SS, DS
        .write32(OTHER_TSS + 42, 0)
        .load(jumpToOther())
        .run(engine)
        .assertReg(EAX, 0xB0B)
        .assertReg(ESP, OTHER_STACK)
        .assertReg(FS, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void nestedReturnFromASixteenBitTask(TestEngine engine) {
    final GuestMachine machine = withTask(other().iretd());
    machine
        .descriptor(OTHER, OTHER_TSS, 0x2B, TSS16)
        .write32(OTHER_TSS + 14, OTHER_CODE | 2 << 16)
        .write32(OTHER_TSS + 26, OTHER_STACK)
        .write32(OTHER_TSS + 34, KERNEL_CODE << 16 | KERNEL_DATA)
        .write32(OTHER_TSS + 38, KERNEL_DATA << 16 | KERNEL_DATA)
        .write32(OTHER_TSS + 42, 0)
        .load(new Assembler(CODE).mov(ECX, 0x1_2345).callFar(32, OTHER, imm(0)).hlt())
        .run(engine)
        .assertReg(ECX, 0x1_2345);
    assertEquals(OTHER_CODE + 1, machine.read32(OTHER_TSS + 14) & 0xFFFF, machine::toString);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void busyTaskCannotBeEntered(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).jmpFar(32, TASK, imm(0)))
        .runToException(engine, GENERAL_PROTECTION, TASK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void absentTaskIsNotPresent(TestEngine engine) {
    withTask(other().hlt())
        .descriptor(OTHER, OTHER_TSS, 0x67, TSS32 & ~0x80)
        .load(jumpToOther())
        .runToException(engine, NOT_PRESENT, OTHER);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void shortTaskStateSegmentIsInvalidAndNothingChanges(TestEngine engine) {
    withTask(other().hlt())
        .descriptor(OTHER, OTHER_TSS, 0x66, TSS32)
        .load(jumpToOther())
        .runToException(engine, INVALID_TSS, OTHER)
        .assertEip(CODE + 5)
        .assertReg(ECX, 0x77);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void badSegmentFaultsInTheNewTask(TestEngine engine) {
    final GuestMachine machine =
        withTask(other().hlt())
            .write32(OTHER_TSS + 84, TASK)
            .load(jumpToOther())
            .runToException(engine, INVALID_TSS, TASK)
            .assertEip(OTHER_CODE)
            .assertReg(EBX, 0xB0B);
    assertEquals(OTHER, machine.state.tr.selector);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void returnToATaskThatIsNotBusyIsInvalid(TestEngine engine) {
    withTask(other().hlt())
        .write32(TSS, OTHER)
        .setFlags(Flags.NT)
        .load(new Assembler(CODE).iretd())
        .runToException(engine, INVALID_TSS, OTHER)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void trapBitRaisesADebugExceptionBeforeTheFirstInstruction(TestEngine engine) {
    final GuestMachine machine =
        withTask(other().mov(EBX, 0).hlt())
            .write32(OTHER_TSS + 100, 0x0068_0001)
            .load(jumpToOther())
            .runToException(engine, 1)
            .assertEip(OTHER_CODE)
            .assertReg(EBX, 0xB0B);
    assertEquals(DebugRegisters.TASK_SWITCH, machine.get(Register.DR6) & 0xE00F);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void taskBringsItsLocalDescriptorTable(TestEngine engine) {
    withTask(other().mov(EAX, mem(4).in(FS)).hlt())
        .descriptor(0x50, DATA + 0x200, 0x0F, LDT)
        .write32(DATA + 0x208, DATA + 0x300 << 16 | 0xFF)
        .write32(DATA + 0x20C, 0x0040_9300 | DATA >>> 16)
        .write32(DATA + 0x304, 0x1D1)
        .write32(OTHER_TSS + 96, 0x50)
        .write32(OTHER_TSS + 88, 0xC) // FS: entry 1 of the LDT
        .load(jumpToOther())
        .run(engine)
        .assertReg(EAX, 0x1D1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void taskBringsItsPageTables(TestEngine engine) {
    final GuestMachine machine = withTask(other().mov(EAX, mem(RAM_BYTES)).hlt());
    machine.enablePaging(false);
    final PageTables tables = new PageTables(machine.bus, 0x20_0000, false);
    final int rights = PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER;
    tables.mapRange(0, 0, RAM_BYTES, rights);
    tables.mapRange(RAM_BYTES, DATA + 0x1000, 0x1000, rights);
    machine
        .write32(DATA + 0x1000, 0xFACE)
        .write32(OTHER_TSS + 28, tables.root())
        .load(jumpToOther())
        .run(engine)
        .assertReg(EAX, 0xFACE)
        .assertReg(CR3, tables.root());
  }
}
