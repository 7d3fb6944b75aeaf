package hourglass.images;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Takes files out of a binary package: an ar archive with a compressed tar archive in it (manual
 * page deb(5)).
 */
final class DebArchive {
  private DebArchive() {}

  /**
   * Gives the plain files and the symbolic links whose paths match, in the package's order.
   *
   * @param path regular expression of the whole path, without a leading slash
   * @throws ImageException where the archive is damaged
   */
  static List<GuestFile> files(Path deb, String path) throws IOException, ImageException {
    return take(deb, path, found -> false);
  }

  private static List<GuestFile> take(Path deb, String path, Predicate<GuestFile> isLast)
      throws IOException, ImageException {
    final Pattern wanted = Pattern.compile(path);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(deb));
        ArArchiveInputStream members = new ArArchiveInputStream(raw)) {
      for (ArArchiveEntry m = members.getNextEntry(); m != null; m = members.getNextEntry()) {
        if (m.getName().startsWith("data.tar")) {
          return find(decompress(members, m.getName(), deb), wanted, isLast);
        }
      }
    } catch (EOFException e) {
      throw new ImageException("package " + deb.getFileName() + " is truncated", e);
    } catch (IOException e) {
      throw new ImageException(
          "package " + deb.getFileName() + " is damaged: " + e.getMessage(), e);
    }
    throw new ImageException("package " + deb.getFileName() + " has no data archive");
  }

  /**
   * Gives the contents of the first plain file whose path matches.
   *
   * @param path as for {@link #files}
   * @throws ImageException where the archive is damaged or has no such file
   */
  static byte[] extract(Path deb, String path) throws IOException, ImageException {
    return take(deb, path, found -> !found.isLink()).stream()
        .filter(file -> !file.isLink())
        .map(GuestFile::contents)
        .findFirst()
        .orElseThrow(
            () -> new ImageException("package " + deb.getFileName() + " has no file like " + path));
  }

  private static InputStream decompress(InputStream in, String member, Path deb)
      throws IOException, ImageException {
    return switch (member) {
      case "data.tar" -> in;
      case "data.tar.gz" -> new GZIPInputStream(in);
      case "data.tar.xz" -> new XZInputStream(in);
      default ->
          throw new ImageException(
              "package " + deb.getFileName() + ": cannot decompress its " + member);
    };
  }

  private static List<GuestFile> find(InputStream data, Pattern wanted, Predicate<GuestFile> isLast)
      throws IOException {
    final List<GuestFile> found = new ArrayList<>();
    final TarArchiveInputStream tar = new TarArchiveInputStream(data);
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      final String name = e.getName().replaceFirst("^\\.?/+", "");
      if (!wanted.matcher(name).matches() || !(e.isFile() || e.isSymbolicLink())) {
        continue;
      }
      final GuestFile file =
          e.isSymbolicLink()
              ? GuestFile.link(name, e.getLinkName())
              : GuestFile.file(name, tar.readAllBytes());
      found.add(file);
      if (isLast.test(file)) {
        break;
      }
    }
    return found;
  }
}
