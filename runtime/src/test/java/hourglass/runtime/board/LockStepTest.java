package hourglass.runtime.board;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.CX;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.interpreter.Interpreter;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Engines side by side: those that agree, and those that have been spoilt. */
@Timeout(60)
class LockStepTest {
  private static final int CODE = 0x7C00;
  private static final int COUNTED = 0x9_0000;
  private static final int ROUNDS = 60_000;
  private static final int COM1 = 0x3F8;

  private final StringBuilder printed = new StringBuilder();

  private static BoardOptions options(int heat) {
    return new BoardOptions(16 << 20, EngineKind.TRANSLATE, heat, ClockKind.VIRTUAL, false);
  }

  private static Bootable realMode(Assembler guest) {
    final byte[] code = guest.bytes();
    return (memory, state) -> {
      memory.copyIn(CODE, code, 0, code.length);
      for (Segment segment : state.segment) {
        segment.setReal(0, 0);
      }
      state.segment[CpuState.DS].setReal(COUNTED >> 4, 0);
      state.reg[CpuState.ESP] = CODE;
      state.eip = CODE;
      state.nextEip = CODE;
    };
  }

  /** Waits for a byte on the serial port and prints it, counts in memory, and exits with 5. */
  private static Assembler counter() {
    return new Assembler(CODE)
        .bits16()
        .mov(DX, COM1 + 1)
        .mov(AL, 1)
        .out(DX, AL)
        .mov(DX, COM1 + 5)
        .label("wait")
        .in(AL, DX)
        .test(AL, 1)
        .jcc(Condition.E, "wait")
        .mov(DX, COM1)
        .in(AL, DX)
        .out(DX, AL)
        .mov(CX, ROUNDS)
        .label("round")
        .inc(EBX)
        .label("counted")
        .add(mem(0).as32(), EBX)
        .dec(CX)
        .jcc(Condition.NE, "round")
        .mov(AL, 5)
        .out(0xF4, AL)
        .hlt();
  }

  private LockStep counting(EngineMaker translator) {
    final LockStep both =
        new LockStep(
            options(10),
            realMode(counter()),
            b -> printed.append((char) b),
            CachingEngine::interpreting,
            translator);
    both.sendInput(new byte[] {'q'}, 0, 1);
    return both;
  }

  /** Steps, and once, after 50,000 rounds, does something wrong where the loop adds to memory. */
  private static Engine spoilt(Processor cpu, Consumer<Processor> wrong) {
    final int place = counter().addressOf("counted");
    final Interpreter interpreter = new Interpreter(cpu);
    return new Engine() {
      @Override
      public void run() {
        final CpuState state = cpu.state;
        while (state.budget > 0 && !state.halted) {
          final boolean here = state.eip == place && state.reg[CpuState.EBX] == 50_000;
          interpreter.step();
          if (here) {
            wrong.accept(cpu);
          }
        }
      }

      @Override
      public void observe(Map<Integer, Runnable> actions) {
        throw new UnsupportedOperationException("nobody watches");
      }

      @Override
      public void updateStatistics() {
        // counts nothing
      }
    };
  }

  private static Outcome.Difference difference(LockStep both) throws BootException {
    return assertInstanceOf(Outcome.Difference.class, both.run());
  }

  @Test
  void aRunOnBothEnginesIsTheRunOnOne() throws BootException {
    final LockStep both =
        counting((cpu, statistics) -> CachingEngine.translatingInPlace(cpu, statistics, 10));
    assertEquals(new Outcome.DebugExit(5), both.run());
    assertEquals("q", printed.toString());
    assertTrue(both.statistics().translatedInstructions > 3 * ROUNDS, "translated code ran");
  }

  @Test
  void aWrongRegisterIsFoundAndTheInstructionIsListed() throws BootException {
    final Outcome.Difference found =
        difference(counting((cpu, statistics) -> spoilt(cpu, c -> c.state.reg[CpuState.ESI]++)));
    assertTrue(found.summary().contains("esi is 00000001 instead of 00000000"), found.summary());
    assertTrue(found.report().contains("add    DWORD PTR ds:0x0,ebx"), found.report());
    assertTrue(found.report().contains("ESI=00000001"), found.report());
    assertEquals("q", printed.toString());
  }

  @Test
  void aWrongByteInMemoryIsFoundLongAfterIsNamedWhereItCame() throws BootException {
    final Outcome.Difference found =
        difference(
            counting((cpu, statistics) -> spoilt(cpu, c -> c.memory.ram.store8(0x12_3456, 7))));
    assertTrue(found.summary().contains("16 after they last agreed"), found.summary());
    assertTrue(
        found.report().contains("memory at 00123450, translator:  00 00 00 00 00 00 07 00"),
        found.report());
    assertTrue(found.report().contains("add    DWORD PTR ds:0x0,ebx"), found.report());
  }

  @Test
  void aRunCanBeStopped() throws BootException {
    final LockStep both =
        new LockStep(
            options(10), realMode(new Assembler(CODE).bits16().label("x").jmp("x")), b -> {});
    both.stop();
    assertEquals(new Outcome.Stopped(), both.run());
  }
}
