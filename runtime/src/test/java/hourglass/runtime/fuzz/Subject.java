package hourglass.runtime.fuzz;

import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.testing.TestEngine;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The engines that are compared with {@link TestEngine#STEP}. All but {@link #TRANSLATE_BEHIND} are
 * deterministic.
 */
enum Subject {
  INTERPRET {
    @Override
    Engine on(Processor cpu) {
      return TestEngine.INTERPRET.on(cpu);
    }
  },

  /** Translates what has run twice, while the guest waits: so that a run is like the next one. */
  TRANSLATE_HOT {
    @Override
    Engine on(Processor cpu) {
      return CachingEngine.translatingInPlace(cpu, new Statistics(), 2);
    }
  },

  /**
   * Translates what has run twice, in the background: regions come when they come, which must make
   * no difference.
   */
  TRANSLATE_BEHIND {
    @Override
    Engine on(Processor cpu) {
      final Engine engine = CachingEngine.translating(cpu, new Statistics(), 2);
      return new Engine() {
        @Override
        public void run() {
          // Long enough for a region to be made now and then, seldom always the same.
          LockSupport.parkNanos(TRANSLATION_NANOS);
          engine.run();
        }

        @Override
        public void observe(Map<Integer, Runnable> observers) {
          engine.observe(observers);
        }

        @Override
        public void updateStatistics() {
          engine.updateStatistics();
        }
      };
    }
  },

  /** Translates everything before it runs. */
  TRANSLATE_HEAT_0 {
    @Override
    Engine on(Processor cpu) {
      return TestEngine.TRANSLATE_HEAT_0.on(cpu);
    }
  };

  private static final long TRANSLATION_NANOS = 50_000;

  abstract Engine on(Processor cpu);
}
