package hourglass.runtime.engine;

import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.RegionDescription;
import hourglass.translator.isa.CpuModel;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All decoded and translated code, by physical page and mode key, so that it survives changes of
 * address space and is shared by processes. Writes to it drop it again.
 */
final class CodeCache implements Mmu.CodeWatcher {
  /** After so many writes to a line of code it is not translated any more, only interpreted. */
  private static final int MAX_REWRITES = 24;

  private static final int ACROSS_PAGES = CpuState.MODE_CODE32 | CpuState.MODE_FLAT;

  /**
   * How much code may be kept.
   *
   * @param regions the most regions
   * @param decoded how many instructions may be decoded before those that are decoded are thrown
   *     away
   */
  record Limits(int regions, int decoded) {
    /**
     * Some times what a boot of Debian makes, 1,400 regions and 250,000 decoded instructions; and
     * so little that it fits into what the launcher gives the JVM beside the guest's RAM.
     */
    static final Limits DEFAULT = new Limits(1 << 13, 1 << 20);
  }

  /** A region, and how often it had been entered when its turn to be evicted came last. */
  private record Kept(Region region, long entered) {}

  private final Mmu memory;

  /** The processor that runs what is cached. */
  final CpuModel model;

  private final Statistics statistics;
  private final Limits limits;

  /** All regions that may be entered and some that may not, the next to be evicted first. */
  private final Deque<Kept> regions = new ArrayDeque<>();

  private final CodePage[] pages;
  private final byte[][] rewrites;

  /** Told of regions; set before the first run. */
  RegionListener listener = RegionListener.NOBODY;

  /** The bytes of the instruction that is being decoded. */
  private final byte[] scratch = new byte[Decoder.MAX_LENGTH];

  /** Instructions decoded since the last sweep. */
  private int decoded;

  /** What runs before the instructions at some physical addresses. */
  private Map<Integer, Runnable> observers = Map.of();

