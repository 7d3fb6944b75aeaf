package hourglass.runtime.engine;

import hourglass.translator.analysis.CodeSource;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Accesses;
import hourglass.translator.isa.CpuModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The guest's code as a translation sees it, copied page by page as it is asked for.
 *
 * <p>The translator's thread reads RAM, page map and code cache while the guest goes on changing
 * them. What it reads may be old or torn; so a region is compared with RAM before it may be
 * entered, and checks by itself that a page is mapped before it goes on there.
 */
final class EngineCode implements CodeSource {
  private final CodeCache cache;
  private final GuestMemory memory;
  private final CodePage rootPage;
  private final int linearPage;
  private final int denyFetch;
  private final boolean everywhere;
  private final Map<Integer, Accesses> accesses;
  private final Map<Integer, Optional<Page>> copies = new HashMap<>();

  /**
   * The code around a page.
   *
   * @param linearPage linear address at which the guest has the page mapped
   * @param denyFetch the page map's deny bit for fetching at the current privilege level
   * @param everywhere whether all code counts as executed
   * @param accesses how instructions are to get at memory, by their offsets
   */
  EngineCode(
      CodeCache cache,
      GuestMemory memory,
      CodePage rootPage,
      int linearPage,
      int denyFetch,
      boolean everywhere,
      Map<Integer, Accesses> accesses) {
    this.cache = cache;
    this.memory = memory;
    this.rootPage = rootPage;
    this.linearPage = linearPage;
    this.denyFetch = denyFetch;
    this.everywhere = everywhere;
    this.accesses = accesses;
  }

  @Override
  public int modeKey() {
    return rootPage.modeKey;
  }

  @Override
  public CpuModel model() {
    return cache.model;
  }

  @Override
  public Optional<Page> page(int number) {
    return copies.computeIfAbsent(number, n -> frameOf(n).map(this::copy));
  }

  private Optional<Integer> frameOf(int number) {
    if (number == 0) {
      return Optional.of(rootPage.frame);
    }
    if (!cache.crossesPages(rootPage.modeKey)) {
      return Optional.empty();
    }
    final int linear = linearPage + (number << GuestMemory.PAGE_SHIFT);
    if (number > 0 && Integer.compareUnsigned(linear, linearPage) < 0) {
      return Optional.empty(); // offsets end there
    }
    final int entry = memory.pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    return (entry & denyFetch) == 0 ? Optional.of(GuestMemory.frame(entry)) : Optional.empty();
  }

  private Page copy(int frame) {
    final int begin = frame << GuestMemory.PAGE_SHIFT;
    return new Page(frame, memory.ram.bytes(begin, GuestMemory.PAGE_SIZE));
  }

  @Override
  public Map<Integer, Accesses> accesses() {
    return accesses;
  }

  @Override
  public boolean isReached(int offset) {
    return page(offset >> GuestMemory.PAGE_SHIFT).isPresent()
        && (everywhere || decoded(offset).isPresent());
  }

  @Override
  public OptionalInt lastTarget(int offset) {
    final OptionalInt linear =
        decoded(offset).map(CachedInstruction::lastTarget).orElse(OptionalInt.empty());
    return linear.isPresent() ? OptionalInt.of(linear.getAsInt() - linearPage) : linear;
  }

  private Optional<CachedInstruction> decoded(int offset) {
    return page(offset >> GuestMemory.PAGE_SHIFT)
        .flatMap(page ->
            cache.decoded(page.frame(), rootPage.modeKey, offset & GuestMemory.OFFSET_MASK));
  }

  @Override
  public boolean isLeftOut(int offset) {
    return page(offset >> GuestMemory.PAGE_SHIFT)
        .filter(page -> isLeftOut(page.frame(), offset & GuestMemory.OFFSET_MASK))
        .isPresent();
  }

  private boolean isLeftOut(int frame, int offset) {
    return cache.isRestless(frame, offset)
        || cache.isObserved(frame << GuestMemory.PAGE_SHIFT | offset);
  }
}
