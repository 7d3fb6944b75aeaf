package hourglass.runtime.engine;

import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * The beginnings of blocks that have been translated lately as parts of regions.
 *
 * <p>The blocks of a loop become hot together, and each is asked for. The first region takes most
 * of the others in; that they are hot is of the time before it, and says nothing of whether they
 * still run outside of it.
 */
final class CoveredPlaces {
  /** How many are remembered: about the blocks of a thousand regions, more than ever wait. */
  private static final int MOST = 1 << 13;

  private final SequencedSet<Long> places = new LinkedHashSet<>();

  /** Remembers the blocks of a region. */
  void add(Region region) {
    final RegionCode code = region.description.code();
    for (Block block : code.blocks()) {
      places.add(place(code.frameAt(block.offset()), block.offset(), code.modeKey()));
    }
    while (places.size() > MOST) {
      places.removeFirst();
    }
  }

  /** Whether a place is among them; it counts once. */
  boolean take(int frame, int offset, int modeKey) {
    return places.remove(place(frame, offset, modeKey));
  }

  private static long place(int frame, int offset, int modeKey) {
    final int physical = frame << GuestMemory.PAGE_SHIFT | offset & GuestMemory.OFFSET_MASK;
    return (long) modeKey << 32 | physical & 0xFFFF_FFFFL;
  }
}
