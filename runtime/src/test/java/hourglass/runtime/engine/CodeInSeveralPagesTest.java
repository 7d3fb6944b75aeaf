package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code that goes from page to page runs what is mapped there at the time. */
class CodeInSeveralPagesTest {
  /** Even, and enough for the loop to be translated in the background. */
  private static final int ROUNDS = 20_000;

  private static final int OTHER_PAGE = CODE + 0x1000;

  private static final byte INC_EAX = 0x40;
  private static final byte DEC_EAX = 0x48;

  /** A loop that makes a call, and does something to what it has called. */
  private static Assembler rounds(Consumer<Assembler> call, Consumer<Assembler> change) {
    final Assembler code = new Assembler(CODE).mov(ECX, ROUNDS).label("round");
    call.andThen(change).accept(code);
    return code.dec(ECX).jcc(Condition.NE, "round").hlt();
  }

  /** A loop that calls a function in another page. */
  private static Assembler loop(Consumer<Assembler> change) {
    return rounds(code -> code.call("function"), change)
        .org(OTHER_PAGE)
        .label("function")
        .inc(EAX)
        .ret();
  }

  @ParameterizedTest
  @EnumSource
  void functionInAnotherPageReturns(TestEngine engine) {
    GuestMachine.protected32().load(loop(code -> {})).run(engine).assertReg(EAX, ROUNDS);
  }

  @ParameterizedTest
  @EnumSource
  void pageMappedElsewhereBetweenCallsIsSeen(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int elsewhere = DATA;
    machine
        .load(
            loop(code ->
                code.xor(mem(tables.entryAddress(OTHER_PAGE)).as32(), OTHER_PAGE ^ elsewhere)
                    .invlpg(mem(OTHER_PAGE))))
        .alsoLoad(new Assembler(elsewhere).dec(EAX).ret())
        .set(EAX, 7)
        .run(engine)
        .assertReg(EAX, 7);
  }

  @ParameterizedTest
  @EnumSource
  void callerMappedElsewhereByWhatItCallsIsSeen(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int elsewhere = DATA;
    final Assembler caller =
        rounds(code -> code.call("function"), code -> code.inc(EAX))
            .org(OTHER_PAGE)
            .label("function")
            .xor(mem(tables.entryAddress(CODE)).as32(), CODE ^ elsewhere)
            .invlpg(mem(CODE))
            .ret();
    final byte[] twin = Arrays.copyOf(caller.bytes(), 32);
    final int afterCall = 10;
    assertEquals(INC_EAX, twin[afterCall]);
    twin[afterCall] = DEC_EAX;
    machine.load(caller);
    for (int i = 0; i < twin.length; i++) {
      machine.write(elsewhere + i, twin[i]);
    }
    machine.set(EAX, 7).run(engine).assertReg(EAX, 7);
  }

  @ParameterizedTest
  @EnumSource
  void functionRewrittenBetweenCallsIsSeen(TestEngine engine) {
    GuestMachine.protected32()
        .load(loop(code -> code.xor(mem(EBX).as8(), INC_EAX ^ DEC_EAX)))
        .set(EBX, OTHER_PAGE)
        .set(EAX, 7)
        .run(engine)
        .assertReg(EAX, 7);
  }

  @ParameterizedTest
  @EnumSource
  void pageThatGoesAwayFaultsAtTheFunction(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    machine.load(
        loop(code ->
            code.cmp(ECX, 2)
                .jcc(Condition.NE, "stays")
                .mov(mem(tables.entryAddress(OTHER_PAGE)).as32(), 0)
                .invlpg(mem(OTHER_PAGE))
                .label("stays")));
    machine.runToException(engine, 14, 0).assertReg(ECX, 1).assertEip(OTHER_PAGE);
  }

  @ParameterizedTest
  @EnumSource
  void jumpWithSixteenBitsGoesWhereItsLinearAddressLeads(TestEngine engine) {
    final int low = 0x3000;
    final int alias = 0x80_5000;
    final int aliasCutOff = alias & 0xFFFF;
    final GuestMachine machine = GuestMachine.protected32();
    machine.enablePaging(false).map(alias, low, PageTables.PRESENT | PageTables.WRITABLE);
    machine
        .load(
            new Assembler(CODE)
                .mov(ECX, 4)
                .label("round")
                .mov(EBX, low)
                .call(EBX)
                .mov(EBX, alias)
                .call(EBX)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt())
        .alsoLoad(new Assembler(low).db(0x66, 0xEB, 2).hlt().hlt().inc(EAX).ret())
        .alsoLoad(new Assembler(aliasCutOff).hlt().hlt().hlt().hlt().hlt().add(EAX, 0x100).ret())
        .set(EAX, 0)
        .run(engine)
        .assertReg(EAX, 0x404);
  }

