package hourglass.runtime.testing;

import hourglass.images.Image;
import hourglass.images.ImageCache;
import hourglass.images.ImageException;
import hourglass.images.Images;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Real images for tests: from the user's cache, or fetched into it. */
public final class FetchedImages {
  private FetchedImages() {}

  /**
   * Gives an image. Where it cannot be had, the test that asked is skipped; with {@code CI=true} in
   * the environment, it fails.
   */
  public static Image get(String name) {
    try {
      return Images.find(name).orElseThrow().fetch(ImageCache.ofUser(), line -> {});
    } catch (ImageException e) {
      if ("true".equals(System.getenv("CI"))) {
        return Assertions.fail(e.getMessage(), e);
      }
      Assumptions.abort(e.getMessage());
      throw new AssertionError("aborting did not end the test", e);
    }
  }
}
