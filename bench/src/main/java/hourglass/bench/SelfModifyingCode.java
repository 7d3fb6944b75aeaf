package hourglass.bench;

import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does a write to a page with code cost? */
public class SelfModifyingCode extends GuestBenchmark {
  /** Code is looked at in lines of 128 bytes. */
  private static final int LINE = 128;

  private int rewritten;
  private int beside;

  @Override
  void load() {
    // The operand of MOV EDX, imm32, one byte after its start, is written in every round.
    rewritten =
        machine.loop(
            a -> a.mov(EAX, 0),
            a -> a.mov(mem("patched").disp(1).as32(), ECX).call("patched").add(EAX, EDX),
            a -> a.align(LINE).label("patched").mov(EDX, 0x7777_7777).ret());
    beside =
        machine.loop(
            a -> a.mov(EAX, 0),
            a -> a.mov(mem("data").as32(), ECX).add(EAX, mem("data").as32()),
            a -> a.align(LINE).label("data").dd(0));
  }

  /** A function's code is changed before every call of it. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int rewritten() {
    return machine.run(rewritten);
  }

  /** Data on the same page as code is changed. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int beside() {
    return machine.run(beside);
  }
}
