package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.GDT;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CR0;
import static hourglass.translator.asm.Register.CR2;
import static hourglass.translator.asm.Register.CR4;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.INVALID_OPCODE;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ControlRegisterTest {
  private static Assembler code() {
    return new Assembler(CODE);
  }

  private static Assembler write(Register register, int value) {
    return code().mov(EAX, value).mov(register, EAX).hlt();
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void pagingWithoutProtectionFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(write(CR0, CpuState.CR0_PG))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void notWriteThroughWithoutCacheDisableFaults(TestEngine engine) {
    GuestMachine.protected32()
        .load(write(CR0, CpuState.CR0_PE | CpuState.CR0_NW))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void extensionTypeIsAlwaysSetAndReservedBitsClear(TestEngine engine) {
    GuestMachine.protected32()
        .load(write(CR0, 0x0008_0001))
        .run(engine)
        .assertReg(CR0, CpuState.CR0_PE | CpuState.CR0_ET);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void reservedBitsOfCr4Fault(TestEngine engine) {
    GuestMachine.protected32()
        .load(write(CR4, 1 << 13))
        .runToException(engine, GENERAL_PROTECTION, 0)
        .assertReg(CR4, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void otherControlRegistersDoNotExist(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().db(0x0F, 0x20, 0xC8))
        .runToException(engine, INVALID_OPCODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersMayNotTouchThem(TestEngine engine) {
    GuestMachine.user32().load(code().mov(EAX, CR0)).runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32().load(code().clts()).runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32().load(code().hlt()).runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32().load(code().wbinvd()).runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32()
        .load(code().invlpg(mem(DATA)))
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void machineStatusWordCannotLeaveProtectedMode(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(EAX, 0xA).lmsw(AX).smsw(EBX).clts().mov(ECX, CR0).hlt())
        .run(engine)
        .assertReg(EBX, CpuState.CR0_PE | CpuState.CR0_ET | CpuState.CR0_NE | 0xA)
        .assertReg(ECX, CpuState.CR0_PE | CpuState.CR0_ET | CpuState.CR0_NE | CpuState.CR0_MP);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void realModeEntersProtectedModeAndComesBack(TestEngine engine) {
    GuestMachine.realMode()
        .descriptor(KERNEL_CODE, 0, 0xFFFF, 0x9B)
        .descriptor(KERNEL_DATA, 0x1_0000, 0xF_FFFF, 0x8093)
        .write32(0x600, GDT << 16 | 0xFF)
        .write32(0x604, GDT >>> 16)
        .write32(DATA + 0x10, 0x1234)
        .load(
            code()
                .bits16()
                .lgdt(mem(0x600))
                .mov(EAX, CR0)
                .db(0x0C, 0x01) // or al, 1
                .mov(CR0, EAX)
                .jmpFar(KERNEL_CODE, "protected")
                .label("protected")
                .mov(EBX, KERNEL_DATA)
                .mov(DS, Register.BX)
                .mov(EAX, CR0)
                .db(0x24, 0xFE) // and al, 0FEh
                .mov(CR0, EAX)
                .jmpFar(0, "real")
                .label("real")
                .mov(EBX, 0x1_0010)
                .mov(ECX, mem(EBX)) // the 4 GiB limit stays: "unreal" mode
                .mov(AX, 0)
                .mov(DS, AX)
                .mov(EDX, mem(EBX).disp(DATA - 0x1_0000))
                .hlt())
        .run(engine)
        .assertReg(ECX, 0x1234)
        .assertReg(EDX, 0x1234);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void pageFaultAddressCanBeWritten(TestEngine engine) {
    GuestMachine.protected32().load(write(CR2, 0x1234)).run(engine).assertReg(CR2, 0x1234);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void unknownModelSpecificRegistersFault(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(ECX, 0x1B).rdmsr())
        .runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.protected32()
        .load(code().mov(ECX, 0x1B).wrmsr())
        .runToException(engine, GENERAL_PROTECTION, 0);
    GuestMachine.user32()
        .load(code().mov(ECX, 0x10).rdmsr())
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void timeStampCounterFollowsTheTimelineFromWhereItWasSet(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.timeline.advance(5_000);
    machine
        .load(code().mov(ECX, 0x10).mov(EDX, 1).mov(EAX, 100).wrmsr().hlt().rdtsc().hlt())
        .run(engine);
    machine.timeline.advance(7);
    machine.run(engine).assertReg(EAX, 107).assertReg(EDX, 1);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void timeStampDisableKeepsUsersOut(TestEngine engine) {
    GuestMachine.user32().load(code().rdtsc().intN(EXIT_VECTOR)).run(engine);
    final GuestMachine machine = GuestMachine.user32().load(code().rdtsc());
    machine.state.cr4 |= CpuState.CR4_TSD;
    machine.runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void extendedFeatureRegisterHasNxeOnly(TestEngine engine) {
    GuestMachine.protected32()
        .load(
            code()
                .mov(ECX, 0xC000_0080)
                .mov(EAX, CpuState.EFER_NXE)
                .mov(EDX, 0)
                .wrmsr()
                .mov(EAX, 0)
                .rdmsr()
                .hlt())
        .run(engine)
        .assertReg(EAX, CpuState.EFER_NXE);
    GuestMachine.protected32()
        .load(code().mov(ECX, 0xC000_0080).mov(EAX, 1).mov(EDX, 0).wrmsr())
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void cpuidNamesAProcessorWithSseButWithoutApic(TestEngine engine) {
    GuestMachine.protected32()
        .load(code().mov(EAX, 0).cpuid().hlt())
        .run(engine)
        .assertReg(EBX, 0x756E_6547)
        .assertReg(EDX, 0x4965_6E69)
        .assertReg(ECX, 0x6C65_746E);
    GuestMachine.protected32()
        .load(code().mov(EAX, 1).cpuid().hlt())
        .run(engine)
        .assertReg(EAX, 0x633)
        .assertReg(ECX, 0x0098_0201)
        .assertReg(EDX, 0x0788_A97F);
    GuestMachine.protected32()
        .load(code().mov(EAX, 0x8000_0003).cpuid().hlt())
        .run(engine)
        .assertReg(EAX, 'l' | ' ' << 8 | 'C' << 16 | 'P' << 24);
  }
}
