package hourglass.translator.ir;

import hourglass.translator.isa.Instruction;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Blocks that are translated together, ready for emission.
 *
 * @param modeKey what the code is translated under
 * @param blocks in the order in which they are laid out; offsets are from the start of the page
 *     that holds the root
 * @param entries offsets of the blocks at which the region may be entered, its root first; all in
 *     the root's page
 * @param knownTargets where a computed branch may lead without leaving the region, by the offset of
 *     the block that ends in it: a return to the blocks after the calls of its function, another
 *     one to where it led last
 * @param frames the physical page numbers of the pages that hold the code, by their distance in
 *     linear pages from the root's
 * @param accesses how instructions get at memory, by their offsets; {@link Accesses#SHARED} where
 *     nothing is said
 */
public record RegionCode(
    int modeKey,
    List<Block> blocks,
    List<Integer> entries,
    Map<Integer, List<Integer>> knownTargets,
    Map<Integer, Integer> frames,
    Map<Integer, Accesses> accesses) {
  /** The same with more entries. */
  public RegionCode withEntries(Collection<Integer> more) {
    final Set<Integer> all = new LinkedHashSet<>(entries);
    all.addAll(more);
    return new RegionCode(modeKey, blocks, List.copyOf(all), knownTargets, frames, accesses);
  }

  /** The same with the blocks' code turned into other code. */
  public RegionCode withBlocks(List<Block> others) {
    return new RegionCode(modeKey, others, entries, knownTargets, frames, accesses);
  }

  /** The offsets of the blocks that a computed branch may lead to. */
  public Set<Integer> computedPlaces() {
    final Set<Integer> places = new TreeSet<>();
    knownTargets.values().forEach(places::addAll);
    return places;
  }

  /** How the instruction at an offset gets at memory. */
  public Accesses accessesAt(int offset) {
    return accesses.getOrDefault(offset, Accesses.SHARED);
  }

  /** The number of guest instructions in all blocks. */
  public int instructionCount() {
    return blocks.stream().mapToInt(b -> b.steps().size()).sum();
  }

  /** The number of the page, from the root's, that holds an offset. */
  public static int pageOf(int offset) {
    return offset >> 12;
  }

  /** Whether an instruction at an offset reaches into the next page. */
  public static boolean crossesPage(int offset, Instruction instruction) {
    return pageOf(offset + instruction.length - 1) != pageOf(offset);
  }

  /** The physical page number of the code at an offset. */
  public int frameAt(int offset) {
    return frames.get(pageOf(offset));
  }
}
