package hourglass.bench;

import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What do flags cost: unread, read by the next instruction, and saved? */
public class Flags extends GuestBenchmark {
  private static final int REPEATS = 8;

  private int unread;
  private int carryChain;
  private int condition;
  private int conditionalMove;
  private int saved;

  @Override
  void load() {
    unread = repeated(a -> a.add(EAX, EDX));
    carryChain = repeated(a -> a.add(EAX, EDX).adc(ESI, EBX));
    condition = repeated(a -> a.cmp(ESI, EAX).setcc(Condition.L, AL));
    conditionalMove = repeated(a -> a.sub(EAX, EDX).cmovcc(Condition.B, EAX, ESI));
    saved = repeated(a -> a.add(EAX, EDX).pushf().popf());
  }

  private int repeated(Consumer<Assembler> step) {
    return machine.loop(
        a -> a.mov(EAX, 1).mov(EDX, 0x9E37_79B9).mov(ESI, 0x1234_5678).mov(EBX, 3),
        a -> {
          for (int i = 0; i < REPEATS; i++) {
            step.accept(a);
          }
        });
  }

  /** An ADD whose flags nobody reads. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * REPEATS)
  public int unread() {
    return machine.run(unread);
  }

  /** ADD and ADC, as in 64-bit arithmetic. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * REPEATS)
  public int carryChain() {
    return machine.run(carryChain);
  }

  /** CMP and SETcc. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * REPEATS)
  public int condition() {
    return machine.run(condition);
  }

  /** SUB and CMOVcc. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * REPEATS)
  public int conditionalMove() {
    return machine.run(conditionalMove);
  }

  /** ADD, PUSHF and POPF. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * REPEATS)
  public int saved() {
    return machine.run(saved);
  }
}
