package hourglass.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * How a program for the userspace of the Debian images is fetched, with the shared libraries it
 * needs: an archive that {@link Initramfs#withProgram} adds to an image's own.
 *
 * @param name what it is called
 * @param packageName the package that it is in, or one that depends on that
 * @param files regular expression of the paths that are taken from its packages, beside libraries
 */
public record ProgramRecipe(String name, String packageName, String files) {
  /** The packages that are followed from the first one; the others are left out. */
  private static final Pattern FOLLOWED =
      Pattern.compile(
          "(lib)?python3\\.\\d+-minimal|libc6|libgcc-s1|libstdc\\+\\+6|libreadline\\d+(t64)?"
              + "|libtinfo6|libsqlite3-0|zlib1g|libexpat1");

  private static final String LIBRARIES =
      "(usr/)?lib/(i386-linux-gnu/)?"
          + "(ld-linux|lib(c|m|gcc_s|stdc\\+\\+|readline|tinfo|sqlite3|z|expat))\\.so[.0-9]*";

  private static final List<ProgramRecipe> RECIPES =
      List.of(
          new ProgramRecipe("7zip", "7zip", "usr/bin/7zz"),
          new ProgramRecipe("lua", "lua5.4", "usr/bin/lua5\\.4"),
          new ProgramRecipe(
              "python",
              "python3-minimal",
              // Of the standard library what is not for networks, mail or terminals.
              "usr/bin/python3(\\.\\d+)?"
                  + "|usr/lib/python3\\.\\d+/((collections|importlib|re)/)?[^/]*\\.py"
                  + "|usr/lib/python3\\.\\d+/encodings/(__init__|aliases|ascii|latin_1|utf_8)\\.py"),
          new ProgramRecipe("sqlite", "sqlite3", "usr/bin/sqlite3"));

  /** The recipe of a program. */
  public static Optional<ProgramRecipe> find(String name) {
    return RECIPES.stream().filter(recipe -> recipe.name().equals(name)).findFirst();
  }

  /**
   * Gives the program's archive from the cache, fetching it first where it is not there.
   *
   * @param progress gets a line at the beginning of every step that may take a while
   * @throws ImageException where it cannot be fetched or the cache cannot be written
   */
  public Path fetch(ImageCache cache, Consumer<String> progress) throws ImageException {
    return fetch(cache, PackageClient::new, progress);
  }

  Path fetch(ImageCache cache, PackageSource.Opener opener, Consumer<String> progress)
      throws ImageException {
    final Path place = cache.programFile(name + "-" + digest());
    try {
      if (!Files.exists(place)) {
        final Path work = cache.newWorkFolder();
        try {
          final byte[] archive = download(opener.open(work, progress), progress);
          Files.createDirectories(place.getParent());
          cache.writeFile(place, archive);
        } finally {
          ImageCache.delete(work);
        }
      }
      return place;
    } catch (IOException e) {
      throw new ImageException(
          "program " + name + ": cache " + cache.folder() + " cannot be used: " + e, e);
    } catch (ImageException e) {
      throw new ImageException("program " + name + ": " + e.getMessage(), e);
    }
  }

  /** Of all that the archive depends on here, so that a recipe that has changed is fetched anew. */
  private String digest() {
    final String all = String.join("\n", packageName, files, FOLLOWED.pattern(), LIBRARIES);
    return Sha256.of(all.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
  }

  private byte[] download(PackageSource source, Consumer<String> progress)
      throws IOException, ImageException {
    source.update();
    final String wanted = files + "|" + LIBRARIES;
    final List<GuestFile> taken = new ArrayList<>();
    final Set<String> seen = new HashSet<>(Set.of(packageName));
    final Deque<String> next = new ArrayDeque<>(seen);
    while (!next.isEmpty()) {
      final PackageRecord record = source.find(next.remove());
      taken.addAll(DebArchive.files(source.fetch(record, progress), wanted));
      for (String dependency : record.dependencies()) {
        if (FOLLOWED.matcher(dependency).matches() && seen.add(dependency)) {
          next.add(dependency);
        }
      }
    }
    final Pattern program = Pattern.compile(files);
    if (taken.stream().noneMatch(file -> program.matcher(file.path()).matches())) {
      throw new ImageException("package " + packageName + " has no file like " + files);
    }
    return Initramfs.buildAddition(taken);
  }
}
