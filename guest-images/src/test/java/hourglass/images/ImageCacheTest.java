package hourglass.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageCacheTest {
  private static final Path HOME = Path.of("/home/someone");

  @TempDir Path folder;

  @Test
  void liesInTheHomeFolderByDefault() {
    assertEquals(Path.of("/home/someone/.cache/hourglass"), ImageCache.of(Map.of(), HOME).folder());
  }

  @Test
  void followsTheDesktopConvention() {
    final ImageCache cache = ImageCache.of(Map.of("XDG_CACHE_HOME", "/var/x"), HOME);
    assertEquals(Path.of("/var/x/hourglass"), cache.folder());
  }

  @Test
  void ignoresARelativeFolderOfTheDesktopConvention() {
    final ImageCache cache = ImageCache.of(Map.of("XDG_CACHE_HOME", "x"), HOME);
    assertEquals(Path.of("/home/someone/.cache/hourglass"), cache.folder());
  }

  @Test
  void ourOwnVariableMovesIt() {
    final ImageCache cache =
        ImageCache.of(Map.of("HOURGLASS_CACHE", "/data/h", "XDG_CACHE_HOME", "/var/x"), HOME);
    assertEquals(Path.of("/data/h"), cache.folder());
  }

  @Test
  void whoPublishesSecondKeepsTheFirstOnesFolder() throws Exception {
    final ImageCache cache = new ImageCache(folder);
    for (String run : new String[] {"first", "second"}) {
      final Path work = cache.newWorkFolder();
      Files.writeString(work.resolve("file"), run);
      cache.publish(work, cache.imageFolder("x"));
    }
    assertEquals("first", Files.readString(cache.imageFolder("x").resolve("file")));
  }

  @Test
  void aWrittenFileLeavesNothingBeside() throws Exception {
    new ImageCache(folder).writeFile(folder.resolve("file"), new byte[] {1});
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void deletesAFolderWithEverythingInIt() throws Exception {
    final Path work = new ImageCache(folder).newWorkFolder();
    Files.createDirectories(work.resolve("a/b"));
    Files.writeString(work.resolve("a/b/c"), "x");
    ImageCache.delete(work);
    assertFalse(Files.exists(work));
  }
}
