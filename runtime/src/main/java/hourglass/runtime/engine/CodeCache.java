package hourglass.runtime.engine;

import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import java.util.ArrayList;
import java.util.List;

/**
 * All decoded and translated code, by physical page and mode key, so that it survives changes of
 * address space and is shared by processes. Writes to it drop it again.
 */
final class CodeCache implements Mmu.CodeWatcher {
  /** After so many writes to a line of code it is not translated any more, only interpreted. */
  private static final int MAX_REWRITES = 24;

  private final Mmu memory;
  private final Statistics statistics;
  private final CodePage[] pages;
  private final byte[][] rewrites;

  CodeCache(Mmu memory, Statistics statistics) {
    this.memory = memory;
    this.statistics = statistics;
    final int frames = memory.ram.length >>> GuestMemory.PAGE_SHIFT;
    pages = new CodePage[frames];
    rewrites = new byte[frames][];
    memory.setCodeWatcher(this);
  }

  /** The page of a frame of RAM under a mode key, made where there is none. */
  CodePage page(int frame, int modeKey) {
    for (CodePage page = pages[frame]; page != null; page = page.nextOfFrame) {
      if (page.modeKey == modeKey) {
        return page;
      }
    }
    pages[frame] = new CodePage(frame, modeKey, pages[frame]);
    return pages[frame];
  }

  /**
   * Decodes the instruction at an offset of a page and keeps it.
   *
   * @return null where it crosses the end of the page
   */
  CachedInstruction decode(CodePage page, int offset) {
    final int begin = page.frame << GuestMemory.PAGE_SHIFT;
    final Instruction insn =
        Decoder.decode(
            memory.ram,
            begin + offset,
            begin + GuestMemory.PAGE_SIZE,
            (page.modeKey & CpuState.MODE_CODE32) != 0);
    if (insn.mnemonic == Mnemonic.INCOMPLETE) {
      return null;
    }
    final CachedInstruction cached = new CachedInstruction(insn);
    page.put(offset, cached);
    memory.watchCode(page.frame, offset, insn.length);
    return cached;
  }

  /** Makes a region reachable at all its entries that have no region of their own. */
  void install(CodePage page, Region region, int root) {
    region.frame = page.frame;
    region.valid = true;
    page.add(region);
    final int[] offsets = region.description.offsets();
    for (int i = 0; i < offsets.length; i++) {
      memory.watchCode(page.frame, offsets[i], region.description.instructions()[i].length);
    }
    for (int entry : region.description.code().entries()) {
      CachedInstruction instruction = page.at(entry);
      if (instruction == null) {
        instruction = decode(page, entry);
      }
      if (instruction.region == null || entry == root) {
        instruction.region = region;
      }
    }
  }

  /** All regions that may be entered, by physical page. */
  List<Region> regions() {
    final List<Region> all = new ArrayList<>();
    for (CodePage first : pages) {
      for (CodePage page = first; page != null; page = page.nextOfFrame) {
        all.addAll(page.regions());
      }
    }
    return all;
  }

  /** Whether a line of code is rewritten so often that translating it does not pay. */
  boolean isRestless(int frame, int offset) {
    final byte[] counts = rewrites[frame];
    return counts != null && counts[offset / Mmu.CODE_LINE] >= MAX_REWRITES;
  }

  @Override
  public void codeWritten(int frame, int lines) {
    countRewrites(frame, lines);
    for (CodePage page = pages[frame]; page != null; page = page.nextOfFrame) {
      final int dropped = page.drop(lines);
      for (int i = 0; i < dropped; i++) {
        Statistics.count(statistics.regionsDropped, Statistics.DropReason.CODE_WRITTEN);
      }
    }
  }

  private void countRewrites(int frame, int lines) {
    if (rewrites[frame] == null) {
      rewrites[frame] = new byte[GuestMemory.PAGE_SIZE / Mmu.CODE_LINE];
    }
    final byte[] counts = rewrites[frame];
    for (int i = 0; i < counts.length; i++) {
      if ((lines >> i & 1) != 0 && counts[i] < MAX_REWRITES) {
        counts[i]++;
      }
    }
  }
}
