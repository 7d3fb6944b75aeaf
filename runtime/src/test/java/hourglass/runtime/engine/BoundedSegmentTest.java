package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.GuestMachine.FREE_SELECTOR;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.FS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.engine.Statistics.DropReason;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.junit.jupiter.api.Test;

/** Flat code with an FS that has bounds, as some thread libraries have it: regions leave for it. */
class BoundedSegmentTest {
  private static final int ROUNDS = 100_000;
  private static final int LIMIT = 0xFF;
  private static final int WRITABLE_DATA = 0x4093;

  private final GuestMachine machine =
      GuestMachine.protected32()
          .descriptor(FREE_SELECTOR, DATA, LIMIT, WRITABLE_DATA)
          .write32(DATA + 0x10, 3);
  private final Statistics statistics = new Statistics();

  private void run(Assembler loop) {
    machine.load(loop).set(EBX, 0);
    final Engine engine = CachingEngine.translatingInPlace(machine.cpu, statistics, 2);
    while (!machine.state.halted) {
      machine.state.beginSlice(1000);
      engine.run();
    }
    engine.updateStatistics();
  }

  @Test
  void regionThatLeavesForItAllTheTimeIsMadeAnew() {
    run(
        new Assembler(CODE)
            .mov(AX, FREE_SELECTOR)
            .mov(FS, AX)
            .mov(ECX, ROUNDS)
            .label("round")
            .add(EBX, mem(0x10).in(FS))
            .add(mem(0x20).in(FS), EBX)
            .dec(ECX)
            .jcc(Condition.NE, "round")
            .hlt());
    machine
        .assertReg(EBX, 3 * ROUNDS)
        .assertMemory(DATA + 0x20, (int) (3L * ROUNDS * (ROUNDS + 1) / 2));
    final long left = statistics.exits.get("slow access");
    assertTrue(left > 0 && left < ROUNDS / 4, "left for a slow access " + left + " times");
    assertTrue(statistics.regionsDropped.get(DropReason.REPLACED) > 0, "no region made anew");
  }
}
