package hourglass.images;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * Gives the contents of the first plain file whose path matches.
   *
   * @param path regular expression of the whole path, without a leading slash
   * @throws ImageException where the archive is damaged or has no such file
   */
  static byte[] extract(Path deb, String path) throws IOException, ImageException {
    final Pattern wanted = Pattern.compile(path);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(deb));
        ArArchiveInputStream members = new ArArchiveInputStream(raw)) {
      for (ArArchiveEntry m = members.getNextEntry(); m != null; m = members.getNextEntry()) {
        if (m.getName().startsWith("data.tar")) {
          return find(decompress(members, m.getName(), deb), wanted, deb);
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

  private static byte[] find(InputStream data, Pattern wanted, Path deb)
      throws IOException, ImageException {
    final TarArchiveInputStream tar = new TarArchiveInputStream(data);
    for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
      final String name = e.getName().replaceFirst("^\\.?/+", "");
      if (e.isFile() && wanted.matcher(name).matches()) {
        return tar.readAllBytes();
      }
    }
    throw new ImageException("package " + deb.getFileName() + " has no file like " + wanted);
  }
}
