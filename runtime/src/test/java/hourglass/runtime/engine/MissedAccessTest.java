package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.SI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.engine.Statistics.DropReason;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.api.Test;

/** Accesses that regions are left for: they come to get at memory in another way. */
class MissedAccessTest {
  private static final int ROUNDS = 50_000;

  /** Misses after which a region is looked at, with some to spare. */
  private static final int FEW = 10_000;

  private final GuestMachine machine =
      GuestMachine.protected32()
          .write32(DATA, 1)
          .write32(DATA + 4, 0x100)
          .write32(DATA + 0x0FFC, 0x10000)
          .write32(DATA + 0x1000, 0x1000000);
  private final Statistics statistics = new Statistics();

  /** Runs rounds of a loop's inside with DATA in ESI. */
  private void run(Assembler inside) {
    run(machine.load(inside.dec(ECX).jcc(Condition.NE, "round").hlt()).set(EBX, 0));
  }

  private void run(GuestMachine machine) {
    final Engine engine = CachingEngine.translatingInPlace(machine.cpu, statistics, 2);
    while (!machine.state.halted) {
      machine.state.beginSlice(1000);
      engine.run();
    }
    engine.updateStatistics();
  }

  private static Assembler round() {
    return new Assembler(CODE).mov(ESI, DATA).mov(ECX, ROUNDS).label("round");
  }

  private void assertLeftFewTimes() {
    final long left = statistics.exits.get("slow access");
    assertTrue(left > 0 && left < FEW, "left for a slow access " + left + " times");
    assertEquals(1, statistics.regionsDropped.get(DropReason.REPLACED), "regions made anew");
  }

  @Test
  void unalignedAccessComesToBeDoneOnTheSpot() {
    run(round().add(EBX, mem(ESI)).add(EBX, mem(ESI).disp(1)));
    machine.assertReg(EBX, ROUNDS); // 0x00000001 and, a byte further up, 0
    assertLeftFewTimes();
  }

  @Test
  void accessesOnBothSidesOfAPagesEndComeToLookForThemselves() {
    run(round().add(EBX, mem(ESI).disp(0x0FFC)).add(EBX, mem(ESI).disp(0x1000)));
    machine.assertReg(EBX, ROUNDS * 0x1010000);
    assertLeftFewTimes();
  }

  @Test
  void whatIsNotMissedGoesOnSharing() {
    run(
        round()
            .mov(EAX, mem(ESI))
            .add(EBX, EAX)
            .add(EBX, mem(ESI).disp(4))
            .add(EBX, mem(ESI).disp(0x0FFE)));
    machine.assertReg(EBX, ROUNDS * 0x102);
    assertLeftFewTimes();
  }

  /** Words and doublewords at every address around the end of a page, again and again. */
  private static Assembler acrossTheEndOfAPage() {
    return new Assembler(CODE)
        .mov(EBX, 0)
        .mov(ECX, 100)
        .label("again")
        .mov(ESI, DATA + 0x0F80)
        .label("round")
        .add(mem(ESI), ESI)
        .add(mem(ESI).disp(5), SI)
        .add(BX, mem(ESI).disp(2))
        .add(EBX, mem(ESI).disp(1))
        .inc(ESI)
        .cmp(ESI, DATA + 0x1080)
        .jcc(Condition.NE, "round")
        .dec(ECX)
        .jcc(Condition.NE, "again")
        .hlt();
  }

  @Test
  void unalignedAccessesOnTheSpotDoWhatTheInterpreterDoes() {
    final GuestMachine interpreted = GuestMachine.protected32();
    interpreted.load(acrossTheEndOfAPage()).run(TestEngine.INTERPRET);
    final GuestMachine translated = GuestMachine.protected32();
    run(translated.load(acrossTheEndOfAPage()));
    translated.assertReg(EBX, interpreted.state.reg[CpuState.EBX]);
    for (int at = DATA + 0x0F80; at < DATA + 0x1090; at += 4) {
      translated.assertMemory(at, interpreted.read32(at));
    }
    assertTrue(statistics.regionsDropped.get(DropReason.REPLACED) > 0, "no region made anew");
  }
}
