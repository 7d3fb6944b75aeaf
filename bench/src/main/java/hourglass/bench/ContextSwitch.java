package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.PAGE;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.CR3;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;

import hourglass.translator.asm.Assembler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does a switch of address spaces cost, with the page map's refill? The time is for one load
 * of CR3 and what follows it; the code is global, the data is not.
 */
public class ContextSwitch extends GuestBenchmark {
  private static final int SWITCHES = 2;

  private int onePage;
  private int manyPages;

  @Override
  void load() {
    final int other = machine.newAddressSpace();
    onePage = switching(other, 1);
    manyPages = switching(other, 32);
  }

  private int switching(int other, int pages) {
    return machine.loop(
        a -> a.mov(EAX, 0).mov(EBX, DATA).mov(EDX, CR3).mov(ESI, other),
        a -> {
          touch(a.mov(CR3, ESI), pages);
          touch(a.mov(CR3, EDX), pages);
        });
  }

  private static void touch(Assembler a, int pages) {
    for (int page = 0; page < pages; page++) {
      a.add(EAX, mem(EBX).disp(page * PAGE));
    }
  }

  /** Then reads one page. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * SWITCHES)
  public int onePage() {
    return machine.run(onePage);
  }

  /** Then reads 32 pages. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * SWITCHES)
  public int manyPages() {
    return machine.run(manyPages);
  }
}
