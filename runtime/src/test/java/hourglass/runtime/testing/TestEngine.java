package hourglass.runtime.testing;

import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.interpreter.Interpreter;
import hourglass.translator.cpu.CpuState;
import java.util.HashMap;
import java.util.Map;

/** The ways to run guest code: what holds on one must hold on all. */
public enum TestEngine {
  /** One instruction at a time, uncached; observes linear addresses. */
  STEP {
    @Override
    public Engine on(Processor cpu) {
      final Interpreter interpreter = new Interpreter(cpu);
      final Map<Integer, Runnable> observers = new HashMap<>();
      return new Engine() {
        @Override
        public void run() {
          while (cpu.state.budget > 0 && !cpu.state.halted) {
            final int linear = cpu.state.segment[CpuState.CS].base + cpu.state.eip;
            observers.getOrDefault(linear, () -> {}).run();
            interpreter.step();
          }
        }

        @Override
        public void observe(Map<Integer, Runnable> actions) {
          observers.clear();
          observers.putAll(actions);
        }

        @Override
        public void updateStatistics() {
          // counts nothing
        }
      };
    }
  },

  /** The engine {@code interpret}. */
  INTERPRET {
    @Override
    public Engine on(Processor cpu) {
      return CachingEngine.interpreting(cpu, new Statistics());
    }
  },

  /** The engine {@code translate}, with a threshold that loops of tests reach. */
  TRANSLATE {
    @Override
    public Engine on(Processor cpu) {
      return CachingEngine.translating(cpu, new Statistics(), 3);
    }
  },

  /** The engine {@code translate} with everything translated before it first runs. */
  TRANSLATE_HEAT_0 {
    @Override
    public Engine on(Processor cpu) {
      return CachingEngine.translating(cpu, new Statistics(), 0);
    }
  };

  /** Makes an engine of this kind for a processor. */
  public abstract Engine on(Processor cpu);
}
