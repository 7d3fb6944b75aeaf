package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.engine.Statistics.DropReason;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.junit.jupiter.api.Test;

/** Accesses that regions are left for: they come to get at memory in another way. */
class MissedAccessTest {
  private static final int ROUNDS = 20_000;

  /** Misses after which a region is looked at, with some to spare. */
  private static final int FEW = 1_000;

  private final GuestMachine machine =
      GuestMachine.protected32()
          .write32(DATA, 1)
          .write32(DATA + 4, 0x100)
          .write32(DATA + 0x0FFC, 0x10000)
          .write32(DATA + 0x1000, 0x1000000);
  private final Statistics statistics = new Statistics();

  /** Runs rounds of a loop's inside with DATA in ESI. */
  private void run(Assembler inside) {
    machine.load(inside.dec(ECX).jcc(Condition.NE, "round").hlt()).set(EBX, 0);
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
}
