package hourglass.bench;

import hourglass.runtime.board.BoardOptions.EngineKind;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks of guest programs share: the engine as a parameter, the machine, and how long
 * to run.
 *
 * <p>An invocation runs a whole program of {@link BenchMachine#ROUNDS} rounds; results are for one
 * operation of the guest, as each class says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class GuestBenchmark {
  /** What runs guest code. */
  @Param({"interpret", "translate"})
  public String engine;

  BenchMachine machine;

  /** Makes the machine and loads its programs. */
  @Setup
  public final void setUp() {
    machine = new BenchMachine(EngineKind.valueOf(engine.toUpperCase(Locale.ROOT)));
    load();
  }

  /** Puts the programs into {@link #machine}. */
  abstract void load();
}
