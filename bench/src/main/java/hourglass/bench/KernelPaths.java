package hourglass.bench;

import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What do the paths cost that every process takes, in a kernel as it is? The guest is {@code
 * grain}; the methods are named by the paths' symbols. An invocation has its shell run a program
 * that takes one path many times.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class KernelPaths {
  private static final int SWITCHES = 10_000;
  private static final int CALLS = 100_000;
  private static final int FORKS = 500;

  /** What runs guest code. */
  @Param({"interpret", "translate"})
  public String engine;

  private GrainShell shell;

  /** Switches the guest on. */
  @Setup
  public void setUp() throws BootException, InterruptedException {
    shell = new GrainShell(EngineKind.valueOf(engine.toUpperCase(Locale.ROOT)));
  }

  /** Switches it off. */
  @TearDown
  public void tearDown() throws InterruptedException {
    shell.close();
  }

  /** {@code switch_to}: a byte through a pipe to another process, which waits for it. */
  @Benchmark
  @OperationsPerInvocation(SWITCHES)
  public void switchTo() throws InterruptedException {
    shell.take("switch_to", SWITCHES);
  }

  /** {@code system_call}: getpid by INT 80h. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void systemCall() throws InterruptedException {
    shell.take("system_call", CALLS);
  }

  /** {@code sysenter_entry}: getpid by SYSENTER. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void sysenterEntry() throws InterruptedException {
    shell.take("sysenter_entry", CALLS);
  }

  /** {@code ret_from_fork}: fork, exit in the child, and wait. */
  @Benchmark
  @OperationsPerInvocation(FORKS)
  public void retFromFork() throws InterruptedException {
    shell.take("ret_from_fork", FORKS);
  }
}
