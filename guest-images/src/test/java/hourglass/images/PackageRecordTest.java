package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageRecordTest {
  @TempDir Path folder;

  @Test
  void readsTheFirstRecordOnly() {
    final PackageRecord record =
        PackageRecord.parse(
            """
            Package: linux-image-686
            Version: 6.1.1-1
            Description: Linux
             for older: PCs
            Depends: other (>= 1), linux-image-6.1.0-1-686 (= 6.1.1-1) | x

            Package: linux-image-686
            Version: 5.10
            """);
    assertEquals("linux-image-686", record.name());
    assertEquals("6.1.1-1", record.version());
    assertEquals(Optional.of("linux-image-6.1.0-1-686"), record.dependency("linux-image-"));
    assertEquals(Optional.of("other"), record.dependency(""));
    assertEquals(Optional.empty(), record.dependency("busybox"));
  }

  @Test
  void aPackageWithoutDependenciesHasNone() {
    assertEquals(Optional.empty(), PackageRecord.parse("Package: x\n").dependency(""));
  }

  @Test
  void acceptsAnArchiveWithTheRightDigest() throws Exception {
    final Path deb = Files.writeString(folder.resolve("x.deb"), "abc");
    new PackageRecord(
            Map.of("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        .verify(deb);
  }

  @Test
  void refusesAnArchiveWithAnotherDigest() throws Exception {
    final Path deb = Files.writeString(folder.resolve("x.deb"), "abd");
    final PackageRecord record =
        new PackageRecord(
            Map.of(
                "package", "x",
                "sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    final var e = assertThrows(ImageException.class, () -> record.verify(deb));
    assertTrue(e.getMessage().startsWith("package x: SHA-256 digest is a52d159f"), e.getMessage());
  }

  @Test
  void refusesAnArchiveNobodyHasADigestOf() throws Exception {
    final Path deb = Files.writeString(folder.resolve("x.deb"), "abc");
    assertThrows(ImageException.class, () -> new PackageRecord(Map.of()).verify(deb));
  }
}
