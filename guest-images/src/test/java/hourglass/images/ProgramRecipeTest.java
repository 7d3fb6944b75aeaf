package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramRecipeTest {
  private static final ProgramRecipe LUA = ProgramRecipe.find("lua").orElseThrow();

  @TempDir Path folder;
  private ImageCache cache;
  private final Map<String, byte[]> archives = new HashMap<>();
  private final Map<String, PackageRecord> index = new HashMap<>();
  private final List<String> downloads = new ArrayList<>();

  @BeforeEach
  void offerPackages() throws IOException {
    cache = new ImageCache(folder.resolve("cache"));
    offer(
        "lua5.4",
        "libc6 (>= 2.34), libreadline8 (>= 6.0), debconf (>= 0.5) | debconf-2.0",
        new DebBuilder().file("./usr/bin/lua5.4", "lua").file("./usr/bin/luac5.4", "luac"));
    offer(
        "libc6",
        "libgcc-s1",
        new DebBuilder()
            .file("./lib/i386-linux-gnu/libc.so.6", "libc")
            .file("./lib/i386-linux-gnu/libnss_dns.so.2", "nss")
            .file("./usr/lib/i386-linux-gnu/gconv/IBM037.so", "gconv")
            .link("./lib/ld-linux.so.2", "i386-linux-gnu/ld-linux.so.2"));
    offer("libgcc-s1", "libc6", new DebBuilder().file("./lib/i386-linux-gnu/libgcc_s.so.1", "gcc"));
    offer(
        "libreadline8",
        "readline-common, libc6",
        new DebBuilder().file("./usr/lib/i386-linux-gnu/libreadline.so.8.2", "readline"));
  }

  private void offer(String name, String depends, DebBuilder deb) throws IOException {
    final byte[] bytes = deb.build();
    archives.put(name, bytes);
    index.put(
        name,
        new PackageRecord(Map.of("package", name, "depends", depends, "sha256", Sha256.of(bytes))));
  }

  /** Packages out of the test's own maps. */
  private final class Packages implements PackageSource {
    private final Path work;

    Packages(Path work) {
      this.work = work;
    }

    @Override
    public void update() {}

    @Override
    public PackageRecord find(String name) throws ImageException {
      if (!index.containsKey(name)) {
        throw new ImageException("package " + name + " cannot be found");
      }
      return index.get(name);
    }

    @Override
    public Path download(PackageRecord record) throws IOException {
      downloads.add(record.name());
      return Files.write(work.resolve(record.name() + ".deb"), archives.get(record.name()));
    }
  }

  private Path fetch() throws ImageException {
    return LUA.fetch(cache, (work, progress) -> new Packages(work), line -> {});
  }

  /** Paths and contents; of links, targets after an arrow. */
  private static Map<String, String> read(byte[] archive) throws IOException {
    final Map<String, String> entries = new LinkedHashMap<>();
    try (CpioArchiveInputStream in =
        new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        final String contents = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        entries.put(
            e.getName(),
            e.isDirectory() ? "folder" : e.isSymbolicLink() ? "-> " + contents : contents);
      }
    }
    return entries;
  }

  @Test
  void takesTheProgramAndTheLibrariesOfThePackagesItNeeds() throws Exception {
    final Map<String, String> entries = read(Files.readAllBytes(fetch()));
    assertEquals(
        Map.ofEntries(
            Map.entry("lib", "-> usr/lib"),
            Map.entry("usr", "folder"),
            Map.entry("usr/bin", "folder"),
            Map.entry("usr/bin/lua5.4", "lua"),
            Map.entry("usr/lib", "folder"),
            Map.entry("usr/lib/i386-linux-gnu", "folder"),
            Map.entry("usr/lib/i386-linux-gnu/libc.so.6", "libc"),
            Map.entry("usr/lib/ld-linux.so.2", "-> i386-linux-gnu/ld-linux.so.2"),
            Map.entry("usr/lib/i386-linux-gnu/libgcc_s.so.1", "gcc"),
            Map.entry("usr/lib/i386-linux-gnu/libreadline.so.8.2", "readline")),
        entries);
    assertEquals(List.of("lua5.4", "libc6", "libreadline8", "libgcc-s1"), downloads);
  }

  @Test
  void foldersComeBeforeWhatLiesInThem() throws Exception {
    final List<String> paths = List.copyOf(read(Files.readAllBytes(fetch())).keySet());
    for (String path : paths) {
      final int slash = path.lastIndexOf('/');
      final int parent = slash < 0 ? -1 : paths.indexOf(path.substring(0, slash));
      assertTrue(slash < 0 || parent >= 0 && parent < paths.indexOf(path), paths::toString);
    }
  }

  @Test
  void asksNobodyWhenTheCacheHasIt() throws Exception {
    final Path first = fetch();
    downloads.clear();
    index.clear();
    assertEquals(first, fetch());
    assertEquals(List.of(), downloads);
  }

  @Test
  void aPackageWithoutTheProgramGivesOneLineAndLeavesNothing() throws Exception {
    offer("lua5.4", "libc6", new DebBuilder().file("./usr/bin/lua5.5", "lua"));
    final var e = assertThrows(ImageException.class, this::fetch);
    assertEquals("program lua: package lua5.4 has no file like usr/bin/lua5\\.4", e.getMessage());
    assertFalse(Files.exists(cache.folder().resolve("programs")));
  }

  @Test
  void aTamperedLibraryIsRefused() throws Exception {
    archives.get("libc6")[100] ^= 1;
    final var e = assertThrows(ImageException.class, this::fetch);
    assertTrue(e.getMessage().startsWith("program lua: package libc6: SHA-256"), e.getMessage());
  }
}
