package hourglass.translator.ir;

import java.util.List;

/**
 * Blocks that are translated together, ready for emission.
 *
 * @param modeKey what the code is translated under
 * @param blocks in the order in which they are laid out; offsets are from the start of the code
 *     page
 * @param entries offsets of the blocks at which the region may be entered, its root first
 */
public record RegionCode(int modeKey, List<Block> blocks, List<Integer> entries) {
  /** The number of guest instructions in all blocks. */
  public int instructionCount() {
    return blocks.stream().mapToInt(b -> b.steps().size()).sum();
  }
}