  @ParameterizedTest
  @EnumSource
  void jumpInsideAPageThatHasBeenMappedElsewhereLeadsThere(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int elsewhere = DATA;
    machine
        .load(
            turnOver(
                    new Assembler(CODE)
                        .mov(ECX, ROUNDS)
                        .mov(EBX, OTHER_PAGE)
                        .label("round")
                        .call(EBX),
                    tables,
                    elsewhere)
                .dec(ECX)
                .jcc(Condition.NE, "round")
                .hlt())
        .alsoLoad(thatTurnsOverItself(OTHER_PAGE, tables, elsewhere).inc(EAX).ret())
        .alsoLoad(thatTurnsOverItself(elsewhere, tables, elsewhere).dec(EAX).ret())
        .set(EAX, ROUNDS)
        .run(engine)
        .assertReg(EAX, 0);
  }

  /** Begins three bytes before the end of its page: ADD EAX and the low half of what it adds. */
  private static final int ACROSS = OTHER_PAGE - 3;

  /** A loop that calls a function whose first instruction lies in two pages, adding 10001h. */
  private static Assembler loopAcross(Consumer<Assembler> change) {
    return rounds(code -> code.call("function"), change)
        .org(ACROSS - 1)
        .label("function")
        .nop()
        .add(EAX, 0x1_0001)
        .ret();
  }

  @ParameterizedTest
  @EnumSource
  void instructionAcrossTwoPagesRuns(TestEngine engine) {
    GuestMachine.protected32()
        .load(loopAcross(code -> {}))
        .set(EAX, 0)
        .run(engine)
        .assertReg(EAX, ROUNDS * 0x1_0001);
  }

  /** Called by a function pointer, so that no other region takes it in. */
  @ParameterizedTest
  @EnumSource
  void functionThatBeginsAcrossTwoPagesRuns(TestEngine engine) {
    GuestMachine.protected32()
        .load(calledAcross(code -> {}))
        .set(EAX, 0)
        .set(EBX, ACROSS)
        .run(engine)
        .assertReg(EAX, ROUNDS * 0x1_0001);
  }

  @ParameterizedTest
  @EnumSource
  void secondPageOfAFunctionThatBeginsAcrossTwoPagesMappedElsewhereIsSeen(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int elsewhere = DATA;
    machine
        .load(calledAcross(code -> turnOver(code, tables, elsewhere)))
        .alsoLoad(new Assembler(elsewhere).db(0, 0).ret()) // there it adds 1
        .set(EAX, 0)
        .set(EBX, ACROSS)
        .run(engine)
        .assertReg(EAX, ROUNDS + ROUNDS / 2 * 0x1_0000);
  }

  /** A loop that calls what EBX points to, an instruction in two pages. */
  private static Assembler calledAcross(Consumer<Assembler> change) {
    return rounds(code -> code.call(EBX), change).org(ACROSS).add(EAX, 0x1_0001).ret();
  }

  @ParameterizedTest
  @EnumSource
  void halfOfAnInstructionInTheSecondPageRewrittenIsSeen(TestEngine engine) {
    GuestMachine.protected32()
        .load(loopAcross(code -> code.xor(mem(EBX).as8(), 1)))
        .set(EBX, OTHER_PAGE)
        .set(EAX, 0)
        .run(engine)
        .assertReg(EAX, ROUNDS + ROUNDS / 2 * 0x1_0000);
  }

  @ParameterizedTest
  @EnumSource
  void halfOfAnInstructionInTheFirstPageRewrittenIsSeen(TestEngine engine) {
    GuestMachine.protected32()
        .load(loopAcross(code -> code.xor(mem(EBX).as8(), 1)))
        .set(EBX, ACROSS + 1)
        .set(EAX, 0)
        .run(engine)
        .assertReg(EAX, ROUNDS * 0x1_0000 + ROUNDS / 2);
  }

  @ParameterizedTest
  @EnumSource
  void secondPageOfAnInstructionMappedElsewhereIsSeen(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    final int elsewhere = DATA;
    machine
        .load(loopAcross(code -> turnOver(code, tables, elsewhere)))
        .alsoLoad(new Assembler(elsewhere).db(0, 0).ret()) // there it adds 1
        .set(EAX, 0)
        .run(engine)
        .assertReg(EAX, ROUNDS + ROUNDS / 2 * 0x1_0000);
  }

  @ParameterizedTest
  @EnumSource
  void secondPageOfAnInstructionThatGoesAwayFaultsAtTheInstruction(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    final PageTables tables = machine.enablePaging(false);
    machine.load(
        loopAcross(code ->
            code.cmp(ECX, 2)
                .jcc(Condition.NE, "stays")
                .mov(mem(tables.entryAddress(OTHER_PAGE)).as32(), 0)
                .invlpg(mem(OTHER_PAGE))
                .label("stays")));
    machine.runToException(engine, 14, 0).assertReg(ECX, 1).assertEip(ACROSS);
  }

  /** Maps {@link #OTHER_PAGE} to the one frame where it was mapped to the other. */
  private static Assembler turnOver(Assembler code, PageTables tables, int elsewhere) {
    return code.xor(mem(tables.entryAddress(OTHER_PAGE)).as32(), OTHER_PAGE ^ elsewhere)
        .invlpg(mem(OTHER_PAGE));
  }

  private static Assembler thatTurnsOverItself(int frame, PageTables tables, int elsewhere) {
    return turnOver(new Assembler(frame), tables, elsewhere)
        .jmp("target")
        .org(frame + 0x400)
        .label("target");
  }
}
