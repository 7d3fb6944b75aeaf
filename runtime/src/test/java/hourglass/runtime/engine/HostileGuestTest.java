package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.KERNEL_CODE;
import static hourglass.runtime.testing.GuestMachine.RAM_BYTES;
import static hourglass.runtime.testing.GuestMachine.STUBS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guests that do what no sane one does get what a processor gives them, and no more. */
@Timeout(120)
class HostileGuestTest {
  /** RAM that nothing else uses. */
  private static final int FREE = 0x20_0000;

  private static final int FREE_PAGES = 64;
  private static final int PAGE_RIGHTS = PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER;
  private static final int EXTERNAL = 0x30;

  // --- tables ------------------------------------------------------------------------------------

  /** Paging with a page that is its own directory, every one of its tables, and most pages. */
  private static GuestMachine withPageTableThatMapsItself() {
    final GuestMachine machine = GuestMachine.protected32();
    for (int page = 0; page < 1024; page++) {
      final boolean itself = page == 0 || page > DATA >> GuestMemory.PAGE_SHIFT;
      machine.write32(FREE + 4 * page, (itself ? FREE : page << 12) | PAGE_RIGHTS);
    }
    machine.state.cr3 = FREE;
    machine.state.cr0 |= CpuState.CR0_PG | CpuState.CR0_WP;
    machine.memory.flushAll();
    return machine;
  }

  @ParameterizedTest
  @EnumSource
  void pageTableThatMapsItselfIsReadWrittenAndRunThrough(TestEngine engine) {
    final int entry = DATA | PAGE_RIGHTS;
    withPageTableThatMapsItself()
        .load(
            new Assembler(CODE)
                .mov(EAX, mem(0x40 << 22 | DATA).as32()) // by way of itself
                .mov(mem(4 * 0x300).as32(), entry) // linear page 0 is the table
                .mov(EBX, mem(0x30_0000).as32())
                .mov(ECX, mem(0x41 << 22 | 4 * 0x300).as32())
                .hlt())
        .write32(DATA, 0x1234_5678)
        .run(engine)
        .assertReg(EAX, 0x1234_5678)
        .assertReg(EBX, 0x1234_5678)
        .assertReg(ECX, entry | PageTables.ACCESSED);
  }

  @ParameterizedTest
  @EnumSource
  void pageDirectoryOutsideRamEndsInATripleFault(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.load(new Assembler(CODE).nop().hlt());
    machine.state.cr3 = 0x7000_0000;
    machine.state.cr0 |= CpuState.CR0_PG;
    machine.memory.flushAll();
    machine.runToTripleFault(engine);
  }

  @ParameterizedTest
  @EnumSource
  void descriptorHalfBeyondMemoryIsReadAsTheBusGivesIt(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine
        .load(
            new Assembler(CODE)
                .mov(EAX, 8)
                .mov(DS, EAX)
                .mov(EBX, mem(DATA + 0x1_0000).as32())
                .hlt())
        .write32(RAM_BYTES - 4, 0xFFFF)
        .write32(DATA, 0x1234_5678);
    machine.state.gdtrBase = RAM_BYTES - 12;
    machine.run(engine).assertReg(EBX, 0x1234_5678); // the base is FFFF0000
  }

  @ParameterizedTest
  @EnumSource
  void gateAcrossTheEndOfTheAddressSpaceIsReadFromBothEnds(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine
        .load(new Assembler(CODE).intN(0))
        .write32(0, 0x8E00)
        .write32(13 * 8 - 4, STUBS + 13 | KERNEL_CODE << 16)
        .write32(13 * 8, 0x8E00);
    machine.state.idtrBase = -4;
    machine.runToException(engine, GuestFault.GENERAL_PROTECTION, 0xFFFC);
  }

  @ParameterizedTest
  @EnumSource
  void taskStateBeyondMemoryGivesNoStackAndEndsInATripleFault(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    machine.load(new Assembler(CODE).intN(GuestMachine.EXIT_VECTOR));
    machine.state.tr.set(GuestMachine.TASK, 0xFFFF_FFF0, 0x67, 0x8B);
    machine.runToTripleFault(engine);
  }

