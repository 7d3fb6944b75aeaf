package hourglass.runtime.cli;

import hourglass.images.Grain;
import hourglass.images.Image;
import hourglass.images.ImageCache;
import hourglass.images.ImageException;
import hourglass.images.ImageRecipe;
import hourglass.images.Images;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourglass images}: the images that can be booted by name. */
@Command(name = "images", description = "Lists, fetches and finds images.")
final class ImagesCommand implements Runnable {
  private final HostStreams streams;
  private final ImageCache cache;

  @Spec private CommandSpec spec;

  ImagesCommand(HostStreams streams, ImageCache cache) {
    this.streams = streams;
    this.cache = cache;
  }

  /** Called where no subcommand is named. */
  @Override
  public void run() {
    list();
  }

  /** Prints what there is, and what of it is in the cache. */
  @Command(name = "list", description = "Lists all images.")
  void list() {
    final PrintWriter out = spec.commandLine().getOut();
    out.printf("%-14s %-11s %s%n", Grain.NAME, "built in", Grain.DESCRIPTION);
    for (ImageRecipe recipe : Images.list()) {
      out.printf(
          "%-14s %-11s %s%n",
          recipe.name(), recipe.isCached(cache) ? "cached" : "not cached", recipe.description());
    }
  }

  /** Puts an image into the cache. */
  @Command(name = "fetch", description = "Puts an image into the cache.")
  void fetch(@Parameters(paramLabel = "NAME", description = "The image's name.") String name)
      throws CommandFailure, ImageException {
    fetch(find(name), cache, streams);
  }

  /** Prints where a cached image is. */
  @Command(
      name = "path",
      description = "Prints the folder in the cache that holds an image's kernel and initrd.")
  void path(@Parameters(paramLabel = "NAME", description = "The image's name.") String name)
      throws CommandFailure, ImageException {
    final ImageRecipe recipe = find(name);
    if (!recipe.isCached(cache)) {
      throw new CommandFailure(
          "image "
              + name
              + " is not in the cache: hourglass images fetch "
              + name
              + " puts it there");
    }
    spec.commandLine().getOut().println(fetch(recipe, cache, streams).kernel().getParent());
  }

  /** Finds a recipe by its name. */
  static ImageRecipe find(String name) throws CommandFailure {
    if (name.equals(Grain.NAME)) {
      throw new CommandFailure("image grain is part of the program: there is nothing to fetch");
    }
    return Images.find(name)
        .orElseThrow(() ->
            new CommandFailure(
                "there is no image '"
                    + name
                    + "', but "
                    + Images.list().stream()
                        .map(ImageRecipe::name)
                        .collect(Collectors.joining(", "))));
  }

  /** Takes an image from the cache, or fetches it and says so. */
  static Image fetch(ImageRecipe recipe, ImageCache cache, HostStreams streams)
      throws ImageException {
    return recipe.fetch(cache, streams::message);
  }
}
