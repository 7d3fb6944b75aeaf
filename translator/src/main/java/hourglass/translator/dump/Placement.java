package hourglass.translator.dump;

import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a region's code page lies, and what became of the region.
 *
 * @param linearPage linear address of the page
 * @param run what became of it in a run; nothing where it has only been translated
 */
public record Placement(int linearPage, Optional<Run> run) {
  /**
   * What became of a region in a run.
   *
   * @param physicalPage physical address of the page
   * @param entered how often the dispatcher entered the region
   * @param misses how often it was left because an access needed the slow path
   * @param links for each exit slot what it is linked to; nothing where it is not
   */
  public record Run(int physicalPage, long entered, int misses, List<Optional<String>> links) {}

  /** A page of code that has not run. */
  public static Placement at(int linearPage) {
    return new Placement(linearPage, Optional.empty());
  }

  /** A region as a run left it. */
  public static Placement of(Region region) {
    final List<Optional<String>> links = new ArrayList<>();
    for (Region next : region.exits) {
      links.add(
          Optional.ofNullable(next)
              .filter(n -> n.isValid())
              .map(n -> String.format("the region at %08x", n.rootAddress())));
    }
    return new Placement(
        region.linearPage,
        Optional.of(
            new Run(
                region.frame << GuestMemory.PAGE_SHIFT,
                region.entered,
                region.misses,
                List.copyOf(links))));
  }
}