  // --- repetition --------------------------------------------------------------------------------

  private static void assertInterruptible(
      TestEngine engine, int address, UnaryOperator<Assembler> instruction) {
    final GuestMachine machine = GuestMachine.protected32();
    machine
        .load(instruction.apply(new Assembler(CODE).nop()).hlt())
        .setFlags(Flags.IF | 2)
        .set(EAX, 1)
        .set(EDX, 0x60)
        .set(ECX, -1)
        .set(ESI, address)
        .set(EDI, address)
        .step(engine, 20);
    if (machine.state.halted || Integer.compareUnsigned(machine.state.reg[CpuState.ECX], 1) <= 0) {
      machine.fail("expected the instruction to be under way after 20 steps");
    }
    machine.interrupts.raise(EXTERNAL);
    machine.step(engine, 5);
    if (machine.stubReached() != EXTERNAL) {
      machine.fail("expected the interrupt to be taken");
    }
    machine.assertEip(CODE + 1);
  }

  @ParameterizedTest
  @EnumSource
  void loadsOfFourGigabytesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, 0, code -> code.rep().lodsb());
  }

  @ParameterizedTest
  @EnumSource
  void storesOfFourGigabytesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, 0x8000_0000, code -> code.rep().stosd());
  }

  @ParameterizedTest
  @EnumSource
  void copyingFourGigabytesOntoThemselvesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, 0, code -> code.rep().movsb());
  }

  @ParameterizedTest
  @EnumSource
  void comparingFourGigabytesWithThemselvesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, FREE, code -> code.rep().cmpsd());
  }

  @ParameterizedTest
  @EnumSource
  void searchingFourGigabytesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, FREE, code -> code.repne().scasb());
  }

  @ParameterizedTest
  @EnumSource
  void inputOfFourGigabytesCanBeInterrupted(TestEngine engine) {
    assertInterruptible(engine, FREE, code -> code.rep().insb());
  }

  // --- code --------------------------------------------------------------------------------------

  /** ADD DWORD PTR [DATA], 5 with so many prefixes that it is 15 bytes long, or longer. */
  private static Assembler longInstruction(int origin, int length) {
    final Assembler code = new Assembler(origin);
    for (int i = 10; i < length; i++) {
      code.db(0x3E);
    }
    return code.db(0x81, 0x05).dd(DATA, 5);
  }

  private static GuestMachine withMissingPage(int page) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.enablePaging(false).map(page, 0, 0);
    return machine;
  }

  @ParameterizedTest
  @EnumSource
  void fifteenBytesThatEndWithAPageAreExecutedBeforeTheNextPageIsMissed(TestEngine engine) {
    final GuestMachine machine = withMissingPage(FREE);
    machine
        .load(longInstruction(FREE - 15, 15))
        .runToException(engine, GuestFault.PAGE_FAULT, 0)
        .assertEip(FREE)
        .assertMemory(DATA, 5);
  }

  @ParameterizedTest
  @EnumSource
  void sixteenBytesThatEndWithAPageAreAProtectionFault(TestEngine engine) {
    withMissingPage(FREE)
        .load(longInstruction(FREE - 16, 16))
        .runToException(engine, GuestFault.GENERAL_PROTECTION, 0)
        .assertEip(FREE - 16)
        .assertMemory(DATA, 0);
  }

  @ParameterizedTest
  @EnumSource
  void manyPagesOfCodeThatAreWrittenAnewInEveryRoundDoWhatWasWrittenLast(TestEngine engine) {
    final int rounds = 60;
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ESI, rounds)
                .label("round")
                .mov(EDI, FREE)
                .mov(ECX, FREE_PAGES)
                .label("page")
                .mov(mem(EDI).as8(), 0xB8) // mov eax, the round; ret
                .mov(mem(EDI).disp(1).as32(), ESI)
                .mov(mem(EDI).disp(5).as8(), 0xC3)
                .call(EDI)
                .add(EBX, EAX)
                .add(EDI, 0x1000)
                .dec(ECX)
                .jcc(Condition.NE, "page")
                .dec(ESI)
                .jcc(Condition.NE, "round")
                .hlt())
        .run(engine)
        .assertReg(EBX, FREE_PAGES * rounds * (rounds + 1) / 2);
  }

  @ParameterizedTest
  @EnumSource
  void onePageOfCodeRunsAtAThousandLinearAddresses(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    for (int region = 0; region < 1024; region++) {
      tables.mapLarge(region << 22, 0, PAGE_RIGHTS);
    }
    machine.memory.flushAll();
    final Assembler code = new Assembler(CODE).label("next").inc(EAX).add(EBX, 1 << 22);
    code.jcc(Condition.B, "end").jmp(EBX).label("end").hlt();
    machine.load(code).set(EBX, CODE).run(engine).assertReg(EAX, 1024);
  }

  @ParameterizedTest
  @EnumSource
  void aPageOfNothingButBranchesOutOfItIsRun(TestEngine engine) {
    final int rounds = 5;
    final Assembler code = new Assembler(CODE).mov(ECX, rounds).label("round").cmp(EAX, EAX);
    for (int i = 0; i < 600; i++) {
      code.db(0x0F, 0x85).dd(0x1_0000 + 64 * i); // jne
    }
    GuestMachine.protected32()
        .load(code.inc(EBX).dec(ECX).jcc(Condition.NE, "round").hlt())
        .run(engine)
        .assertReg(EBX, rounds);
  }

  @ParameterizedTest
  @EnumSource
  void aPageOfNothingButBranchesInsideItIsRun(TestEngine engine) {
    final int rounds = 5;
    final Assembler code = new Assembler(CODE).mov(ECX, rounds).label("round").cmp(EAX, EAX);
    for (int i = 0; i < 2000; i++) {
      code.db(i % 2 == 0 ? 0x74 : 0x75, 0); // je, jne
    }
    GuestMachine.protected32()
        .load(code.inc(EBX).dec(ECX).jcc(Condition.NE, "round").hlt())
        .run(engine)
        .assertReg(EBX, rounds);
  }

  @ParameterizedTest
  @EnumSource
  void bytesAreRunAsOneInstructionAndAsThoseInsideIt(TestEngine engine) {
    final int rounds = 20;
    GuestMachine.protected32()
        .load(
            new Assembler(CODE)
                .mov(ECX, rounds)
                .label("round")
                .call("whole")
                .add(EBX, EAX)
                .xor(EAX, EAX)
                .call("inside")
                .add(EBX, EAX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt()
                .label("whole")
                .db(0xB8) // mov eax, 90404040h
                .label("inside")
                .db(0x40, 0x40, 0x40, 0x90) // inc eax, three times; nop
                .ret())
        .run(engine)
        .assertReg(EBX, rounds * (0x9040_4040 + 3));
  }

  // --- stacks ------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void stackAtTheBottomOfTheAddressSpaceGoesOnAtItsTop(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(ESP, 0).push(EAX).mov(ECX, ESP).pop(EBX).hlt())
        .set(EAX, 5)
        .run(engine)
        .assertReg(ECX, -4)
        .assertReg(EBX, -1) // where nothing is
        .assertReg(ESP, 0);
  }

  @ParameterizedTest
  @EnumSource
  void stackAcrossTheEndOfMemoryKeepsTheHalfThatIsInside(TestEngine engine) {
    GuestMachine.protected32()
        .load(new Assembler(CODE).mov(ESP, RAM_BYTES + 2).push(EAX).pop(EBX).hlt())
        .set(EAX, 0x1234_5678)
        .run(engine)
        .assertReg(EBX, 0xFFFF_5678);
  }

  @ParameterizedTest
  @EnumSource
  void exceptionWithoutAStackIsATripleFault(TestEngine engine) {
    withMissingPage(FREE)
        .load(new Assembler(CODE).mov(ESP, FREE + 0x800).push(EAX))
        .runToTripleFault(engine);
  }
}
