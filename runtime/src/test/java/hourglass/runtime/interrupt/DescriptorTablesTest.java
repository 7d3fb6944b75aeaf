package hourglass.runtime.interrupt;

import static hourglass.runtime.interrupt.SystemDescriptors.CALL_GATE32;
import static hourglass.runtime.interrupt.SystemDescriptors.DPL3;
import static hourglass.runtime.interrupt.SystemDescriptors.LDT;
import static hourglass.runtime.interrupt.SystemDescriptors.TSS32;
import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.GDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.TASK;
import static hourglass.runtime.testing.GuestMachine.TSS;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.GS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DescriptorTablesTest {
  private static Assembler code() {
    return new Assembler(CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void tableRegistersAreStoredAsTheyWereLoaded(TestEngine engine) {
    GuestMachine.protected32()
        .write32(DATA, 0x5678_0123)
        .write32(DATA + 4, 0x9ABC)
        .load(code().lidt(mem(DATA)).sidt(mem(DATA + 16)).sgdt(mem(DATA + 32)).hlt())
        .run(engine)
        .assertMemory(DATA + 16, 0x5678_0123)
        .assertMemory(DATA + 20, 0x9ABC)
        .assertMemory(DATA + 32, GDT << 16 | 0x7FF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void sixteenBitTableBasesHave24Bits(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.protected32()
            .write32(DATA, 0x5678_0123)
            .write32(DATA + 4, 0xFF9A)
            .load(code().lidt(mem(DATA).as16()).hlt())
            .run(engine);
    assertEquals(0x009A_5678, machine.state.idtrBase);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void localTableGivesDescriptors(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xF, LDT)
        .write32(DATA + 8, 0xFFFF)
        .write32(DATA + 12, 0x00CF_9300)
        .load(
            code()
                .mov(AX, FREE_SELECTOR)
                .lldt(AX)
                .sldt(ECX)
                .mov(AX, 0xC)
                .mov(GS, AX)
                .mov(EBX, mem(DATA + 12).in(GS))
                .hlt())
        .run(engine)
        .assertReg(ECX, FREE_SELECTOR)
        .assertReg(EBX, 0x00CF_9300);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void localTableMustBeOne(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(AX, KERNEL_DATA).lldt(AX))
        .runToException(engine, GENERAL_PROTECTION, KERNEL_DATA);
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, DATA, 0xF, LDT & ~0x80)
        .load(code().mov(AX, FREE_SELECTOR).lldt(AX))
        .runToException(engine, NOT_PRESENT, FREE_SELECTOR);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void taskRegisterMarksItsTaskBusy(TestEngine engine) {
    GuestMachine.protected32()
        .descriptor(FREE_SELECTOR, TSS, 0x67, TSS32)
        .load(code().mov(AX, FREE_SELECTOR).ltr(AX).str(EBX).hlt())
        .run(engine)
        .assertReg(EBX, FREE_SELECTOR)
        .assertMemory(GDT + FREE_SELECTOR + 4, 0x0000_8B00);
    GuestMachine.protected32()
        .load(code().mov(AX, TASK).ltr(AX))
        .runToException(engine, GENERAL_PROTECTION, TASK);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void accessRightsAndLimit(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(AX, KERNEL_CODE).lar(EBX, AX).lsl(ECX, AX).hlt())
        .run(engine)
        .assertReg(EBX, 0x00CF_9B00)
        .assertReg(ECX, -1)
        .assertFlags(Flags.ZF, Flags.ZF);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersSeeOnlyTheirOwnDescriptors(TestEngine engine) {
    GuestMachine.user32()
        .load(code().mov(AX, KERNEL_DATA).mov(EBX, 7).lar(EBX, AX).intN(EXIT_VECTOR))
        .run(engine)
        .assertReg(EBX, 7)
        .assertFlags(Flags.ZF, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void gatesHaveRightsButNoLimit(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    SystemDescriptors.gate(machine, FREE_SELECTOR, CALL_GATE32 | DPL3, KERNEL_CODE, 0, 0);
    machine
        .load(code().mov(AX, FREE_SELECTOR).lar(EBX, AX).lsl(ECX, AX).hlt())
        .run(engine)
        .assertReg(EBX, 0xEC00)
        .assertReg(ECX, 0)
        .assertFlags(Flags.ZF, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void verificationTellsWhatCouldBeAccessed(TestEngine engine) {
    assertVerified(engine, code().mov(AX, USER_DATA).verw(AX), true);
    assertVerified(engine, code().mov(AX, KERNEL_CODE).verr(AX), true);
    assertVerified(engine, code().mov(AX, KERNEL_CODE).verw(AX), false);
    assertVerified(engine, code().mov(AX, TASK).verr(AX), false);
    assertVerified(engine, code().mov(AX, 0).verr(AX), false);
    assertVerified(engine, code().mov(AX, 0x1000).verr(AX), false);
  }

  private static void assertVerified(TestEngine engine, Assembler code, boolean expected) {
    GuestMachine.protected32()
        .load(code.hlt())
        .run(engine)
        .assertFlags(Flags.ZF, expected ? Flags.ZF : 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void privilegeIsRaisedNeverLowered(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(EAX, 0x11).mov(EBX, 0x23).arpl(AX, BX).hlt())
        .run(engine)
        .assertReg(EAX, 0x13)
        .assertFlags(Flags.ZF, Flags.ZF);
    GuestMachine.protected32()
        .load(code().mov(EAX, 0x13).mov(EBX, 0x22).arpl(AX, BX).hlt())
        .run(engine)
        .assertReg(EAX, 0x13)
        .assertFlags(Flags.ZF, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void realModeHasNoneOfThis(TestEngine engine) {
    GuestMachine.realMode()
        .load(code().bits16().lar(AX, BX))
        .runToException(engine, INVALID_OPCODE);
    GuestMachine.realMode().load(code().bits16().ltr(AX)).runToException(engine, INVALID_OPCODE);
  }
}
