package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.MMIO;
import static hourglass.bench.BenchMachine.PAGE;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.EDX;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does a load or store of 32 bits cost, by where it goes? Half of each. */
public class Memory extends GuestBenchmark {
  private static final int ACCESSES = 16;

  private int aligned;
  private int unaligned;
  private int pageCrossing;
  private int device;

  @Override
  void load() {
    aligned = accesses(DATA, 8);
    unaligned = accesses(DATA + 1, 8);
    pageCrossing = accesses(DATA + PAGE - 2, PAGE);
    device = accesses(MMIO, 8);
  }

  private int accesses(int first, int stride) {
    return machine.loop(
        a -> a.mov(EBX, first).mov(EAX, 0),
        a -> {
          for (int i = 0; i < ACCESSES / 2; i++) {
            a.mov(EDX, mem(EBX).disp(i * stride)).add(EAX, EDX);
            a.mov(mem(EBX).disp(i * stride), EAX);
          }
        });
  }

  /** Aligned. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * ACCESSES)
  public int aligned() {
    return machine.run(aligned);
  }

  /** Not aligned, in one page. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * ACCESSES)
  public int unaligned() {
    return machine.run(unaligned);
  }

  /** Two bytes in one page and two in the next. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * ACCESSES)
  public int pageCrossing() {
    return machine.run(pageCrossing);
  }

  /** To a device's registers. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * ACCESSES)
  public int device() {
    return machine.run(device);
  }
}
