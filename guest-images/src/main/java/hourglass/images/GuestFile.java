package hourglass.images;

import java.nio.charset.StandardCharsets;

/**
 * A file for a guest's userspace.
 *
 * @param path without a leading slash
 * @param isLink whether it is a symbolic link
 * @param contents what is in it, or a symbolic link's target
 */
record GuestFile(String path, boolean isLink, byte[] contents) {
  /** A plain file. */
  static GuestFile file(String path, byte[] contents) {
    return new GuestFile(path, false, contents);
  }

  /** A symbolic link. */
  static GuestFile link(String path, String target) {
    return new GuestFile(path, true, target.getBytes(StandardCharsets.UTF_8));
  }
}
