package hourglass.runtime.interpreter;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESP;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.GuestFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code at the edges of pages and segments, and branches beyond them. */
class CodeFetchTest {
  private static final int MISSING = DATA + 0x1000;
  private static final int READ_MISSING = 4;

  private static GuestMachine userWithMissingPage() {
    final GuestMachine machine = GuestMachine.user32();
    machine.enablePaging(false).map(MISSING, 0, 0);
    return machine;
  }

  @ParameterizedTest
  @EnumSource
  void instructionThatCrossesIntoAnotherFrameIsReadFromBoth(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    final PageTables tables = machine.enablePaging(false);
    tables.map(MISSING, 0x30_0000, PageTables.PRESENT | PageTables.USER);
    machine
        .load(new Assembler(MISSING - 2).db(0xB8, 0x78)) // mov eax, 12345678h
        .alsoLoad(new Assembler(0x30_0000).db(0x56, 0x34, 0x12).intN(GuestMachine.EXIT_VECTOR))
        .run(engine)
        .assertReg(EAX, 0x12345678);
  }

  @ParameterizedTest
  @EnumSource
  void instructionThatRunsIntoAMissingPageFaultsAtItsBeginning(TestEngine engine) {
    final GuestMachine machine = userWithMissingPage();
    machine
        .load(new Assembler(MISSING - 2).db(0xB8, 0x78))
        .runToException(engine, GuestFault.PAGE_FAULT, READ_MISSING)
        .assertEip(MISSING - 2);
    if (machine.state.cr2 != MISSING) {
      machine.fail("expected CR2 to be the missing page");
    }
  }

  @ParameterizedTest
  @EnumSource
  void instructionThatEndsWithItsPageDoesNotTouchTheNext(TestEngine engine) {
    userWithMissingPage()
        .load(new Assembler(MISSING - 2).intN(GuestMachine.EXIT_VECTOR))
        .run(engine);
  }

  @ParameterizedTest
  @EnumSource
  void instructionOfSixteenBytesIsAProtectionFault(TestEngine engine) {
    final Assembler code = new Assembler(CODE);
    for (int i = 0; i < 15; i++) {
      code.db(0x3E);
    }
    GuestMachine.protected32()
        .load(code.nop())
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertEip(CODE);
  }

  @ParameterizedTest
  @EnumSource
  void undefinedOpcodeFaultsAtItself(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).nop().ud2())
        .runToException(engine, GuestFault.INVALID_OPCODE)
        .assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource
  void instructionThatCrossesTheSegmentsEndIsAProtectionFault(TestEngine engine) {
    GuestMachine.protected16()
        .load(new Assembler(0xFFFE).db(0xB8, 0x78)) // mov ax, imm16, one byte short
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertEip(0xFFFE);
  }

  @ParameterizedTest
  @EnumSource
  void callBeyondTheSegmentPushesNothing(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected16();
    machine
        .load(new Assembler(CODE).db(0x66, 0xE8).dd(0x1_0000))
        .write32(GuestMachine.STACK - 4, 0x1234)
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertEip(CODE);
    final int popped = machine.state.reg[4] + 16; // error code, EIP, CS, EFLAGS
    if (popped != GuestMachine.STACK) {
      machine.fail("the call has moved ESP to %08x".formatted(popped));
    }
  }

  @ParameterizedTest
  @EnumSource
  void loopBeyondTheSegmentKeepsItsCounter(TestEngine engine) {
    GuestMachine.protected16()
        .load(new Assembler(0xFFF0).db(0x66, 0xE2, 0x7F)) // with 32-bit EIP: no wrapping
        .set(ECX, 5)
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertReg(ECX, 5);
  }

  @ParameterizedTest
  @EnumSource
  void branchOfSixteenBitsWrapsAround(TestEngine engine) {
    GuestMachine.protected16()
        .load(new Assembler(0xFFF0).db(0xEB, 0x1E)) // jmp to FFF2 + 1E
        .alsoLoad(new Assembler(0x0010).hlt())
        .run(engine)
        .assertEip(0x0011);
  }

  @ParameterizedTest
  @EnumSource
  void indirectCallThroughTheStackReadsItsTargetBeforeThePush(TestEngine engine) {
    final Assembler code = new Assembler(CODE);
    code.push(CODE + 0x100).call(mem(ESP).as32()).hlt();
    GuestMachine.protected32()
        .load(code)
        .alsoLoad(new Assembler(CODE + 0x100).mov(EAX, 42).ret())
        .run(engine)
        .assertReg(EAX, 42)
        .assertEip(code.address());
  }
}
