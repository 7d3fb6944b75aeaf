package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.testing.FetchedImages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;

/** Symbols of the real kernel, which is unpacked here without running it. */
final class DebianKernelTest {
  /** The compressed kernel in a bzImage: setup header fields payload_offset and payload_length. */
  private static byte[] unpack(byte[] image) throws IOException {
    final ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    final int start = 512 * (1 + header.get(0x1F1)) + header.getInt(0x248);
    try (InputStream in =
        new XZInputStream(new ByteArrayInputStream(image, start, header.getInt(0x24C) - 4))) {
      return in.readAllBytes();
    }
  }

  @Test
  void hasTheFunctionsThatAProcessPassesThrough() throws Exception {
    final byte[] image = Files.readAllBytes(FetchedImages.get("debian").kernel());
    final SymbolTable table = Kallsyms.find(KallsymsBuilder.ram(unpack(image))).orElseThrow();
    assertEquals(0xC1000000, table.find("_text").orElseThrow().address());
    for (String name :
        List.of("__switch_to_asm", "entry_INT80_32", "entry_SYSENTER_32", "ret_from_fork")) {
      assertTrue(table.find(name).isPresent(), name + " is missing");
    }
    assertTrue(table.symbols().size() > 30_000, "only " + table.symbols().size() + " symbols");
  }
}
