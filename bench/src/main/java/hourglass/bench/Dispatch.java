package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.PAGE;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does it cost to get from one region to the next? Small blocks, each on a page of its own so
 * that no region holds two of them; the time is a block's.
 */
public class Dispatch extends GuestBenchmark {
  private static final int BLOCKS = 64;

  private int direct;
  private int computed;
  private int called;

  @Override
  void load() {
    direct = chain(false);
    computed = chain(true);
    called = callers();
  }

  /** Blocks that jump from each to the next, by a direct jump or through a table at DATA. */
  private int chain(boolean throughTable) {
    final Assembler a = new Assembler(machine.nextOrigin());
    a.mov(EAX, 0).mov(ECX, ROUNDS);
    for (int block = 0; block < BLOCKS; block++) {
      a.label("block" + block);
      if (throughTable) {
        machine.write32(DATA + 4 * block, a.address());
      }
      a.add(EAX, block).mov(EDX, (block + 1) % BLOCKS);
      if (block == BLOCKS - 1) {
        a.dec(ECX).jcc(Condition.E, "end");
      }
      if (throughTable) {
        a.jmp(mem(DATA).plus(EDX, 4).as32());
      } else {
        a.jmp("block" + (block + 1) % BLOCKS);
      }
      a.org(a.address() + PAGE - 1 & -PAGE);
    }
    return machine.load(a.label("end").hlt());
  }

  /** A loop that calls small functions, each on a page of its own. */
  private int callers() {
    return machine.loop(
        a -> a.mov(EAX, 0),
        a -> {
          for (int function = 0; function < BLOCKS; function++) {
            a.call("function" + function);
          }
        },
        a -> {
          for (int function = 0; function < BLOCKS; function++) {
            a.org(a.address() + PAGE - 1 & -PAGE);
            a.label("function" + function).add(EAX, function).ret();
          }
        });
  }

  /** Direct jumps to other pages. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BLOCKS)
  public int directJumps() {
    return machine.run(direct);
  }

  /** Jumps to other pages through a table. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BLOCKS)
  public int computedJumps() {
    return machine.run(computed);
  }

  /** Calls of functions on other pages, and the returns. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BLOCKS)
  public int calls() {
    return machine.run(called);
  }
}
