package hourglass.runtime.engine;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;

/** Interprets blocks from the code cache, each instruction by its handler. */
class BlockInterpreter {
  protected final Processor cpu;
  protected final CpuState state;
  private final CodeCache cache;

  /** The code page last used. */
  private CodePage page;

  /** What ended the block that has just been interpreted; null after anything else. */
  private CachedInstruction ended;

  BlockInterpreter(Processor cpu, CodeCache cache) {
    this.cpu = cpu;
    this.cache = cache;
    state = cpu.state;
    forget();
  }

  /** Forgets what came last: control may have gone elsewhere, code pages may be gone. */
  final void forget() {
    page = cache.page(0, 0);
    ended = null;
  }

  /** The code page of the block last {@linkplain #begin begun}. */
  final CodePage page() {
    return page;
  }

  /**
   * The first instruction of a block at CS:EIP. The branch that led there remembers it, for looking
   * it up reads three places that the host's caches seldom hold.
   *
   * @param frame physical page number
   * @param linear CS:EIP
   */
  final CachedInstruction begin(int frame, int linear) {
    final int offset = linear & GuestMemory.OFFSET_MASK;
    final CachedInstruction branch = ended;
    ended = null;
    if (branch != null) {
      final CachedInstruction known = branch.ledTo(offset);
      if (known != null && known.isAt(frame, state.modeKey, offset)) {
        page = known.page;
        return known;
      }
    }
    if (page.frame != frame || page.modeKey != state.modeKey) {
      page = cache.page(frame, state.modeKey);
    }
    final CachedInstruction first = at(offset);
    if (branch != null) {
      branch.leadsTo(first, linear);
    }
    return first;
  }

  private CachedInstruction at(int offset) {
    final CachedInstruction known = page.at(offset);
    return known == null ? cache.decode(page, offset) : known;
  }

  /**
   * Interprets from an instruction at CS:EIP to the end of its block, of the page, or of the slice.
   *
   * @param first as {@link #begin} gave it
   * @param onward whether an interpreter that can may go on in blocks that are known and cold
   */
  void interpret(CachedInstruction first, boolean onward) {
    final CpuState s = state;
    CachedInstruction at = first;
    while (true) {
      s.budget--;
      s.nextEip = s.eip + at.length;
      at.handler.execute(cpu, at.instruction);
      s.eip = s.nextEip;
      if (at.endsBlock) {
        end(at);
        return;
      }
      if (s.budget <= 0) {
        return;
      }
      CachedInstruction next = at.next;
      if (next == null) {
        next = following(at);
        if (next == null) {
          return;
        }
      }
      at = next;
    }
  }

  /** Begins a block without being asked to. */
  protected final void goOnAt(CachedInstruction first) {
    page = first.page;
    first.heat++;
  }

  /** Notes that a block has ended. */
  protected final void end(CachedInstruction last) {
    ended = last;
  }

  /**
   * The instruction at CS:EIP, which comes after {@code at} in its block; null where it is not
   * wholly in the same page.
   */
  protected final CachedInstruction following(CachedInstruction at) {
    final int offset = state.segment[CpuState.CS].base + state.eip & GuestMemory.OFFSET_MASK;
    if (offset < at.length || at.instruction.repeat != 0) {
      // Into the next page; or a repeated instruction that has not finished, whose successor must
      // not be remembered.
      return null;
    }
    final CachedInstruction next = at(offset);
    if (next.crossesPage) {
      return null;
    }
    at.next = next;
    return next;
  }
}
