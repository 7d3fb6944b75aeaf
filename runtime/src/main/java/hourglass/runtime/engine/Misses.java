package hourglass.runtime.engine;

import hourglass.translator.emit.Region;
import hourglass.translator.ir.Accesses;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import java.util.HashMap;
import java.util.Map;

/**
 * Accesses for which a region was left, because they needed the slow path: where there are too many
 * of them, it is to be translated anew, so that the instructions that make them get at memory in
 * another way.
 */
final class Misses {
  /**
   * After so many a region is looked at: they have taken some milliseconds by then, and so does the
   * way of a new region through HotSpot's compilers.
   */
  private static final int COUNTED = 4096;

  /**
   * Entries into a region for each of them below which it is translated anew: leaving and coming
   * back takes as long as some tens of entries.
   */
  private static final int ENTRIES = 200;

  /** An instruction that makes one in so many of a region's is to get at memory in another way. */
  private static final int SHARE = 128;

  private Misses() {}

  /**
   * Counts one.
   *
   * @param step index of the instruction in the region
   * @return whether the region is to be translated anew
   */
  static boolean count(Region region, int step) {
    if (region.missesAt.length == 0) {
      region.missesAt = new int[region.description.instructions().length];
    }
    region.missesAt[step]++;
    return ++region.misses % COUNTED == 0 && region.entered < (long) region.misses * ENTRIES;
  }

  /** How a region's instructions are to get at memory, by their offsets, after what it has met. */
  static Map<Integer, Accesses> learnt(Region region) {
    final RegionCode code = region.description.code();
    final Map<Integer, Accesses> accesses = new HashMap<>(code.accesses());
    int i = 0;
    for (Block block : code.blocks()) {
      for (Step step : block.steps()) {
        if ((long) region.missesAt[i++] * SHARE > region.misses) {
          accesses.put(step.offset(), step.looksForOthers() ? Accesses.SINGLE : Accesses.SLOW);
        }
      }
    }
    return Map.copyOf(accesses);
  }
}
