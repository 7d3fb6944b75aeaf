package hourglass.runtime.board;

import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Processor;
import hourglass.runtime.engine.Statistics;

/** Makes the engine of a board. */
@FunctionalInterface
interface EngineMaker {
  Engine make(Processor cpu, Statistics statistics);

  /** Makes the engine that options ask for. */
  static EngineMaker of(BoardOptions options) {
    return switch (options.engine()) {
      case INTERPRET -> CachingEngine::interpreting;
      case TRANSLATE ->
          (cpu, statistics) -> CachingEngine.translating(cpu, statistics, options.heat());
    };
  }
}
