package hourglass.bench;

import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.EDX;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does a conditional branch inside a loop cost? The time is a branch's, with what decides it.
 */
public class Branches extends GuestBenchmark {
  private static final int BRANCHES = 8;

  private int neverTaken;
  private int alternating;
  private int random;
  private int innerLoop;

  @Override
  void load() {
    neverTaken = branches(a -> a.add(EDX, 1).cmp(EDX, 0));
    alternating = branches(a -> a.add(EDX, 1).test(EDX, 1));
    // A linear congruential generator; its upper bits are as good as random.
    random = branches(a -> a.imul(EDX, EDX, 0x0019_660D).add(EDX, 0x3C6E_F35F).test(EDX, 1 << 30));
    innerLoop =
        machine.loop(
            a -> a.mov(EAX, 0),
            a ->
                a.mov(EBX, BRANCHES)
                    .label("inner")
                    .add(EAX, EBX)
                    .dec(EBX)
                    .jcc(Condition.NE, "inner"));
  }

  /** What sets ZF for a branch; EDX is its own. */
  private interface Decision {
    void emit(Assembler a);
  }

  private int branches(Decision decision) {
    return machine.loop(
        a -> a.mov(EAX, 0).mov(EDX, 1),
        a -> {
          for (int i = 0; i < BRANCHES; i++) {
            decision.emit(a);
            a.jcc(Condition.E, "skip" + i).add(EAX, i).label("skip" + i);
          }
        });
  }

  /** Never taken. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BRANCHES)
  public int neverTaken() {
    return machine.run(neverTaken);
  }

  /** Taken every other time. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BRANCHES)
  public int alternating() {
    return machine.run(alternating);
  }

  /** Taken half the time, at random. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BRANCHES)
  public int random() {
    return machine.run(random);
  }

  /** The end of a loop of a few rounds inside the loop. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * BRANCHES)
  public int innerLoop() {
    return machine.run(innerLoop);
  }
}
