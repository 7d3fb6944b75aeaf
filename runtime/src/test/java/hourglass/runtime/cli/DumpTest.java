package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ImageCache;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Register;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** What {@code --dump} and {@code --dump-at} write for a guest that counts down and exits. */
@Timeout(60)
class DumpTest {
  private static final int BASE = 0x10_0000;

  @TempDir private Path folder;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path dump;

  /** A Multiboot kernel (Multiboot specification 0.6.96, section 3.1) with symbols beside it. */
  private Path kernel() throws IOException {
    final int magic = 0x1BADB002;
    final int hasAddresses = 1 << 16;
    final byte[] code =
        new Assembler(BASE)
            .dd(magic, hasAddresses, -(magic + hasAddresses), BASE, BASE, 0, 0, BASE + 32)
            .mov(Register.ECX, 3)
            .label("count")
            .dec(Register.ECX)
            .jccShort(Condition.NE, "count")
            .mov(Register.AL, 3)
            .out(0xF4, Register.AL)
            .bytes();
    Files.writeString(
        folder.resolve("System.map"),
        """
        00100020 T start
        00100025 t count.part
        00200000 T elsewhere
        """);
    return Files.write(folder.resolve("kernel"), code);
  }

  private int boot(String... options) throws IOException {
    dump = folder.resolve("dump");
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(),
            new ByteArrayOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    final List<String> args =
        new ArrayList<>(
            List.of("boot", "--memory=16M", "--heat=0", "--kernel", kernel().toString()));
    args.addAll(List.of(options));
    return new Main(streams, new ImageCache(folder), folder).run(args.toArray(String[]::new));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(dump)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String messages() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void eachRegionIsATextAndAClassNamedByItsSymbol() throws IOException {
    assertEquals(7, boot("--dump", folder.resolve("dump").toString()), messages());
    assertEquals("", messages());
    assertTrue(
        files().containsAll(List.of("start-00100020.class", "start-00100020.txt")),
        () -> messages() + dump);
    final String text = Files.readString(dump.resolve("start-00100020.txt"));
    assertTrue(text.startsWith("region    00100020 <start>\nphysical  00100020\n"), text);
    assertTrue(text.contains("\nentered   1 times, left 0 times for the slow path"), text);
    assertTrue(text.contains("jne    0x100025 <count.part>"), text);
    final ClassNode node = new ClassNode();
    new ClassReader(Files.readAllBytes(dump.resolve("start-00100020.class"))).accept(node, 0);
    assertEquals("start", node.sourceFile);
    assertEquals("hourglass/translator/emit/RegionCode", node.name);
  }

  @Test
  void placesLimitTheDumpToRegionsThatContainThem() throws IOException {
    assertEquals(7, boot("--dump=" + folder.resolve("dump"), "--dump-at=start"), messages());
    assertEquals(List.of("start-00100020.class", "start-00100020.txt"), files());
  }

  @Test
  void aPlaceMayBeAnAddressInsideAnInstruction() throws IOException {
    assertEquals(7, boot("--dump=" + folder.resolve("dump"), "--dump-at=0x100021"), messages());
    assertEquals(List.of("start-00100020.class", "start-00100020.txt"), files());
  }

  @Test
  void aPlaceThatWasNotTranslatedIsSaidToBeSo() throws IOException {
    assertEquals(7, boot("--dump=" + folder.resolve("dump"), "--dump-at=elsewhere"));
    assertEquals("hourglass: --dump-at: nothing was translated at elsewhere\n", messages());
    assertEquals(List.of(), files());
  }

  @Test
  void anUnknownSymbolIsOneLineAndStatus1AndTheOthersAreWritten() throws IOException {
    assertEquals(
        1, boot("--dump=" + folder.resolve("dump"), "--dump-at=nowhere", "--dump-at=start"));
    assertEquals("hourglass: --dump-at: the kernel has no symbol nowhere\n", messages());
    assertEquals(List.of("start-00100020.class", "start-00100020.txt"), files());
  }

  @Test
  void aPlaceThatIsNoneIsOneLineAndStatus1BeforeTheGuestRuns() throws IOException {
    assertEquals(1, boot("--dump=" + folder.resolve("dump"), "--dump-at=0xfffffffff"));
    assertEquals(
        "hourglass: --dump-at: '0xfffffffff' is neither a symbol nor a hexadecimal address\n",
        messages());
  }

  @Test
  void aFolderThatIsAFileIsOneLineAndStatus1() throws IOException {
    final Path file = Files.createFile(folder.resolve("file"));
    assertEquals(1, boot("--dump=" + file));
    assertEquals("hourglass: --dump: " + file + " is not a folder\n", messages());
  }
}
