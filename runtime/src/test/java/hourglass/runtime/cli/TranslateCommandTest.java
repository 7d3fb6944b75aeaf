package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ImageCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code hourglass translate} prints. */
class TranslateCommandTest {
  /** {@code mov eax,[ebx+4]; ret}, or in 16-bit code {@code mov ax,[bp+di+4]; ret}. */
  private static final byte[] CODE = {(byte) 0x8B, 0x43, 0x04, (byte) 0xC3};

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int translate(Path file, String... options) {
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(), out, new PrintStream(err, true, StandardCharsets.UTF_8));
    final List<String> args = new ArrayList<>(List.of("translate", file.toString()));
    args.addAll(List.of(options));
    return new Main(streams, new ImageCache(folder), folder).run(args.toArray(String[]::new));
  }

  private Path file(byte[] code) throws IOException {
    return Files.write(folder.resolve("code"), code);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private void assertOneLine(String message) {
    assertEquals("hourglass: " + message + "\n", err.toString(StandardCharsets.UTF_8));
    assertEquals("", printed());
  }

  @Test
  void allViewsArePrintedUnlessSaid() throws IOException {
    assertEquals(0, translate(file(CODE), "--base", "0xc0100000"));
    assertTrue(printed().startsWith("region    c0100000\n"), printed());
    assertTrue(printed().contains("    1  c0100000  mov    eax,DWORD PTR [ebx+0x4]"), printed());
    assertTrue(printed().contains("       eax = load32(ebx + 4)"), printed());
    assertTrue(printed().contains("QuickMemory.load32 (I[I)I"), printed());
  }

  @Test
  void viewsAndSyntaxCanBeChosen() throws IOException {
    assertEquals(0, translate(file(CODE), "--base=1000", "--show=asm", "--syntax=att"));
    assertTrue(printed().contains("00001000  mov    0x4(%ebx),%eax"), printed());
    assertFalse(printed().contains("load32"), printed());
  }

  @Test
  void realModeIs16BitCodeInCheckedSegments() throws IOException {
    assertEquals(0, translate(file(CODE), "--base=7c00", "--mode=real", "--show=asm,ir"));
    assertTrue(printed().contains("mov    ax,WORD PTR [bp+di+0x4]"), printed());
    assertTrue(printed().contains("load16(readable(ss, "), printed());
  }

  @Test
  void aMissingFileIsOneLineAndStatus1() {
    final Path none = folder.resolve("none");
    assertEquals(1, translate(none, "--base=0"));
    assertOneLine("cannot read " + none + ": no such file or folder");
  }

  @Test
  void anEmptyFileIsOneLineAndStatus1() throws IOException {
    final Path empty = file(new byte[0]);
    assertEquals(1, translate(empty, "--base=0"));
    assertOneLine(empty + ": is empty");
  }

  @Test
  void codeThatGoesBeyond4GiBIsOneLineAndStatus1() throws IOException {
    assertEquals(1, translate(file(CODE), "--base=fffffffd"));
    assertOneLine("--base: 4 bytes at fffffffd go beyond 4 GiB");
  }
}
