package hourglass.runtime.board;

import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.interpreter.Interpreter;
import hourglass.translator.cpu.CpuState;

/** Runs one uncached instruction after the other. */
final class SteppingEngine implements Engine {
  private final CpuState state;
  private final Interpreter interpreter;
  private final Statistics statistics;

  SteppingEngine(Processor cpu, Statistics statistics) {
    state = cpu.state;
    interpreter = new Interpreter(cpu);
    this.statistics = statistics;
  }

  @Override
  public void run() {
    final long before = state.instructions();
    try {
      while (state.budget > 0 && !state.halted) {
        interpreter.step();
      }
    } finally {
      statistics.interpretedInstructions += state.instructions() - before;
    }
  }
}