  CodeCache(Mmu memory, CpuModel model, Statistics statistics, Limits limits) {
    this.model = model;
    this.memory = memory;
    this.statistics = statistics;
    this.limits = limits;
    statistics.mostRegions = limits.regions;
    final int frames = memory.ram.size() >>> GuestMemory.PAGE_SHIFT;
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

  /** Decodes the instruction at an offset of a page and keeps it. */
  CachedInstruction decode(CodePage page, int offset) {
    final int begin = page.frame << GuestMemory.PAGE_SHIFT;
    final int length = Math.min(GuestMemory.PAGE_SIZE - offset, Decoder.MAX_LENGTH);
    memory.ram.copyOut(begin + offset, scratch, 0, length);
    final Instruction insn =
        Decoder.decode(scratch, 0, length, (page.modeKey & CpuState.MODE_CODE32) != 0, model);
    final Runnable observer = observers.get(begin + offset);
    final CachedInstruction cached =
        observer == null || insn.mnemonic == Mnemonic.INCOMPLETE // stepped, observer and all
            ? new CachedInstruction(insn, page, offset)
            : new CachedInstruction(insn, page, offset, observer);
    decoded++;
    page.put(offset, cached);
    memory.watchCode(
        page.frame, offset, cached.crossesPage ? GuestMemory.PAGE_SIZE - offset : insn.length);
    return cached;
  }

  /** Makes a region reachable at all its entries that have no region of their own. */
  void install(CodePage page, Region region, int root) {
    while (regions.size() >= limits.regions) {
      evict();
    }
    regions.add(new Kept(region, 0));
    region.frame = page.frame;
    for (RegionDescription.Piece piece : region.description.pieces()) {
      memory.watchCode(piece.frame(), piece.offset(), piece.length());
    }
    pagesOf(region).forEach(holding -> holding.add(region));
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

  private Stream<CodePage> pagesOf(Region region) {
    final int modeKey = region.description.code().modeKey();
    return region.description.pieces().stream()
        .map(RegionDescription.Piece::frame)
        .distinct()
        .map(frame -> page(frame, modeKey));
  }

  /** Has a region entered no more. */
  void discard(Region region) {
    final CodePage page = page(region.frame, region.description.code().modeKey());
    region.frame = Region.NOWHERE;
    Arrays.fill(region.exits, null); // else one that is gone would keep others that are gone
    pagesOf(region).forEach(holding -> holding.remove(region));
    for (int entry : region.description.code().entries()) {
      final CachedInstruction instruction = page.at(entry);
      if (instruction != null && instruction.region == region) {
        instruction.region = null;
        instruction.heat = 0;
      }
    }
  }

  /** Notes that a region has been thrown away. */
  void countDropped(Region region, Statistics.DropReason reason) {
    Statistics.count(statistics.regionsDropped, reason);
    listener.dropped(region, reason);
  }

  /** Throws away the first region that has not been entered since its turn came last. */
  private void evict() {
    final Kept first = regions.remove();
    final Region region = first.region;
    if (region.isValid() && region.entered != first.entered) {
      regions.add(new Kept(region, region.entered));
    } else if (region.isValid()) {
      discard(region);
      countDropped(region, Statistics.DropReason.EVICTED);
    }
  }

  /**
   * Where too many instructions have been decoded, throws them away, all but those that a region
   * begins at. To be called when none is being executed: pages may be gone after it.
   *
   * @return whether it has
   */
  boolean sweep() {
    if (decoded < limits.decoded) {
      return false;
    }
    decoded = 0;
    statistics.decodedSweeps++;
    for (int frame = 0; frame < pages.length; frame++) {
      int used = 0;
      CodePage left = null;
      for (CodePage page = pages[frame]; page != null; ) {
        final CodePage next = page.nextOfFrame;
        page.forgetInstructions();
        if (!page.regions().isEmpty()) {
          used |= page.usedLines();
          page.nextOfFrame = left;
          left = page;
        }
        page = next;
      }
      pages[frame] = left;
      memory.unwatchCode(frame, ~used);
    }
    return true;
  }

  /** How many decoded instructions are kept. */
  long decodedKept() {
    long count = 0;
    for (CodePage first : pages) {
      for (CodePage page = first; page != null; page = page.nextOfFrame) {
        count += page.count();
      }
    }
    return count;
  }

  /**
   * Whether regions may have code in several pages: with 32-bit offsets and no segment bases, where
   * the next page is the next page.
   */
  boolean crossesPages(int modeKey) {
    return (modeKey & ACROSS_PAGES) == ACROSS_PAGES;
  }

  /** The decoded instruction of a place; any thread may ask, and may hear of the past. */
  Optional<CachedInstruction> decoded(int frame, int modeKey, int offset) {
    for (CodePage page = pages[frame]; page != null; page = page.nextOfFrame) {
      if (page.modeKey == modeKey) {
        return Optional.ofNullable(page.at(offset));
      }
    }
    return Optional.empty();
  }

  // --- observed instructions -------------------------------------------------------------------

  /** Replaces all observers, and drops what is cached of the code at their addresses. */
  void observe(Map<Integer, Runnable> next) {
    final Map<Integer, Runnable> before = observers;
    observers = Map.copyOf(next);
    before.keySet().forEach(this::forget);
    observers.keySet().forEach(this::forget);
  }

  private void forget(int physical) {
    final int line = (physical & GuestMemory.OFFSET_MASK) / Mmu.CODE_LINE;
    drop(physical >>> GuestMemory.PAGE_SHIFT, 1 << line, Statistics.DropReason.OBSERVED);
  }

  boolean isObserving() {
    return !observers.isEmpty();
  }

  /** Whether an address has an observer; any thread may ask, and may hear of the past. */
  boolean isObserved(int physical) {
    return observers.containsKey(physical);
  }

  /** Runs the observer of a physical address, if there is one. */
  void runObserver(int physical) {
    final Runnable observer = observers.get(physical);
    if (observer != null) {
      observer.run();
    }
  }

  /** All regions that may be entered, by the physical page of their entries. */
  List<Region> regions() {
    final List<Region> all = new ArrayList<>();
    for (CodePage first : pages) {
      for (CodePage page = first; page != null; page = page.nextOfFrame) {
        for (Region region : page.regions()) {
          if (region.frame == page.frame) {
            all.add(region);
          }
        }
      }
    }
    return all;
  }

  /**
   * Whether a line of code is rewritten so often that translating it does not pay; any thread may
   * ask, and may hear of the past.
   */
  boolean isRestless(int frame, int offset) {
    final byte[] counts = rewrites[frame];
    return counts != null && counts[offset / Mmu.CODE_LINE] >= MAX_REWRITES;
  }

  @Override
  public void codeWritten(int frame, int lines) {
    countRewrites(frame, lines);
    drop(frame, lines, Statistics.DropReason.CODE_WRITTEN);
  }

  private void drop(int frame, int lines, Statistics.DropReason reason) {
    for (CodePage page = pages[frame]; page != null; page = page.nextOfFrame) {
      for (Region region : page.drop(lines)) {
        discard(region);
        countDropped(region, reason);
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
