package hourglass.runtime.interrupt;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.KERNEL_DATA;
import static hourglass.runtime.testing.GuestMachine.USER_CODE;
import static hourglass.runtime.testing.GuestMachine.USER_DATA;
import static hourglass.runtime.testing.GuestMachine.USER_STACK;
import static hourglass.translator.asm.Register.CS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.SS;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.Flags;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FastSystemCallTest {
  private static final int ENTRY = 0x3000;
  private static final int ENTRY_STACK = 0x7000;

  private static Assembler wrmsr(Assembler code, int msr, int value) {
    return code.mov(ECX, msr).mov(EAX, value).mov(EDX, 0).wrmsr();
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void roundTrip(TestEngine engine) {
    // The selectors after SYSENTER_CS are laid out as kernel code, kernel data, user code, user
    // data.
    final Assembler code = new Assembler(CODE);
    wrmsr(code, 0x174, KERNEL_CODE);
    wrmsr(code, 0x175, ENTRY_STACK);
    wrmsr(code, 0x176, ENTRY);
    code.mov(ECX, USER_STACK)
        .mov(EDX, 0)
        .db(0xBA)
        .dd("user")
        .sysexit()
        .label("user")
        .sysenter()
        .label("back")
        .mov(ESI, CS)
        .mov(EDI, SS)
        .intN(EXIT_VECTOR);
    GuestMachine.protected32()
        .alsoLoad(
            new Assembler(ENTRY)
                .mov(EAX, CS)
                .mov(EBX, SS)
                .mov(ECX, USER_STACK - 8)
                .cmp(ESP, ENTRY_STACK)
                .db(0x75, 0x07) // skips the return to the user
                .db(0xBA)
                .dd(code.addressOf("back"))
                .sysexit()
                .ud2())
        .load(code)
        .run(engine)
        .assertReg(EAX, KERNEL_CODE)
        .assertReg(EBX, KERNEL_DATA)
        .assertReg(ESI, USER_CODE)
        .assertReg(EDI, USER_DATA);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void entryDisablesInterrupts(TestEngine engine) {
    final GuestMachine machine =
        GuestMachine.user32()
            .setFlags(Flags.IF)
            .alsoLoad(new Assembler(ENTRY).hlt())
            .load(new Assembler(CODE).sysenter());
    machine.state.sysenterCs = KERNEL_CODE;
    machine.state.sysenterEsp = ENTRY_STACK;
    machine.state.sysenterEip = ENTRY;
    machine
        .run(engine)
        .assertFlags(Flags.IF, 0)
        .assertReg(ESP, ENTRY_STACK)
        .assertReg(CS, KERNEL_CODE);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void nullSelectorFaults(TestEngine engine) {
    GuestMachine.user32()
        .load(new Assembler(CODE).sysenter())
        .runToException(engine, GENERAL_PROTECTION, 0);
  }

  @ParameterizedTest
  @EnumSource(TestEngine.class)
  void usersCannotSysexit(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32().load(new Assembler(CODE).sysexit());
    machine.state.sysenterCs = FREE_SELECTOR;
    machine.runToException(engine, GENERAL_PROTECTION, 0);
  }
}
