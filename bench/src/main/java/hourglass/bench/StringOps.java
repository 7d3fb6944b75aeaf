package hourglass.bench;

import static hourglass.bench.BenchMachine.DATA;
import static hourglass.bench.BenchMachine.PAGE;
import static hourglass.bench.BenchMachine.ROUNDS;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;

import hourglass.translator.asm.Assembler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What does a string instruction cost? The time is for a whole one with its repetitions. */
public class StringOps extends GuestBenchmark {
  private static final int SHORT = 16;
  private static final int FROM = DATA;
  private static final int TO = DATA + 8 * PAGE;

  private int shortMove;
  private int pageMove;
  private int unalignedMove;
  private int pageFill;
  private int scan;
  private int compare;

  @Override
  void load() {
    shortMove = repeated(FROM, TO, SHORT / 4, a -> a.rep().movsd());
    pageMove = repeated(FROM, TO, PAGE / 4, a -> a.rep().movsd());
    unalignedMove = repeated(FROM + 1, TO + 3, PAGE, a -> a.rep().movsb());
    pageFill = repeated(FROM, TO, PAGE / 4, a -> a.rep().stosd());
    scan = repeated(FROM, TO, SHORT, a -> a.repne().scasb());
    compare = repeated(FROM, TO, SHORT, a -> a.rep().cmpsb());
  }

  /** One string instruction. */
  private interface Move {
    void emit(Assembler a);
  }

  /** ECX counts for the string instruction, so the loop keeps its own count in EBP. */
  private int repeated(int from, int to, int count, Move move) {
    return machine.loop(
        a -> a.mov(EAX, 0xFF),
        a -> {
          a.mov(EBP, ECX).mov(ESI, from).mov(EDI, to).mov(ECX, count);
          move.emit(a);
          a.mov(ECX, EBP);
        });
  }

  /** REP MOVSD of 16 bytes. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int shortMove() {
    return machine.run(shortMove);
  }

  /** REP MOVSD of an aligned page. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int pageMove() {
    return machine.run(pageMove);
  }

  /** REP MOVSB of as much, across page ends. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int unalignedMove() {
    return machine.run(unalignedMove);
  }

  /** REP STOSD of an aligned page. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int pageFill() {
    return machine.run(pageFill);
  }

  /** REPNE SCASB of 16 bytes. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int scan() {
    return machine.run(scan);
  }

  /** REPE CMPSB of 16 bytes. */
  @Benchmark
  @OperationsPerInvocation(ROUNDS)
  public int compare() {
    return machine.run(compare);
  }
}
