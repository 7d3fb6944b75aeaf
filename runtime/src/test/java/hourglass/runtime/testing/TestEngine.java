package hourglass.runtime.testing;

import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.interpreter.Interpreter;

/** The ways to run guest code: what holds on one must hold on all. */
public enum TestEngine {
  /** One instruction at a time, uncached. */
  STEP {
    @Override
    public Engine on(Processor cpu) {
      final Interpreter interpreter = new Interpreter(cpu);
      return () -> {
        while (cpu.state.budget > 0 && !cpu.state.halted) {
          interpreter.step();
        }
      };
    }
  };

  /** Makes an engine of this kind for a processor. */
  public abstract Engine on(Processor cpu);
}
