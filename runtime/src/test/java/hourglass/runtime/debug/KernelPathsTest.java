package hourglass.runtime.debug;

import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Image;
import hourglass.images.Initramfs;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.testing.FetchedImages;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.emit.Region;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own paths between processes and into itself run as translated code. */
@Timeout(900)
final class KernelPathsTest {
  /** As on the command line where {@code --heat} is not given. */
  private static final int DEFAULT_HEAT = 1000;

  /**
   * More than that: of the ways from one process to another that differ in what the user's GS
   * holds, one at least is to become hot.
   */
  private static final int FORKS = 2500;

  private static final int LOAD_ADDRESS = 0x0804_8000;

  /**
   * A static program that forks and waits, with INT 80h; a shell's forks would do, but take much
   * longer. What the shell runs makes its system calls with SYSENTER.
   */
  private static byte[] forkingProgram() {
    final int exit = 1; // system calls, as in Linux's arch/x86/entry/syscalls/syscall_32.tbl
    final int fork = 2;
    final int waitpid = 7;
    return new Assembler(LOAD_ADDRESS)
        // ELF header, and one program header
        .db(0x7F, 'E', 'L', 'F', 1, 1, 1, 0)
        .dq(0)
        .dw(2, 3)
        .dd(1)
        .dd("start")
        .dd(0x34, 0, 0)
        .dw(0x34, 0x20, 1, 0, 0, 0)
        .dd(1, 0, LOAD_ADDRESS, LOAD_ADDRESS, 0x100, 0x100, 5, 0x1000)
        .label("start")
        .mov(ESI, FORKS)
        .label("next")
        .mov(EAX, fork)
        .intN(0x80)
        .test(EAX, EAX)
        .jcc(Condition.E, "done")
        .mov(EBX, -1)
        .xor(ECX, ECX)
        .xor(EDX, EDX)
        .mov(EAX, waitpid)
        .intN(0x80)
        .dec(ESI)
        .jcc(Condition.NE, "next")
        .label("done")
        .xor(EBX, EBX)
        .mov(EAX, exit)
        .intN(0x80)
        .align(0x100)
        .bytes();
  }

  private static byte[] script() {
    final StringBuilder program = new StringBuilder();
    for (byte b : forkingProgram()) {
      program.append(String.format("\\%03o", b & 0xFF));
    }
    final String script =
        """
        printf '%s' > /tmp/fork
        chmod +x /tmp/fork
        dd if=/dev/zero of=/dev/null bs=1 count=2000 2>/dev/null
        /tmp/fork && echo a b c | cat | tr ' ' '-'
        """
            .formatted(program);
    return script.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean hasRun(Region region, int address) {
    return region.contains(address) && region.entered > 0;
  }

  @Test
  void areEnteredAsTranslatedCode() throws Exception {
    final Image debian = FetchedImages.get("debian");
    final byte[] initrd =
        Initramfs.withScript(Files.readAllBytes(debian.initrd().orElseThrow()), script());
    final StringBuilder console = new StringBuilder();
    final Board board =
        new Board(
            new BoardOptions(
                128L << 20,
                BoardOptions.EngineKind.TRANSLATE,
                DEFAULT_HEAT,
                BoardOptions.ClockKind.HOST,
                false),
            Kernels.open(
                BootFile.read(debian.kernel(), "kernel"),
                Optional.of(new BootFile("initrd", initrd)),
                debian.commandLine()),
            b -> console.append((char) b));

    final Outcome outcome = board.run();

    assertEquals(new Outcome.DebugExit(0), outcome, console::toString);
    assertTrue(console.toString().contains("a-b-c"), console::toString);
    final SymbolTable symbols = Kallsyms.find(board.memory().ram()).orElseThrow();
    final List<Region> regions = board.regions();
    assertAll(
        Stream.of("__switch_to_asm", "ret_from_fork", "entry_INT80_32", "entry_SYSENTER_32")
            .map(name ->
                () -> {
                  final int address = symbols.find(name).orElseThrow().address();
                  assertTrue(
                      regions.stream().anyMatch(region -> hasRun(region, address)),
                      name + " has not run in translated form");
                }));
  }
}
