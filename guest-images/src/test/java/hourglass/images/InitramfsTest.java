package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;

final class InitramfsTest {
  private static final byte[] BUSYBOX = "busybox".getBytes(StandardCharsets.UTF_8);

  private record Entry(CpioArchiveEntry header, String contents) {}

  private static Map<String, Entry> read(byte[] archive) throws IOException {
    final Map<String, Entry> entries = new LinkedHashMap<>();
    try (CpioArchiveInputStream in =
        new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        entries.put(
            e.getName(), new Entry(e, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      }
    }
    return entries;
  }

  @Test
  void isANewcArchiveTheKernelCanStartFrom() throws Exception {
    final byte[] archive = Initramfs.build(BUSYBOX);
    assertEquals("070701", new String(archive, 0, 6, StandardCharsets.US_ASCII));
    final Map<String, Entry> entries = read(archive);
    assertEquals("busybox", entries.get("bin/busybox").contents());
    assertEquals(0100755, entries.get("bin/busybox").header().getMode());
    assertEquals(0100755, entries.get("init").header().getMode());
    assertTrue(entries.get("bin/sh").header().isSymbolicLink());
    assertTrue(entries.get("proc").header().isDirectory());
  }

  @Test
  void hasTheConsoleThatInitIsGiven() throws Exception {
    final CpioArchiveEntry console = read(Initramfs.build(BUSYBOX)).get("dev/console").header();
    assertTrue(console.isCharacterDevice());
    assertEquals(5, console.getRemoteDeviceMaj());
    assertEquals(1, console.getRemoteDeviceMin());
  }

  @Test
  void initSaysTheFirstLine() throws Exception {
    final String init = read(Initramfs.build(BUSYBOX)).get("init").contents();
    assertTrue(init.startsWith("#!/bin/busybox sh\n"), init);
    assertTrue(init.contains("echo '" + Initramfs.FIRST_LINE + "'\n"), init);
  }

  @Test
  void theSameBusyboxGivesTheSameArchive() throws Exception {
    assertArrayEquals(Initramfs.build(BUSYBOX), Initramfs.build(BUSYBOX));
  }

  @Test
  void aScriptIsAnArchiveOfItsOwnBehindTheFirst() throws Exception {
    final byte[] base = Initramfs.build(BUSYBOX);
    assertEquals(0, base.length % 4, "the kernel finds the next archive at a multiple of 4 only");
    final byte[] script = "exit 7\n".getBytes(StandardCharsets.UTF_8);
    final byte[] both = Initramfs.withScript(base, script);
    assertArrayEquals(base, Arrays.copyOf(both, base.length));
    final Map<String, Entry> added = read(Arrays.copyOfRange(both, base.length, both.length));
    assertEquals("exit 7\n", added.get("run.sh").contents());
  }
}
