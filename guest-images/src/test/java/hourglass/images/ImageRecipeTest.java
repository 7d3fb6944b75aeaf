package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageRecipeTest {
  private static final ImageRecipe DEBIAN = Images.find("debian").orElseThrow();

  @TempDir Path folder;
  private ImageCache cache;
  private final Map<String, byte[]> archives = new HashMap<>();
  private final Map<String, PackageRecord> index = new HashMap<>();
  private final List<String> downloads = new ArrayList<>();

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
      return Optional.ofNullable(index.get(name))
          .orElseThrow(() -> new ImageException("package " + name + " cannot be found"));
    }

    @Override
    public Path download(PackageRecord record) throws IOException {
      downloads.add(record.name());
      return Files.write(work.resolve(record.name() + ".deb"), archives.get(record.name()));
    }
  }

  @BeforeEach
  void offerPackages() throws Exception {
    cache = new ImageCache(folder.resolve("cache"));
    index.put(
        "linux-image-686",
        new PackageRecord(
            Map.of("package", "linux-image-686", "depends", "linux-image-6.1.0-9-686 (= 9)")));
    offer("linux-image-6.1.0-9-686", new DebBuilder().file("./boot/vmlinuz-6.1.0-9-686", "kernel"));
    offer("busybox-static", new DebBuilder().file("./bin/busybox", "busybox"));
  }

  private void offer(String name, DebBuilder deb) throws IOException {
    final byte[] bytes = deb.build();
    archives.put(name, bytes);
    index.put(name, new PackageRecord(Map.of("package", name, "sha256", Sha256.of(bytes))));
  }

  private Image fetch() throws ImageException {
    return DEBIAN.fetch(cache, (work, progress) -> new Packages(work), line -> {});
  }

  @Test
  void followsTheMetapackageAndKeepsKernelAndInitramfs() throws Exception {
    final Image image = fetch();
    assertEquals("kernel", Files.readString(image.kernel()));
    assertTrue(Files.size(image.initrd().orElseThrow()) > 1000);
    assertTrue(image.runsScripts());
    assertEquals(List.of("linux-image-6.1.0-9-686", "busybox-static"), downloads);
  }

  @Test
  void asksNobodyWhenTheCacheHasIt() throws Exception {
    final Image first = fetch();
    downloads.clear();
    index.clear();
    assertEquals(first, fetch());
    assertEquals(List.of(), downloads);
  }

  @Test
  void makesTheInitramfsAnewWithoutANetwork() throws Exception {
    final Path initrd = fetch().initrd().orElseThrow();
    Files.delete(initrd);
    index.clear();
    assertEquals(initrd, fetch().initrd().orElseThrow());
    assertTrue(Files.exists(initrd));
  }

  @Test
  void aTamperedPackageIsRefusedAndLeavesNothing() throws Exception {
    archives.get("busybox-static")[100] ^= 1;
    final var e = assertThrows(ImageException.class, this::fetch);
    assertTrue(e.getMessage().startsWith("image debian: package busybox-static: SHA-256"));
    assertFalse(DEBIAN.isCached(cache));
    try (var left = Files.list(cache.folder())) {
      assertEquals(0, left.count(), "work in progress is left in the cache");
    }
  }

  @Test
  void anUnknownPackageGivesOneLine() {
    index.clear();
    final var e = assertThrows(ImageException.class, this::fetch);
    assertEquals("image debian: package linux-image-686 cannot be found", e.getMessage());
  }

  @Test
  void aCacheThatCannotBeWrittenGivesOneLine() throws Exception {
    final Path file = Files.writeString(folder.resolve("file"), "");
    cache = new ImageCache(file.resolve("cache"));
    final var e = assertThrows(ImageException.class, this::fetch);
    assertTrue(e.getMessage().contains(" cannot be used: "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  @Test
  void everyImageIsFoundByItsName() {
    for (ImageRecipe recipe : Images.list()) {
      assertEquals(Optional.of(recipe), Images.find(recipe.name()));
    }
    assertEquals(Optional.empty(), Images.find("no such image"));
  }
}
