package hourglass.images;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.UUID;

/**
 * The folder fetched images are kept in. Whatever appears in it under its final name is complete:
 * it is made beside its place and then moved there, so that a run that is cut short leaves nothing
 * half done, and two at once do no harm.
 *
 * @param folder the cache folder; made when it is first needed
 */
public record ImageCache(Path folder) {
  /**
   * The user's cache: {@code $HOURGLASS_CACHE}, else {@code $XDG_CACHE_HOME/hourglass}, else {@code
   * ~/.cache/hourglass}.
   *
   * @param environment environment variables
   * @param home the user's home folder
   */
  public static ImageCache of(Map<String, String> environment, Path home) {
    final String own = environment.getOrDefault("HOURGLASS_CACHE", "");
    if (!own.isEmpty()) {
      return new ImageCache(Path.of(own).toAbsolutePath());
    }
    final Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    // The XDG base directory specification has relative paths ignored.
    return new ImageCache((xdg.isAbsolute() ? xdg : home.resolve(".cache")).resolve("hourglass"));
  }

  /** {@link #of} with this process's environment and user. */
  public static ImageCache ofUser() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Where an image's files are, once they have been fetched. */
  Path imageFolder(String name) {
    return folder.resolve("images").resolve(name);
  }

  /** Where a program's archive is, once it has been made. */
  Path programFile(String name) {
    return folder.resolve("programs").resolve(name + ".cpio");
  }

  /** Where kernels are kept that have been unpacked. */
  public Path unpackedFolder() {
    return folder.resolve("unpacked");
  }

  /** Makes a folder in the cache for work in progress. */
  Path newWorkFolder() throws IOException {
    Files.createDirectories(folder);
    return Files.createTempDirectory(folder, "work-");
  }

  /** Moves a finished folder to its place; where another run was faster, that one's stays. */
  void publish(Path finished, Path place) throws IOException {
    Files.createDirectories(place.getParent());
    try {
      Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(place)) {
        throw e;
      }
    }
  }

  /** Writes a file that is there either wholly or not at all. */
  void writeFile(Path place, byte[] bytes) throws IOException {
    final Path work = place.resolveSibling(".new-" + UUID.randomUUID());
    try {
      Files.write(work, bytes);
      Files.move(work, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(work);
    }
  }

  /** Deletes a folder and what is in it. */
  static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
