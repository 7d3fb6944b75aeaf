package hourglass.runtime.engine;

import hourglass.runtime.memory.Mmu;
import hourglass.translator.emit.Region;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * What the engine keeps of one physical page of code under one mode key: decoded instructions, in
 * the 128-byte lines in which writes are watched, and regions.
 */
final class CodePage {
  private static final int LINE_SHIFT = Integer.numberOfTrailingZeros(Mmu.CODE_LINE);
  private static final int LINES = 32;

  /** Physical page number. */
  final int frame;

  final int modeKey;

  /** The page of the same frame under another mode key; null at the end. */
  final CodePage nextOfFrame;

  private final CachedInstruction[][] lines = new CachedInstruction[LINES][];
  private final List<Region> regions = new ArrayList<>();

  CodePage(int frame, int modeKey, CodePage nextOfFrame) {
    this.frame = frame;
    this.modeKey = modeKey;
    this.nextOfFrame = nextOfFrame;
  }

  /** The decoded instruction at an offset of the page; null where there is none. */
  CachedInstruction at(int offset) {
    final CachedInstruction[] line = lines[offset >>> LINE_SHIFT];
    return line == null ? null : line[offset & Mmu.CODE_LINE - 1];
  }

  void put(int offset, CachedInstruction instruction) {
    final int index = offset >>> LINE_SHIFT;
    if (lines[index] == null) {
      lines[index] = new CachedInstruction[Mmu.CODE_LINE];
    }
    lines[index][offset & Mmu.CODE_LINE - 1] = instruction;
  }

  void add(Region region) {
    regions.add(region);
  }

  List<Region> regions() {
    return Collections.unmodifiableList(regions);
  }

  /** The offsets at which the page has decoded instructions: those that have been executed. */
  BitSet reached() {
    final BitSet reached = new BitSet();
    for (int i = 0; i < LINES; i++) {
      if (lines[i] != null) {
        for (int j = 0; j < Mmu.CODE_LINE; j++) {
          if (lines[i][j] != null) {
            reached.set((i << LINE_SHIFT) + j);
          }
        }
      }
    }
    return reached;
  }

  /**
   * Forgets the instructions of some lines and the regions that have code there.
   *
   * @param written the lines, a bit each
   * @return how many regions are gone
   */
  int drop(int written) {
    // An instruction may begin in the line before.
    final int begun = written | written >>> 1;
    // Nothing may lead to what is dropped: neither from the line before it, nor from dropped
    // instructions, one of which the
    // interpreter may be holding.
    final int leading = begun | begun >>> 1;
    for (int i = 0; i < LINES; i++) {
      if ((leading >> i & 1) != 0 && lines[i] != null) {
        for (CachedInstruction instruction : lines[i]) {
          if (instruction != null) {
            instruction.next = null;
          }
        }
        if ((begun >> i & 1) != 0) {
          lines[i] = null;
        }
      }
    }
    int dropped = 0;
    for (Iterator<Region> all = regions.iterator(); all.hasNext(); ) {
      final Region region = all.next();
      if ((linesOf(region) & written) != 0) {
        region.valid = false;
        all.remove();
        dropped++;
        for (int entry : region.description.code().entries()) {
          final CachedInstruction instruction = at(entry);
          if (instruction != null && instruction.region == region) {
            instruction.region = null;
            instruction.heat = 0;
          }
        }
      }
    }
    return dropped;
  }

  /** The lines that hold a region's code, a bit each. */
  static int linesOf(Region region) {
    int mask = 0;
    final int[] offsets = region.description.offsets();
    for (int i = 0; i < offsets.length; i++) {
      final int last = offsets[i] + region.description.instructions()[i].length - 1;
      mask |= 1 << (offsets[i] >>> LINE_SHIFT) | 1 << (last >>> LINE_SHIFT);
    }
    return mask;
  }
}
