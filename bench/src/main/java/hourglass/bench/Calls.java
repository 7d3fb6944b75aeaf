package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESP;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does a call with its return cost? */
public class Calls extends GuestBenchmark {
  private static final int CALLS = 8;

  private int leaf;
  private int frames;
  private int recursion;
  private int pointers;

  @Override
  void load() {
    leaf =
        machine.loop(
            a -> a.mov(EAX, 0),
            a -> repeat(a, () -> a.call("leaf")),
            a -> a.label("leaf").add(EAX, 1).ret());
    frames =
        machine.loop(
            a -> a.mov(EAX, 0),
            a -> repeat(a, () -> a.push(EAX).call("framed").add(ESP, 4)),
            a ->
                a.label("framed")
                    .push(EBP)
                    .mov(EBP, ESP)
                    .push(EBX)
                    .mov(EBX, mem(EBP).disp(8))
                    .lea(EAX, mem(EBX).disp(1))
                    .pop(EBX)
                    .leave()
                    .ret());
    recursion =
        machine.loop(
            a -> a.mov(EAX, 0),
            a -> a.mov(EDX, CALLS).call("deeper"),
            a ->
                a.label("deeper")
                    .add(EAX, 1)
                    .dec(EDX)
                    .jcc(Condition.E, "deepest")
                    .call("deeper")
                    .label("deepest")
                    .ret());
    pointers =
        machine.loop(
            this::storePointers,
            a -> {
              for (int i = 0; i < CALLS; i++) {
                a.call(mem(DATA).disp(4 * i).as32());
              }
            },
            a -> {
              for (int i = 0; i < CALLS; i++) {
                a.align(16).label("target" + i).add(EAX, i).ret();
              }
            });
  }

  private static void repeat(Assembler a, Runnable call) {
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
  }

  private void storePointers(Assembler a) {
    a.mov(EAX, 0);
    for (int i = 0; i < CALLS; i++) {
      a.mov(mem(DATA).disp(4 * i).as32(), Immediate.address("target" + i));
    }
  }

  /** A function of one instruction. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * CALLS)
  public int leaf() {
    return machine.run(leaf);
  }

  /** A function with an argument, a frame and a saved register. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * CALLS)
  public int frames() {
    return machine.run(frames);
  }

  /** A function that calls itself a few times. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * CALLS)
  public int recursion() {
    return machine.run(recursion);
  }

  /** Functions of one instruction through pointers in memory. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * CALLS)
  public int pointers() {
    return machine.run(pointers);
  }
}
