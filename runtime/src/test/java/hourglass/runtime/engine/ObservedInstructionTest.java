package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever observes an instruction is told before each time it is executed, on every engine. */
class ObservedInstructionTest {
  private static final int ROUNDS = 5000;

  private static Assembler loop() {
    return new Assembler(CODE)
        .mov(ECX, ROUNDS)
        .label("round")
        .add(EAX, 3)
        .label("observed")
        .add(EBX, EAX)
        .dec(ECX)
        .jcc(Condition.NE, "round")
        .hlt();
  }

  private static void run(GuestMachine machine, Engine engine) {
    while (!machine.state.halted) {
      machine.state.beginSlice(100);
      engine.run();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theObserverSeesTheStateBeforeEachExecution(TestEngine kind) {
    final Assembler code = loop();
    final GuestMachine machine = GuestMachine.protected32().load(code);
    final Engine engine = kind.on(machine.cpu);
    final List<Integer> seen = new ArrayList<>();
    final List<Integer> expected = new ArrayList<>();
    for (int i = 1; i <= ROUNDS; i++) {
      expected.add(3 * i);
    }
    engine.observe(
        Map.of(code.addressOf("observed"), () -> seen.add(machine.state.reg[CpuState.EAX])));
    run(machine, engine);
    assertEquals(expected, seen);
    machine.assertReg(EBX, 3 * ROUNDS * (ROUNDS + 1) / 2);
  }

  @ParameterizedTest
  @EnumSource
  void observationBeginsAndEndsWhileTheCodeIsHot(TestEngine kind) {
    final Assembler code = loop();
    final GuestMachine machine = GuestMachine.protected32().load(code);
    final Engine engine = kind.on(machine.cpu);
    machine.state.beginSlice(1 + 4 * 1000);
    engine.run();
    final int[] count = new int[1];
    engine.observe(Map.of(code.addressOf("observed"), () -> count[0]++));
    machine.state.beginSlice(4 * 1000);
    engine.run();
    assertEquals(1000, count[0], "in 1000 rounds under observation");
    engine.observe(Map.of());
    run(machine, engine);
    assertEquals(1000, count[0], "after the end of the observation");
    machine.assertReg(EBX, 3 * ROUNDS * (ROUNDS + 1) / 2);
  }

  @ParameterizedTest
  @EnumSource
  void theInstructionAfterStiIsSeen(TestEngine kind) {
    final Assembler code =
        new Assembler(CODE).sti().label("observed").inc(EAX).label("after").hlt();
    final GuestMachine machine = GuestMachine.protected32().load(code);
    final Engine engine = kind.on(machine.cpu);
    final int[] count = new int[1];
    engine.observe(Map.of(code.addressOf("observed"), () -> count[0]++));
    run(machine, engine);
    assertEquals(1, count[0]);
  }

  @Test
  void whatIsAroundAnObservedInstructionIsTranslated() {
    final Assembler code = loop();
    final GuestMachine machine = GuestMachine.protected32().load(code);
    final Engine engine = TestEngine.TRANSLATE_HEAT_0.on(machine.cpu);
    engine.observe(Map.of(code.addressOf("observed"), () -> {}));
    run(machine, engine);
    final int after = code.addressOf("observed") + 2;
    assertTrue(
        engine.regions().stream().anyMatch(r -> r.contains(after) && r.entered >= ROUNDS - 1),
        "the rest of the loop has not run in translated form");
    assertTrue(
        engine.regions().stream().noneMatch(r -> r.contains(code.addressOf("observed"))),
        "a region holds the observed instruction");
  }
}
