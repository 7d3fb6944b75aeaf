package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Grain;
import hourglass.images.ImageCache;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.debug.KernelSymbols;
import hourglass.runtime.debug.SymbolTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of guests of a few instructions: what they print, and the exit status. */
@Timeout(60)
class BootCommandTest {
  private static final int LOAD_ADDRESS = 0x10_0000;
  private static final int HEADER_SIZE = 32;

  /** {@code mov al, value; out 0xF4, al}: writes to the debug-exit port. */
  private static final int[] EXIT_3 = {0xB0, 3, 0xE6, 0xF4};

  /** {@code jmp $}. */
  private static final int[] LOOP = {0xEB, 0xFE};

  /** {@code sti; hlt}; no device is asked for an interrupt. */
  private static final int[] WAIT = {0xFB, 0xF4};

  /** What every process passes through, by its names in {@code grain}. */
  private static final List<String> NARROW_PATHS =
      List.of("switch_to", "ret_from_fork", "system_call", "kernel_thread_helper");

  @TempDir private Path folder;

  private InputStream in = InputStream.nullInputStream();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int boot(Path kernel, String... options) {
    final List<String> args = new ArrayList<>(List.of("--memory=16M"));
    args.addAll(List.of("--kernel", kernel.toString()));
    args.addAll(Arrays.asList(options));
    return boot(args);
  }

  private int boot(List<String> options) {
    final HostStreams streams =
        new HostStreams(in, out, new PrintStream(err, true, StandardCharsets.UTF_8));
    final List<String> args = new ArrayList<>(List.of("boot"));
    args.addAll(options);
    return new Main(streams, new ImageCache(folder.resolve("cache")), folder)
        .run(args.toArray(String[]::new));
  }

  /**
   * A Multiboot kernel of some pieces of 32-bit code (Multiboot specification 0.6.96, section 3.1).
   */
  private Path kernel(int[]... code) throws IOException {
    final ByteBuffer image = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    final int magic = 0x1BADB002;
    final int hasAddresses = 1 << 16;
    image.putInt(magic).putInt(hasAddresses).putInt(-(magic + hasAddresses));
    image.putInt(LOAD_ADDRESS).putInt(LOAD_ADDRESS).putInt(0).putInt(0);
    image.putInt(LOAD_ADDRESS + HEADER_SIZE);
    for (int[] piece : code) {
      for (int b : piece) {
        image.put((byte) b);
      }
    }
    return Files.write(folder.resolve("kernel"), image.array());
  }

