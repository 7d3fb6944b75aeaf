package hourglass.runtime.fuzz;

import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.testing.TestEngine;

/** The engines that are compared with {@link TestEngine#STEP}. All of them are deterministic. */
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

  /** Translates everything before it runs. */
  TRANSLATE_HEAT_0 {
    @Override
    Engine on(Processor cpu) {
      return TestEngine.TRANSLATE_HEAT_0.on(cpu);
    }
  };

  abstract Engine on(Processor cpu);
}
