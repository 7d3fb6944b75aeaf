package hourglass.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an image is fetched.
 *
 * @param name what the user calls it
 * @param description one line
 * @param kernelPackage the package with the kernel, or a metapackage that depends on it
 * @param kernelFile regular expression of the kernel's path in its package
 * @param userspace whether it gets an {@link Initramfs} of ours
 * @param commandLine default kernel command line
 */
public record ImageRecipe(
    String name,
    String description,
    String kernelPackage,
    String kernelFile,
    boolean userspace,
    String commandLine) {
  private static final String KERNEL = "kernel";
  private static final String BUSYBOX = "busybox";
  private static final String BUSYBOX_PACKAGE = "busybox-static";
  private static final String BUSYBOX_FILE = "(usr/)?bin/busybox";

  /** Whether the image can be had from the cache, without a network. */
  public boolean isCached(ImageCache cache) {
    return Files.isDirectory(cache.imageFolder(name));
  }

  /**
   * Gives the image from the cache, fetching it first where it is not there.
   *
   * @param progress gets a line at the beginning of every step that may take a while
   * @throws ImageException where it cannot be fetched or the cache cannot be written
   */
  public Image fetch(ImageCache cache, Consumer<String> progress) throws ImageException {
    return fetch(cache, PackageClient::new, progress);
  }

  Image fetch(ImageCache cache, PackageSource.Opener opener, Consumer<String> progress)
      throws ImageException {
    final Path folder = cache.imageFolder(name);
    try {
      if (!isCached(cache)) {
        final Path work = cache.newWorkFolder();
        try {
          final Path files = Files.createDirectory(work.resolve("files"));
          download(opener.open(work, progress), files, progress);
          cache.publish(files, folder);
        } finally {
          ImageCache.delete(work);
        }
      }
      final Optional<Path> initrd =
          userspace ? Optional.of(initramfs(cache, folder)) : Optional.empty();
      return new Image(name, folder.resolve(KERNEL), initrd, commandLine, userspace);
    } catch (IOException e) {
      throw new ImageException(
          "image " + name + ": cache " + cache.folder() + " cannot be used: " + e, e);
    } catch (ImageException e) {
      throw new ImageException("image " + name + ": " + e.getMessage(), e);
    }
  }

  private void download(PackageSource source, Path files, Consumer<String> progress)
      throws IOException, ImageException {
    source.update();
    final PackageRecord named = source.find(kernelPackage);
    final Optional<String> dependency = named.dependency("linux-image-");
    final PackageRecord kernel = dependency.isPresent() ? source.find(dependency.get()) : named;
    take(source, kernel, kernelFile, files.resolve(KERNEL), progress);
    if (userspace) {
      take(source, source.find(BUSYBOX_PACKAGE), BUSYBOX_FILE, files.resolve(BUSYBOX), progress);
    }
  }

  private static void take(
      PackageSource source, PackageRecord record, String file, Path to, Consumer<String> progress)
      throws IOException, ImageException {
    Files.write(to, DebArchive.extract(source.fetch(record, progress), file));
  }

  /**
   * The initramfs is made anew where ours has changed since the image was fetched. What is ours in
   * it shows without busybox, which is large: reading and digesting it would only lengthen each
   * start.
   */
  private Path initramfs(ImageCache cache, Path folder) throws IOException {
    final String ours = Sha256.of(Initramfs.build(new byte[0])).substring(0, 12);
    final Path place = folder.resolve("initrd-" + ours + ".cpio");
    if (!Files.exists(place)) {
      cache.writeFile(place, Initramfs.build(Files.readAllBytes(folder.resolve(BUSYBOX))));
    }
    return place;
  }
}
