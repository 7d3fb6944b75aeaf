package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESP;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Computed jumps and calls lead where they are told to, wherever they led before. */
class ComputedBranchTest {
  /** Even, and enough for the loop to be translated in the background. */
  private static final int ROUNDS = 20_000;

  /** Holds the address of what is called. */
  private static final int TABLE = DATA;

  private static final int STUB = CODE + 0x1000;
  private static final int FIRST = CODE + 0x2000;
  private static final int SECOND = CODE + 0x3000;

  /** Both functions, of which the first increments EAX and the second EBX. */
  private static Assembler functions(Assembler code) {
    return code.org(STUB)
        .label("stub")
        .jmp(mem(TABLE))
        .org(FIRST)
        .inc(EAX)
        .ret()
        .org(SECOND)
        .inc(EBX)
        .ret();
  }

  private static GuestMachine machine(Assembler code) {
    return GuestMachine.protected32().load(functions(code)).write32(TABLE, FIRST);
  }

  private static Assembler rounds() {
    return new Assembler(CODE).mov(ECX, ROUNDS).label("round");
  }

  /** Changes something when so many rounds are left, the one at hand included. */
  private static Assembler once(Assembler code, int left, Consumer<Assembler> change) {
    code.cmp(ECX, left).jcc(Condition.NE, "stays");
    change.accept(code);
    return code.label("stays");
  }

  private static Assembler again(Assembler code) {
    return code.dec(ECX).jcc(Condition.NE, "round").hlt();
  }

  @ParameterizedTest
  @EnumSource
  void callByALinkageTableReturns(TestEngine engine) {
    machine(again(rounds().call("stub"))).run(engine).assertReg(EAX, ROUNDS).assertReg(EBX, 0);
  }

  @ParameterizedTest
  @EnumSource
  void callByALinkageTableFollowsTheTable(TestEngine engine) {
    final Assembler code =
        once(rounds().call("stub"), ROUNDS / 4, change -> change.mov(mem(TABLE).as32(), SECOND));
    machine(again(code))
        .run(engine)
        .assertReg(EAX, ROUNDS * 3 / 4 + 1)
        .assertReg(EBX, ROUNDS / 4 - 1);
  }

  @ParameterizedTest
  @EnumSource
  void computedCallThatLeadsToTwoFunctionsInTurnCallsBoth(TestEngine engine) {
    machine(again(rounds().call(mem(TABLE)).xor(mem(TABLE).as32(), FIRST ^ SECOND)))
        .run(engine)
        .assertReg(EAX, ROUNDS / 2)
        .assertReg(EBX, ROUNDS / 2);
  }

  @ParameterizedTest
  @EnumSource
  void functionThatReturnsElsewhereIsFollowed(TestEngine engine) {
    final Assembler code =
        again(
            rounds()
                .mov(EDX, SECOND)
                .call(EDX)
                .inc(EAX)); // the byte that the function returns behind
    GuestMachine.protected32()
        .load(code.org(SECOND).inc(mem(ESP).as32()).inc(EBX).ret())
        .run(engine)
        .assertReg(EAX, 0)
        .assertReg(EBX, ROUNDS);
  }

  @ParameterizedTest
  @EnumSource
  void functionMappedElsewhereBetweenCallsIsSeen(TestEngine engine) {
    final GuestMachine machine =
        machine(
            again(rounds().call("stub").xor(mem(EDX).as32(), FIRST ^ SECOND).invlpg(mem(FIRST))));
    final PageTables tables = machine.enablePaging(false);
    machine
        .set(EDX, tables.entryAddress(FIRST))
        .run(engine)
        .assertReg(EAX, ROUNDS / 2)
        .assertReg(EBX, ROUNDS / 2);
  }

  @ParameterizedTest
  @EnumSource
  void tableThatGoesAwayFaultsAtTheJump(TestEngine engine) {
    final int away = 0x40_0000 - 0x1000;
    final Assembler code =
        once(rounds().call("away"), 2, change -> change.mov(mem(EDX).as32(), 0).invlpg(mem(away)));
    final GuestMachine machine =
        GuestMachine.protected32()
            .load(functions(again(code)).org(SECOND + 0x100).label("away").jmp(mem(away)));
    final PageTables tables = machine.enablePaging(false);
    tables.map(away, TABLE, PageTables.PRESENT);
    machine
        .write32(TABLE, FIRST)
        .set(EDX, tables.entryAddress(away))
        .runToException(engine, 14, 0)
        .assertReg(ECX, 1)
        .assertEip(SECOND + 0x100);
  }
}
