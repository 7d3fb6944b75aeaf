package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ST0;
import static hourglass.translator.asm.Register.ST1;

import hourglass.translator.asm.Assembler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does floating point cost, exact in double precision and not? */
public class X87 extends GuestBenchmark {
  private static final int TERMS = 8;
  private static final int RESULT = DATA + 0x1000;

  private int exactDotProduct;
  private int inexactDotProduct;
  private int division;
  private int sine;
  private int integers;

  @Override
  void load() {
    for (int i = 0; i < TERMS; i++) {
      machine.writeDouble(DATA + 8 * i, i + 1.5);
      machine.writeDouble(DATA + 0x100 + 8 * i, 1 / (i + 3.0));
    }
    exactDotProduct = dotProduct(0);
    inexactDotProduct = dotProduct(0x100);
    division = steps(a -> a.fld1().fdiv(mem(EBX).disp(0x100).as64()).fstp(result().as64()));
    sine = steps(a -> a.fld(mem(EBX).disp(0x100).as64()).fsin().fstp(result().as64()));
    integers = steps(a -> a.fild(mem(EBX).disp(4).as32()).fadd(ST0, ST0).fistp(result().as32()));
  }

  private static hourglass.translator.asm.Memory result() {
    return mem(RESULT);
  }

  /** The sum of squares of doubles at DATA + offset; of the ones that fit, every step is exact. */
  private int dotProduct(int offset) {
    return machine.loop(
        a -> a.fninit().mov(EBX, DATA + offset),
        a -> {
          a.fldz();
          for (int i = 0; i < TERMS; i++) {
            a.fld(mem(EBX).disp(8 * i).as64()).fmul(ST0, ST0).faddp(ST1);
          }
          a.fstp(result().as64()).mov(EAX, result().as32());
        });
  }

  /** Some instructions that leave the register stack as they found it. */
  private interface Step {
    void emit(Assembler a);
  }

  private int steps(Step step) {
    return machine.loop(
        a -> a.fninit().mov(EBX, DATA),
        a -> {
          step.emit(a);
          a.mov(EAX, result().as32());
        });
  }

  /** A term of a sum of squares that a double holds exactly. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * TERMS)
  public int exactDotProduct() {
    return machine.run(exactDotProduct);
  }

  /** A term of a sum of squares that needs all 64 bits of the mantissa. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS * TERMS)
  public int inexactDotProduct() {
    return machine.run(inexactDotProduct);
  }

  /** A division, with load and store. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int division() {
    return machine.run(division);
  }

  /** FSIN, with load and store. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int sine() {
    return machine.run(sine);
  }

  /** From an integer and back to one. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int integers() {
    return machine.run(integers);
  }
}