  /** {@code mov dx, 3F8h}, and for each letter {@code mov al, letter; out dx, al}. */
  private static int[] print(String text) {
    final int[] code = new int[4 + 3 * text.length()];
    code[0] = 0x66;
    code[1] = 0xBA;
    code[2] = 0xF8;
    code[3] = 0x03;
    for (int i = 0; i < text.length(); i++) {
      code[4 + 3 * i] = 0xB0;
      code[5 + 3 * i] = text.charAt(i);
      code[6 + 3 * i] = 0xEE;
    }
    return code;
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String messages() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theGuestsOutputIsPrintedAndItsExitValueIsTheStatus() throws IOException {
    assertEquals(7, boot(kernel(print("hello\n"), EXIT_3)), messages());
    assertEquals("hello\n", printed());
    assertEquals("", messages());
  }

  @Test
  void aTextEndsTheRunWithStatus0() throws IOException {
    assertEquals(0, boot(kernel(print("one two three"), LOOP), "--until", "two"), messages());
    assertTrue(printed().startsWith("one two"), printed());
  }

  @Test
  void aTextIsSeenThatNobodyPrints() throws IOException {
    final Path kernel = kernel(print("ready"), LOOP);
    assertEquals(0, boot(kernel, "--serial=none", "--until=ready"), messages());
    assertEquals("", printed());
  }

  @Test
  void theTimeoutEndsTheRunWithStatus124() throws IOException {
    assertEquals(124, boot(kernel(LOOP), "--timeout", "0.2"));
    assertEquals("hourglass: the time of --timeout is over\n", messages());
  }

  @Test
  void theTimeoutEndsAGuestThatWaitsForAnInterrupt() throws IOException {
    assertEquals(124, boot(kernel(WAIT), "--timeout", "0.2"));
  }

  @Test
  void aGuestThatHaltedForGoodEndsTheRunWithStatus5AndOneLine() throws IOException {
    final int[] haltForGood = {0xFA, 0xF4}; // cli; hlt
    assertEquals(5, boot(kernel(print("bye"), haltForGood), "--timeout", "60"));
    assertEquals("bye", printed());
    assertTrue(
        messages()
            .matches(
                "hourglass: the guest has halted for good, with interrupts disabled:"
                    + " [0-9a-f]{4}:[0-9a-f]{8}  f4  hlt\n"),
        messages());
  }

  @Test
  void aResetEndsTheRunWithStatus0WhereItDoesNotReboot() throws IOException {
    final int[] resetThroughCf9 = {0x66, 0xBA, 0xF9, 0x0C, 0xB0, 0x06, 0xEE};
    assertEquals(0, boot(kernel(resetThroughCf9, LOOP), "--no-reboot"), messages());
  }

  @Test
  void aTripleFaultShowsTheMachineAndIsStatus3() throws IOException {
    final int[] loadNoIdt = {0x6A, 0, 0x6A, 0, 0x0F, 0x01, 0x1C, 0x24}; // push 0, twice; lidt [esp]
    final int[] setStack = {0xBC, 0, 0, 0x20, 0}; // mov esp, 200000h
    final int[] breakpoint = {0xCC};
    assertEquals(3, boot(kernel(setStack, loadNoIdt, breakpoint), "--no-reboot"), messages());
    assertTrue(messages().startsWith("hourglass: the guest's processor shut down"), messages());
    assertTrue(messages().contains("int3"), messages());
  }

  @Test
  void serialOutputGoesToAFile() throws IOException {
    final Path log = folder.resolve("log");
    assertEquals(7, boot(kernel(print("hello\n"), EXIT_3), "--serial", "file:" + log), messages());
    assertEquals("hello\n", Files.readString(log));
    assertEquals("", printed());
  }

  @Test
  void aFileThatCannotBeWrittenIsOneLine() throws IOException {
    final Path log = folder.resolve("missing").resolve("log");
    assertEquals(1, boot(kernel(EXIT_3), "--serial", "file:" + log));
    assertEquals(
        "hourglass: --serial: cannot write " + log + ": no such file or folder\n", messages());
  }

  @Test
  void standardInputIsTyped() throws IOException {
    in = new ByteArrayInputStream(new byte[] {'x'});
    final int[] raiseRts = {0x66, 0xBA, 0xFC, 0x03, 0xB0, 0x03, 0xEE}; // out 3FCh, 3
    // mov dx, 3FDh; wait for "data ready"; mov dx, 3F8h; in al, dx; out dx, al
    final int[] echo = {
      0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xFB, 0x66, 0xBA, 0xF8, 0x03, 0xEC, 0xEE
    };
    assertEquals(7, boot(kernel(raiseRts, echo, EXIT_3)), messages());
    assertArrayEquals(new byte[] {'x'}, out.toByteArray());
  }

  @Test
  void statisticsArePrintedAndSaved() throws IOException {
    final Path json = folder.resolve("stats.json");
    final String file = json.toString();
    assertEquals(7, boot(kernel(EXIT_3), "--stats", "--stats-json", file), messages());
    assertTrue(messages().contains("guest instructions           2\n"), messages());
    assertTrue(Files.readString(json).contains("\"instructions\" : 2,"), Files.readString(json));
  }

  /** What the statistics say of the thread of a guest that does something a number of times. */
  private double share(String activity, int times, int[] body, String... options)
      throws IOException {
    final ByteBuffer count = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
    final byte[] begin = count.put((byte) 0xB9).putInt(times).array(); // mov ecx, times
    final int[] repeat = {0x49, 0x75, -(body.length + 3)}; // dec ecx; jnz to the body
    final Path json = folder.resolve("stats.json");
    final List<String> all = new ArrayList<>(List.of("--stats-json=" + json));
    all.addAll(Arrays.asList(options));
    final int[] loaded = IntStream.range(0, begin.length).map(i -> begin[i]).toArray();
    final Path kernel = kernel(loaded, body, repeat, EXIT_3);
    assertEquals(7, boot(kernel, all.toArray(String[]::new)), messages());
    final String saved = Files.readString(json);
    final Matcher m = Pattern.compile("\"" + activity + "\" : ([0-9.E-]+)").matcher(saved);
    assertTrue(m.find(), saved);
    return Double.parseDouble(m.group(1));
  }

  /**
   * Asserts that an activity has some share of a run. The thread is looked at now and then, so what
   * is brief may be missed: a run is then made longer, up to a hundred times.
   */
  private void assertAbove(double least, String activity, int times, int[] body, String... options)
      throws IOException {
    double share = share(activity, times, body, options);
    for (int longer = 10; share <= least && longer <= 100; longer *= 10) {
      share = share(activity, longer * times, body, options);
    }
    assertTrue(share > least, "a share of " + share);
  }

  @Test
  @Timeout(300)
  void theStatisticsSayWhatTheGuestsThreadDid() throws IOException {
    final int[] nothing = {};
    final int[] readPort = {0xE4, 0x64}; // in al, 64h
    // mov cr3, eax; mov ebx, [100000h]
    final int[] emptyPageMap = {0x0F, 0x22, 0xD8, 0x8B, 0x1D, 0, 0, 0x10, 0};
    assertAbove(0.5, "translated code", 20_000_000, nothing);
    assertAbove(0.5, "interpreter", 2_000_000, nothing, "--engine=interpret");
    assertAbove(0.01, "devices", 1_000_000, readPort, "--engine=interpret");
    assertAbove(0.01, "page map", 1_000_000, emptyPageMap, "--engine=interpret");
  }

  @Test
  void theStatisticsSayThatAHaltedGuestWaits() throws IOException {
    final Path json = folder.resolve("stats.json");
    assertEquals(124, boot(kernel(WAIT), "--timeout=1", "--stats-json=" + json), messages());
    final String saved = Files.readString(json);
    assertTrue(Pattern.compile("\"waiting\" : (1.0|0.[5-9])").matcher(saved).find(), saved);
  }

  @Test
  void theInterpreterIsAnEngine() throws IOException {
    assertEquals(7, boot(kernel(EXIT_3), "--engine", "interpret", "--clock=virtual"), messages());
  }

  @Test
  void withoutAnImageOurOwnKernelBootsToItsShell() {
    assertEquals(0, boot(List.of("--until", "grain$ ")), messages());
    assertTrue(printed().startsWith("grain, a small kernel"), printed());
  }

  @Test
  void theShellOfOurOwnKernelTakesCommands() {
    in = new ByteArrayInputStream("sieve 100 | cat\rpoweroff 5\r".getBytes(StandardCharsets.UTF_8));
    assertEquals(5, boot(List.of("grain", "--timeout", "50")), printed() + messages());
    assertTrue(printed().contains("25\r\n"), printed());
  }

  @Test
  void regionsOfOurOwnKernelAreFoundByItsSymbols() throws Exception {
    final Path dumps = folder.resolve("dumps");
    final List<String> options = new ArrayList<>(List.of("--append", "run=forktest", "--heat=0"));
    options.addAll(List.of("--dump", dumps.toString()));
    for (String symbol : NARROW_PATHS) {
      options.addAll(List.of("--dump-at", symbol));
    }
    assertEquals(0, boot(options), printed() + messages());
    assertEquals("", messages());
    final StringBuilder texts = new StringBuilder();
    try (var files = Files.newDirectoryStream(dumps, "*.txt")) {
      for (Path file : files) {
        texts.append(Files.readString(file));
      }
    }
    final SymbolTable symbols = KernelSymbols.ofFile(new BootFile(Grain.NAME, Grain.kernel()));
    for (String symbol : NARROW_PATHS) {
      final String address = "%08x".formatted(symbols.find(symbol).orElseThrow().address());
      assertTrue(texts.indexOf(address) >= 0, symbol + " at " + address + " is in no dump");
    }
  }
}
