package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.engine.Statistics.DropReason;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.junit.jupiter.api.Test;

/** Guests with more code than may be kept. */
class CodeCacheLimitsTest {
  private static final int FUNCTIONS = 0x20_0000;
  private static final int PAGES = 200;
  private static final int ROUNDS = 10;
  private static final int MOST_REGIONS = 20;

  private final GuestMachine machine = GuestMachine.protected32();
  private final Statistics statistics = new Statistics();

  /** Calls a function in each of many pages, round after round, and adds up what they return. */
  private static Assembler caller() {
    return new Assembler(CODE)
        .mov(ESI, ROUNDS)
        .label("round")
        .mov(EDI, FUNCTIONS)
        .mov(ECX, PAGES)
        .label("page")
        .call(EDI)
        .add(EBX, EAX)
        .inc(mem(EDI).disp(0x800).as32()) // data beside the code
        .add(EDI, 0x1000)
        .dec(ECX)
        .jcc(Condition.NE, "page")
        .dec(ESI)
        .jcc(Condition.NE, "round")
        .hlt();
  }

  private void writeFunctions(int value) {
    for (int page = 0; page < PAGES; page++) {
      final int at = FUNCTIONS + 0x1000 * page;
      machine.alsoLoad(new Assembler(at).mov(EAX, value).ret());
    }
  }

  private void run(Engine engine) {
    machine.load(caller()).set(EBX, 0);
    machine.state.halted = false;
    while (!machine.state.halted) {
      machine.state.beginSlice(1000);
      engine.run();
    }
    engine.updateStatistics();
  }

  private Engine engine(int heat, CodeCache.Limits limits) {
    return CachingEngine.translatingInPlace(machine.cpu, statistics, heat, limits);
  }

  @Test
  void regionsAreEvictedAndMadeAgainSoThatThereAreNeverTooMany() {
    writeFunctions(3);
    run(engine(2, new CodeCache.Limits(MOST_REGIONS, 1 << 20)));
    machine.assertReg(EBX, 3 * PAGES * ROUNDS);
    assertTrue(statistics.regionsMade > PAGES, statistics.regionsMade + " regions made");
    assertTrue(statistics.regionsKept <= MOST_REGIONS, statistics.regionsKept + " regions kept");
    assertEquals(
        statistics.regionsMade - statistics.regionsKept,
        statistics.regionsDropped.values().stream().mapToLong(Long::longValue).sum(),
        "regions thrown away");
    assertTrue(statistics.regionsDropped.get(DropReason.EVICTED) > 0, "regions evicted");
  }

  @Test
  void regionsThatRunAllTheTimeAreNotEvicted() {
    writeFunctions(3);
    final Engine engine = engine(2, new CodeCache.Limits(MOST_REGIONS, 1 << 20));
    run(engine);
    final int loop = caller().addressOf("page");
    assertTrue(
        engine.regions().stream().anyMatch(region -> region.contains(loop)),
        "the region of the loop that calls them all has gone");
  }

  @Test
  void aRegionIsNotMadeAgainForEachTimeThatAFunctionItCallsIsRewritten() {
    final int rounds = 1000;
    final Assembler code =
        new Assembler(CODE)
            .mov(ECX, rounds)
            .label("round")
            .call("three")
            .add(EBX, EAX)
            .inc(mem(FUNCTIONS + 1).as32()) // what the function returns
            .dec(ECX)
            .jcc(Condition.NE, "round")
            .hlt()
            .org(FUNCTIONS)
            .label("three")
            .mov(EAX, 3)
            .ret();
    machine.load(code).set(EBX, 0);
    final Engine engine = engine(0, CodeCache.Limits.DEFAULT);
    while (!machine.state.halted) {
      machine.state.beginSlice(1000);
      engine.run();
    }
    machine.assertReg(EBX, 3 * rounds + rounds * (rounds - 1) / 2);
    assertTrue(statistics.regionsMade < 200, statistics.regionsMade + " regions made");
  }

  @Test
  void decodedInstructionsAreThrownAwayAndCodeWrittenAfterThatIsSeen() {
    final CodeCache.Limits limits = new CodeCache.Limits(MOST_REGIONS, 150);
    for (int heat : new int[] {2, 1000}) {
      final Engine engine = engine(heat, limits);
      for (int value = 1; value <= 3; value++) {
        writeFunctions(value);
        run(engine);
        machine.assertReg(EBX, value * PAGES * ROUNDS);
      }
      assertTrue(statistics.decodedSweeps > 2, statistics.decodedSweeps + " sweeps");
      assertTrue(statistics.decodedKept < 1500, statistics.decodedKept + " kept");
    }
  }
}
