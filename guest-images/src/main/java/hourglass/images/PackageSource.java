package hourglass.images;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where packages come from. */
interface PackageSource {
  /** Makes a source that keeps what it needs in a folder. */
  interface Opener {
    PackageSource open(Path work, Consumer<String> progress) throws IOException, ImageException;
  }

  /** Learns which packages there are. */
  void update() throws IOException, ImageException;

  /** The current version of a package for i386. */
  PackageRecord find(String name) throws IOException, ImageException;

  /** Downloads a package's archive. */
  Path download(PackageRecord record) throws IOException, ImageException;

  /** Downloads a package's archive, and checks its digest. */
  default Path fetch(PackageRecord record, Consumer<String> progress)
      throws IOException, ImageException {
    progress.accept("fetching " + record.name() + " " + record.version());
    final Path archive = download(record);
    record.verify(archive);
    return archive;
  }
}
