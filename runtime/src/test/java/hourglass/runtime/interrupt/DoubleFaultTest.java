package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.IDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.RAM_BYTES;
import static hourglass.runtime.testing.GuestMachine.STUBS;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.cpu.GuestFault.DIVIDE_ERROR;
import static hourglass.translator.cpu.GuestFault.DOUBLE_FAULT;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static hourglass.translator.cpu.GuestFault.PAGE_FAULT;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DoubleFaultTest {
  private static final int ABSENT = 0x0E;
  private static final int UNMAPPED = RAM_BYTES + 0x1000;

  private static GuestMachine withoutGates(GuestMachine machine, int... vectors) {
    for (int vector : vectors) {
      machine.gate(vector, KERNEL_CODE, STUBS + vector, ABSENT);
    }
    return machine;
  }

  private static Assembler generalProtection() {
    return new Assembler(CODE).mov(AX, 0x123).mov(DS, AX).hlt();
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void contributoryAfterContributoryIsADoubleFault(TestEngine engine) {
    withoutGates(GuestMachine.protected32(), GENERAL_PROTECTION)
        .load(generalProtection())
        .runToException(engine, DOUBLE_FAULT, 0)
        .assertEip(CODE + 4);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void contributoryAfterBenignIsDeliveredItself(TestEngine engine) {
    withoutGates(GuestMachine.protected32(), INVALID_OPCODE)
        .load(new Assembler(CODE).ud2())
        .runToException(engine, NOT_PRESENT, INVALID_OPCODE * 8 + 3);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void divideErrorIsContributory(TestEngine engine) {
    withoutGates(GuestMachine.protected32(), DIVIDE_ERROR)
        .load(new Assembler(CODE).xor(EAX, EAX).div(EAX))
        .runToException(engine, DOUBLE_FAULT, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void contributoryAfterPageFaultIsADoubleFault(TestEngine engine) {
    final GuestMachine machine = withoutGates(GuestMachine.protected32(), PAGE_FAULT);
    machine.enablePaging(false);
    machine
        .load(new Assembler(CODE).mov(EAX, mem(UNMAPPED)))
        .runToException(engine, DOUBLE_FAULT, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void pageFaultAfterContributoryIsDeliveredItself(TestEngine engine) {
    // The user's #GP finds its handler's stack unmapped; the page fault's handler has another one.
    final GuestMachine machine =
        GuestMachine.user32()
            .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC09B | 1 << 5)
            .descriptor(FREE_SELECTOR + 8, 0, 0xF_FFFF, 0xC093 | 1 << 5)
            .gate(GENERAL_PROTECTION, FREE_SELECTOR, STUBS, 0x8E)
            .write32(TSS + 12, UNMAPPED)
            .write32(TSS + 16, FREE_SELECTOR + 8 | 1);
    machine.enablePaging(false);
    machine.load(generalProtection()).runToException(engine, PAGE_FAULT, 2);
    if (machine.state.cr2 != UNMAPPED - 4) {
      machine.fail("expected the fault at the inner stack");
    }
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void pageFaultAfterPageFaultIsADoubleFault(TestEngine engine) {
    // Page faults go to level 1, whose stack is not mapped; double faults to level 0.
    final GuestMachine machine =
        GuestMachine.user32()
            .descriptor(FREE_SELECTOR, 0, 0xF_FFFF, 0xC09B | 1 << 5)
            .descriptor(FREE_SELECTOR + 8, 0, 0xF_FFFF, 0xC093 | 1 << 5)
            .gate(PAGE_FAULT, FREE_SELECTOR, STUBS, 0x8E)
            .write32(TSS + 12, UNMAPPED)
            .write32(TSS + 16, FREE_SELECTOR + 8 | 1);
    machine.enablePaging(false);
    machine
        .load(new Assembler(CODE).mov(EAX, mem(UNMAPPED)))
        .runToException(engine, DOUBLE_FAULT, 0)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void faultInADoubleFaultShutsDown(TestEngine engine) {
    withoutGates(GuestMachine.protected32(), GENERAL_PROTECTION, DOUBLE_FAULT)
        .load(generalProtection())
        .runToTripleFault(engine);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void emptyTableShutsDown(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32().load(new Assembler(CODE).int3()).write32(IDT, 0);
    machine.state.idtrLimit = 0;
    machine.runToTripleFault(engine);
  }
}
