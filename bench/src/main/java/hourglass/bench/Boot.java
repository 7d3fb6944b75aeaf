package hourglass.bench;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.CR0;
import static hourglass.translator.asm.Register.CR3;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;

import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Kernels;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long does a small guest take from a new board to its last line, in a JVM that has not run
 * before? Each fork boots once; so class loading, interpretation and the first compilations count.
 *
 * <p>The guest does what boots do: it clears memory, unpacks bytes one by one, builds page tables,
 * turns paging on, adds up what it unpacked, and prints a line. {@code hourglass bench} boots a
 * real kernel.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Measurement(iterations = 1)
public class Boot {
  /** What the guest prints. */
  static final String LINE = "up\n";

  private static final int LOAD_ADDRESS = 0x10_0000;
  private static final int CLEARED = 0x20_0000;
  private static final int UNPACKED = 0x60_0000;
  private static final int TABLES = 0xA0_0000;
  private static final int MIB = 1 << 20;
  private static final int SERIAL = 0x3F8;
  private static final int DEBUG_EXIT = 0xF4;

  /** What runs guest code. */
  @Param({"interpret", "translate"})
  public String engine;

  private Bootable kernel;

  /** Assembles the guest, a Multiboot kernel. */
  @Setup
  public void setUp() throws BootException {
    kernel = Kernels.open(new BootFile("guest", guest().bytes()), Optional.empty(), "");
  }

  private static Assembler guest() {
    final int magic = 0x1BADB002;
    final int hasAddresses = 1 << 16;
    final int headerSize = 32;
    final Assembler a = new Assembler(LOAD_ADDRESS);
    a.dd(magic, hasAddresses, -(magic + hasAddresses));
    a.dd(LOAD_ADDRESS, LOAD_ADDRESS, 0, 0, LOAD_ADDRESS + headerSize);
    clear(a);
    unpack(a);
    turnPagingOn(a);
    addUp(a);
    a.mov(DX, SERIAL);
    for (byte letter : LINE.getBytes(StandardCharsets.US_ASCII)) {
      a.mov(AL, letter).out(DX, AL);
    }
    return a.mov(EAX, 0).out(DEBUG_EXIT, AL);
  }

  private static void clear(Assembler a) {
    a.mov(EDI, CLEARED).mov(EAX, 0).mov(ECX, MIB).rep().stosd();
  }

  /** Bytes that depend on each other and on what is in memory, as an unpacker's do. */
  private static void unpack(Assembler a) {
    a.mov(EDI, UNPACKED).mov(ESI, CLEARED).mov(EBX, 1).mov(ECX, MIB);
    a.label("unpack")
        .imul(EBX, EBX, 0x0019_660D)
        .add(EBX, 0x3C6E_F35F)
        .mov(EAX, EBX)
        .shr(EAX, 24)
        .test(EAX, 1)
        .jcc(Condition.E, "literal")
        .xor(AL, mem(ESI).as8())
        .inc(ESI)
        .label("literal")
        .stosb()
        .dec(ECX)
        .jcc(Condition.NE, "unpack");
  }

  /** Maps the first 16 MiB to themselves. */
  private static void turnPagingOn(Assembler a) {
    final int tables = 4;
    for (int table = 0; table < tables; table++) {
      a.mov(mem(TABLES + 4 * table).as32(), TABLES + 0x1000 * (table + 1) + 3);
    }
    a.mov(EDI, TABLES + 0x1000).mov(EAX, 3).mov(ECX, 1024 * tables);
    a.label("map").stosd().add(EAX, 0x1000).dec(ECX).jcc(Condition.NE, "map");
    a.mov(EAX, TABLES).mov(CR3, EAX).mov(EAX, CR0).or(EAX, 0x8000_0000).mov(CR0, EAX);
  }

  private static void addUp(Assembler a) {
    a.mov(ESI, UNPACKED).mov(EBX, 0).mov(ECX, MIB / 4);
    a.label("add").lodsd().add(EBX, EAX).dec(ECX).jcc(Condition.NE, "add");
  }

  /** Boots the guest, and returns what it printed. */
  @Benchmark
  public String smallGuest() throws BootException {
    final StringBuilder printed = new StringBuilder();
    final EngineKind kind = EngineKind.valueOf(engine.toUpperCase(Locale.ROOT));
    final BoardOptions options =
        new BoardOptions(16 * MIB, kind, BenchMachine.HEAT, ClockKind.HOST, false);
    new Board(options, kernel, b -> printed.append((char) b)).run();
    return printed.toString();
  }
}
