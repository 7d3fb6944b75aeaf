package hourglass.runtime.memory;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.EXIT_VECTOR;
import static hourglass.runtime.testing.GuestMachine.PAGE_TABLES;
import static hourglass.runtime.testing.PageTables.ACCESSED;
import static hourglass.runtime.testing.PageTables.DIRTY;
import static hourglass.runtime.testing.PageTables.GLOBAL;
import static hourglass.runtime.testing.PageTables.NO_EXECUTE;
import static hourglass.runtime.testing.PageTables.PRESENT;
import static hourglass.runtime.testing.PageTables.USER;
import static hourglass.runtime.testing.PageTables.WRITABLE;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.CR0;
import static hourglass.translator.asm.Register.CR3;
import static hourglass.translator.asm.Register.CR4;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.cpu.GuestFault.PAGE_FAULT;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guests that change their page tables under code that is hot by then. */
class PagingGuestTest {
  private static final int PAGE = DATA + 0x2000;
  private static final int OTHER = DATA + 0x4000;
  private static final int ALL = PRESENT | WRITABLE | USER;

  /** More rounds than the translating engines need to have a loop translated. */
  private static final int ROUNDS = 3000;

  private static Assembler code() {
    return new Assembler(CODE);
  }

  /** The guest clears A and D in every round, and counts how often they come back. */
  @ParameterizedTest
  @EnumSource
  void everyRoundSetsAccessedAndDirtyAnew(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    machine
        .load(
            code()
                .mov(ECX, ROUNDS)
                .label("round")
                .and(mem(EDI).as32(), ~(ACCESSED | DIRTY))
                .invlpg(mem(ESI))
                .mov(EAX, mem(ESI))
                .mov(EAX, mem(EDI))
                .and(EAX, ACCESSED | DIRTY)
                .add(EBX, EAX)
                .mov(mem(ESI), ECX)
                .mov(EAX, mem(EDI))
                .and(EAX, ACCESSED | DIRTY)
                .add(EDX, EAX)
                .loop("round")
                .hlt())
        .set(ESI, PAGE)
        .set(EDI, tables.entryAddress(PAGE))
        .set(EBX, 0)
        .set(EDX, 0)
        .run(engine)
        .assertReg(EBX, ROUNDS * ACCESSED)
        .assertReg(EDX, ROUNDS * (ACCESSED | DIRTY));
  }

  @ParameterizedTest
  @EnumSource
  void writeProtectionCountsForTheSupervisorFromTheMomentItIsSet(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.enablePaging(false).map(PAGE, PAGE, PRESENT);
    machine.state.cr0 &= ~CpuState.CR0_WP;
    machine
        .load(
            code()
                .mov(ECX, ROUNDS)
                .label("round")
                .cmp(ECX, 5)
                .jcc(Condition.NE, "write")
                .mov(EAX, CR0)
                .or(EAX, CpuState.CR0_WP)
                .mov(CR0, EAX)
                .label("write")
                .mov(mem(ESI), ECX)
                .loop("round")
                .hlt())
        .set(ESI, PAGE)
        .runToException(engine, PAGE_FAULT, 3)
        .assertReg(ECX, 5)
        .assertMemory(PAGE, 6);
  }

  /** Both pages are mapped elsewhere; after a load of CR3 only one is seen there, then both. */
  @ParameterizedTest
  @EnumSource
  void globalPagesStayOverALoadOfCr3AndGoWithPge(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    tables.map(PAGE, PAGE, ALL | GLOBAL);
    machine
        .write32(PAGE, 1)
        .write32(PAGE + 0x1000, 10)
        .write32(OTHER, 2)
        .load(
            code()
                .mov(EBX, mem(PAGE))
                .add(EBX, mem(PAGE + 0x1000))
                .mov(mem(tables.entryAddress(PAGE)).as32(), OTHER | ALL | GLOBAL)
                .mov(mem(tables.entryAddress(PAGE + 0x1000)).as32(), OTHER | ALL)
                .mov(EAX, CR3)
                .mov(CR3, EAX)
                .mov(ECX, mem(PAGE))
                .shl(ECX, 8)
                .add(ECX, mem(PAGE + 0x1000))
                .mov(EAX, CR4)
                .and(EAX, ~CpuState.CR4_PGE)
                .mov(CR4, EAX)
                .mov(EDX, mem(PAGE))
                .hlt())
        .run(engine)
        .assertReg(EBX, 11)
        .assertReg(ECX, 0x102)
        .assertReg(EDX, 2);
  }

  /** A subroutine runs many times before its page becomes one of data. */
  @ParameterizedTest
  @EnumSource
  void codeThatBecomesDataFaultsOnItsNextFetch(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(true);
    final int high = tables.entryAddress(PAGE) + 4;
    machine
        .alsoLoad(new Assembler(PAGE).inc(EBX).ret())
        .load(
            code()
                .mov(ECX, ROUNDS)
                .label("round")
                .cmp(ECX, 5)
                .jcc(Condition.NE, "call")
                .mov(mem(high).as32(), (int) (NO_EXECUTE >>> 32))
                .invlpg(mem(PAGE))
                .label("call")
                .call(EDI)
                .loop("round")
                .hlt())
        .set(EDI, PAGE)
        .set(EBX, 0)
        .runToException(engine, PAGE_FAULT, PRESENT | Mmu.ERROR_FETCH)
        .assertEip(PAGE)
        .assertReg(EBX, ROUNDS - 5);
  }

  /** The same linear code page in turn from two frames: what each says is what runs. */
  @ParameterizedTest
  @EnumSource
  void codeIsThatOfTheFrameThatIsMapped(TestEngine engine) {
    final GuestMachine machine = GuestMachine.user32();
    final PageTables tables = machine.enablePaging(false);
    final int handler = 0x3000;
    machine
        .alsoLoad(new Assembler(PAGE).add(EBX, 1).ret())
        .alsoLoad(new Assembler(OTHER).add(EBX, 0x10_000).ret())
        .alsoLoad(
            new Assembler(handler)
                .xor(mem(tables.entryAddress(PAGE)).as32(), PAGE ^ OTHER)
                .mov(EAX, CR3)
                .mov(CR3, EAX)
                .iretd())
        .gate(0x81, GuestMachine.KERNEL_CODE, handler, 0xEE)
        .load(
            code()
                .mov(ECX, ROUNDS)
                .label("round")
                .call(EDI)
                .intN(0x81)
                .loop("round")
                .intN(EXIT_VECTOR))
        .set(EDI, PAGE)
        .set(EBX, 0)
        .run(engine)
        .assertReg(EBX, ROUNDS / 2 * 0x10_001);
  }

  /** Two address spaces, of 4 KiB and of large pages, one after the other. */
  @ParameterizedTest
  @EnumSource
  void largePagesTakeThePlaceOfSmallOnes(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.enablePaging(false).map(PAGE, OTHER, ALL);
    final PageTables large = new PageTables(machine.bus, PAGE_TABLES + 0x8_0000, false);
    large.mapLarge(0, 0, ALL);
    machine
        .write32(PAGE, 0x50)
        .write32(OTHER, 0x40)
        .load(
            code()
                .mov(ECX, ROUNDS)
                .label("round")
                .add(EBX, mem(PAGE))
                .mov(EAX, CR3)
                .xor(EAX, PAGE_TABLES ^ large.root())
                .mov(CR3, EAX)
                .loop("round")
                .hlt())
        .set(EBX, 0)
        .run(engine)
        .assertReg(EBX, ROUNDS / 2 * 0x90);
  }
}
