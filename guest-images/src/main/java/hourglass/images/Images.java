package hourglass.images;

import java.util.List;
import java.util.Optional;

/** The images that can be booted by name. */
public final class Images {
  private static final List<ImageRecipe> RECIPES =
      List.of(
          new ImageRecipe(
              "debian",
              "Debian's current Linux for i386 (linux-image-686) with a busybox userspace",
              "linux-image-686",
              "boot/vmlinuz-.*",
              true,
              "console=ttyS0 nokaslr"),
          new ImageRecipe(
              "debian-pae",
              "the same with the PAE kernel (linux-image-686-pae)",
              "linux-image-686-pae",
              "boot/vmlinuz-.*",
              true,
              "console=ttyS0 nokaslr"),
          new ImageRecipe(
              "memtest86+",
              "the memory tester, 32-bit, on the serial console",
              "memtest86+",
              "boot/memtest86\\+ia32\\.bin",
              false,
              "console=ttyS0,115200"),
          new ImageRecipe(
              "grub-invaders",
              "a game that is a Multiboot kernel",
              "grub-invaders",
              "boot/invaders\\.exec",
              false,
              ""));

  private Images() {}

  /** All images, the default one first. */
  public static List<ImageRecipe> list() {
    return RECIPES;
  }

  /** The image of a name. */
  public static Optional<ImageRecipe> find(String name) {
    return RECIPES.stream().filter(recipe -> recipe.name().equals(name)).findFirst();
  }
}
