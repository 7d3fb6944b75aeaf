package hourglass.translator.analysis;

import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Terminal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The blocks of a region before which its code looks whether the slice has room: entries, heads of
 * loops, and places that would be too far from the one before. Each reserves what may run up to the
 * next, so the blocks between need not look, and a slice still ends at exactly the right
 * instruction.
 */
public final class Checkpoints {
  /**
   * The most instructions between two checkpoints, where no single block has more: what is left of
   * a slice when a reservation fails is interpreted.
   */
  private static final int MAX_DISTANCE = 64;

  private final RegionCode region;
  private final Map<Integer, Block> blocks = new HashMap<>();
  private final Set<Integer> checkpoints = new HashSet<>();

  /** By block: the most instructions from its beginning up to a checkpoint or out of the region. */
  private final Map<Integer, Integer> distances = new HashMap<>();

  private Checkpoints(RegionCode region) {
    this.region = region;
    region.blocks().forEach(block -> blocks.put(block.offset(), block));
  }

  /**
   * Finds the checkpoints of a region.
   *
   * @return by the offsets of their blocks, how many instructions each reserves
   */
  public static Map<Integer, Integer> of(RegionCode region) {
    final Checkpoints found = new Checkpoints(region);
    found.checkpoints.addAll(region.entries());
    found.checkpoints.addAll(region.computedPlaces());
    for (int start : List.copyOf(found.checkpoints)) {
      found.measure(start);
    }
    found.distances.keySet().retainAll(found.checkpoints);
    return found.distances;
  }

  /** Walks depth first, and measures each block after the blocks it leads to. */
  private void measure(int start) {
    final Set<Integer> open = new HashSet<>();
    final Deque<Integer> path = new ArrayDeque<>();
    path.push(start);
    while (!path.isEmpty()) {
      final int at = path.peek();
      if (distances.containsKey(at)) {
        path.pop();
        continue;
      }
      final List<Integer> next = successors(blocks.get(at));
      if (open.add(at)) {
        for (int to : next) {
          if (open.contains(to)) {
            checkpoints.add(to); // the head of a loop
          } else if (!distances.containsKey(to)) {
            path.push(to);
          }
        }
      } else {
        path.pop();
        open.remove(at);
        distances.put(at, distance(at, next));
      }
    }
  }

  private int distance(int at, List<Integer> next) {
    final int own = blocks.get(at).steps().size();
    int most = 0;
    for (int to : next) {
      if (own + distances.getOrDefault(to, 0) > MAX_DISTANCE) {
        checkpoints.add(to);
      }
      if (!checkpoints.contains(to)) {
        most = Math.max(most, distances.get(to));
      }
    }
    return own + most;
  }

  /**
   * The blocks of the region that a block leads to, but for those that a computed branch leads to.
   */
  private List<Integer> successors(Block block) {
    final List<Integer> all = new ArrayList<>();
    switch (block.terminal()) {
      case Terminal.Jump(int target) -> all.add(target);
      case Terminal.Branch branch -> {
        all.add(branch.taken());
        all.add(branch.notTaken());
      }
      default -> {
        // out of the region, or to checkpoints
      }
    }
    all.removeIf(target -> !blocks.containsKey(target));
    return all;
  }
}
