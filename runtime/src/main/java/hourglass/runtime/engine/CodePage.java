package hourglass.runtime.engine;

import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.RegionDescription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

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
  CodePage nextOfFrame;

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

  /** The regions that have code in the page. */
  List<Region> regions() {
    return Collections.unmodifiableList(regions);
  }

  /**
   * Forgets the instructions of some lines.
   *
   * @param written the lines, a bit each
   * @return the regions that have code there
   */
  List<Region> drop(int written) {
    // An instruction may begin in the line before.
    final int begun = written | written >>> 1;
    // Nothing may lead to what is dropped: neither from the line before it, nor from dropped
    // instructions, one of which the interpreter may be holding. Branches see for themselves.
    final int leading = begun | begun >>> 1;
    for (int rest = leading; rest != 0; rest &= rest - 1) {
      final int i = Integer.numberOfTrailingZeros(rest);
      final boolean dropped = (begun >> i & 1) != 0;
      if (lines[i] != null) {
        unlink(lines[i], dropped);
        if (dropped) {
          lines[i] = null;
        }
      }
    }
    final List<Region> found = new ArrayList<>();
    for (Region region : regions) {
      if ((linesOf(region) & written) != 0) {
        found.add(region);
      }
    }
    return found;
  }

  private static void unlink(CachedInstruction[] line, boolean dropped) {
    for (CachedInstruction instruction : line) {
      if (instruction != null) {
        instruction.next = null;
        if (dropped) {
          instruction.drop();
        }
      }
    }
  }

  /** Forgets a region that has code in the page. */
  void remove(Region region) {
    regions.remove(region);
  }

  /** Forgets all instructions but those that a region begins at. */
  void forgetInstructions() {
    for (int i = 0; i < LINES; i++) {
      final CachedInstruction[] line = lines[i];
      lines[i] = null;
      if (line != null) {
        for (int j = 0; j < Mmu.CODE_LINE; j++) {
          if (line[j] != null && line[j].region != null) {
            line[j].next = null;
            line[j].target = null;
            put((i << LINE_SHIFT) + j, line[j]);
          } else if (line[j] != null) {
            line[j].drop();
          }
        }
      }
    }
  }

  /** How many instructions are kept. */
  int count() {
    int count = 0;
    for (CachedInstruction[] line : lines) {
      if (line != null) {
        count += (int) Arrays.stream(line).filter(Objects::nonNull).count();
      }
    }
    return count;
  }

  /** The lines that hold instructions or code of regions, a bit each. */
  int usedLines() {
    int mask = 0;
    for (int i = 0; i < LINES; i++) {
      if (lines[i] != null) {
        for (int j = 0; j < Mmu.CODE_LINE; j++) {
          if (lines[i][j] != null) {
            mask |= linesOf((i << LINE_SHIFT) + j, lines[i][j].length);
          }
        }
      }
    }
    for (Region region : regions) {
      mask |= linesOf(region);
    }
    return mask;
  }

  private static int linesOf(int offset, int length) {
    final int last = Math.min(offset + length, GuestMemory.PAGE_SIZE) - 1;
    return 1 << (offset >>> LINE_SHIFT) | 1 << (last >>> LINE_SHIFT);
  }

  /** The lines of the page that hold a region's code, a bit each. */
  private int linesOf(Region region) {
    int mask = 0;
    for (RegionDescription.Piece piece : region.description.pieces()) {
      if (piece.frame() == frame) {
        mask |= linesOf(piece.offset(), piece.length());
      }
    }
    return mask;
  }
}
