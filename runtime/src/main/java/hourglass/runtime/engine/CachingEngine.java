package hourglass.runtime.engine;

import hourglass.runtime.interpreter.Interpreter;
import hourglass.runtime.interrupt.TripleFault;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Segment;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.RegionDescription;
import hourglass.translator.ir.Accesses;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs guest code from the code cache: decoded instructions in the interpreter, and regions where
 * there are some.
 *
 * <p>As the engine {@code interpret} it never makes a region. As the engine {@code translate} it
 * counts how often each block begins, and has hot ones translated.
 */
public final class CachingEngine implements Engine {
  /** Entries of the cache of computed branch targets; a power of two. */
  private static final int TARGETS = 1 << 12;

  private final Processor cpu;
  private final CpuState state;
  private final GuestMemory ram;
  private final Interpreter stepper;
  private final BlockInterpreter blocks;
  private final Statistics statistics;
  private final CodeCache cache;
  private final boolean translates;
  private final int threshold;

  /** Whether the guest waits for translations. */
  private final boolean inPlace;

  private final EngineCallouts callouts;
  private final RegionQueue queue;

  /** Regions that computed branches led to, by a hash of where. */
  private final Region[] targetRegions = new Region[TARGETS];

  /** Their modes and linear addresses. */
  private final long[] targetAddresses = new long[TARGETS];

  private final long[] exits = new long[ExitReason.values().length];
  private long translated;

  /** Why translated code was left for the interpreter. */
  private enum ExitReason {
    COLD_TARGET,
    COLD_COMPUTED_TARGET,
    END_OF_SLICE,
    EXCEPTION,
    SLOW_ACCESS,
    /**
     * The instruction writes to code, repeats a string that is not in one page, or lies in two
     * pages the second of which has moved.
     */
    REEXECUTED,
    CALLOUT
  }

  /** Makes the engine that only interprets. */
  public static CachingEngine interpreting(Processor cpu, Statistics statistics) {
    return new CachingEngine(cpu, statistics, CodeCache.Limits.DEFAULT, false, 0, false);
  }

  /**
   * Makes the engine that translates.
   *
   * @param heat how often a block is interpreted before it is translated; with 0 every block is
   *     translated, on the guest's own thread, before it first runs
   */
  public static CachingEngine translating(Processor cpu, Statistics statistics, int heat) {
    return new CachingEngine(cpu, statistics, CodeCache.Limits.DEFAULT, true, heat, heat == 0);
  }

  /**
   * As {@link #translating}, always on the guest's own thread, so that a run is like the next one.
   */
  public static CachingEngine translatingInPlace(Processor cpu, Statistics statistics, int heat) {
    return translatingInPlace(cpu, statistics, heat, CodeCache.Limits.DEFAULT);
  }

  /** As {@link #translatingInPlace}, with other limits. */
  static CachingEngine translatingInPlace(
      Processor cpu, Statistics statistics, int heat, CodeCache.Limits limits) {
    return new CachingEngine(cpu, statistics, limits, true, heat, true);
  }

  private CachingEngine(
      Processor cpu,
      Statistics statistics,
      CodeCache.Limits limits,
      boolean translates,
      int heat,
      boolean inPlace) {
    this.cpu = cpu;
    this.statistics = statistics;
    this.translates = translates;
    threshold = heat;
    this.inPlace = inPlace;
    state = cpu.state;
    ram = cpu.memory;
    callouts = new EngineCallouts(cpu);
    queue = new RegionQueue(state, ram, callouts);
    stepper = new Interpreter(cpu);
    cache = new CodeCache(cpu.memory, cpu.model, statistics, limits);
    Arrays.fill(targetAddresses, -1);
    if (translates) {
      Compilers.prepare();
    }
    blocks =
        translates
            ? new QuickInterpreter(cpu, cache, Math.max(1, threshold))
            : new BlockInterpreter(cpu, cache);
  }

  // --- the loop

  @Override
  public void run() {
    cache.sweep();
    blocks.forget();
    installFinished();
    while (state.budget > 0 && !state.halted) {
      if (cpu.needsCare()) {
        step();
      } else {
        try {
          block(translates);
        } catch (GuestFault fault) {
          cpu.interrupts.exception(fault);
        }
      }
    }
  }

  /** Executes one instruction outside the cache. */
  private void step() {
    if (cache.isObserving()) {
      try {
        final int physical = fetch(state.segment[CpuState.CS].base + state.eip);
        cache.runObserver(physical);
      } catch (GuestFault fault) {
        state.budget++; // the step comes to the same fault, and counts it
      }
    }
    stepper.step();
  }

  /**
   * Runs from CS:EIP: a region, where there is one, else a block in the interpreter.
   *
   * @param regionsAllowed whether a region may run
   */
  private void block(boolean regionsAllowed) {
    final Segment cs = state.segment[CpuState.CS];
    final int linear = cs.base + state.eip;
    final int offset = linear & GuestMemory.OFFSET_MASK;
    final int lastInPage = state.eip - offset + GuestMemory.OFFSET_MASK;
    if (Integer.compareUnsigned(lastInPage, cs.highest) > 0
        || Integer.compareUnsigned(lastInPage, state.eip) < 0
        || Integer.compareUnsigned(state.eip, cs.lowest) < 0) {
      step();
      return;
    }
    final int physical = fetch(linear);
    if (physical < 0) {
      step();
      return;
    }
    CachedInstruction first = blocks.begin(physical >>> GuestMemory.PAGE_SHIFT, linear);
    if (regionsAllowed && isTranslatable(cs, offset)) {
      if (first.region == null && heatUp(first, offset)) {
        first = blocks.page().at(offset); // translated at once
      }
      if (first.region != null) {
        regions(first.region, linear);
        return;
      }
    }
    if (first.crossesPage) {
      step();
    } else {
      blocks.interpret(first, regionsAllowed);
    }
  }

  /** The physical address of code, -1 outside RAM; an instruction whose fetch faults is counted. */
  private int fetch(int linear) {
    state.budget--;
    final int physical = cpu.memory.fetch(linear);
    state.budget++;
    return physical;
  }

  // --- heat

  /**
   * Whether regions may run at CS:EIP: offsets that leave the page by a branch must not need a
   * check of the segment's limit, nor those that leave it at its end; and with 16-bit offsets none
   * may wrap inside the page. Regions do not check alignment.
   *
   * @param offset of EIP in its page
   */
  private boolean isTranslatable(Segment cs, int offset) {
    if ((state.modeKey & CpuState.MODE_ALIGNED) != 0) {
      return false;
    }
    final int begin = state.eip - offset;
    if (cs.isBig()) {
      return cs.highest == -1 && Integer.compareUnsigned(begin, -GuestMemory.PAGE_SIZE) <= 0;
    }
    return Integer.compareUnsigned(cs.highest, 0xFFFF) >= 0
        && begin >= 0
        && begin < 0x1_0000 - GuestMemory.PAGE_SIZE;
  }

  /** Counts a block that begins; true where it has been translated on the spot. */
  private boolean heatUp(CachedInstruction first, int offset) {
    // Without a threshold a block is hot before it first runs.
    if (first.heat++ == Math.max(0, threshold - 1)
        && !cache.isRestless(blocks.page().frame, offset)) {
      if (inPlace) {
        translateInPlace(request(offset));
        return true;
      }
      if (!queue.offer(request(offset))) {
        first.heat = 0;
      }
    }
    return false;
  }

  private RegionQueue.Request request(int offset) {
    final int linearPage = state.segment[CpuState.CS].base + state.eip - offset;
    return request(blocks.page(), offset, linearPage, Optional.empty());
  }

  private RegionQueue.Request request(
      CodePage of, int root, int linearPage, Optional<Region> replaced) {
    final boolean everywhere = threshold == 0;
    final Map<Integer, Accesses> accesses = replaced.map(Misses::learnt).orElse(Map.of());
    return new RegionQueue.Request(
        of.frame,
        root,
        of.at(root),
        linearPage,
        new EngineCode(cache, ram, of, linearPage, state.denyFetch(), everywhere, accesses),
        replaced);
  }

  /** Has a region translated anew that is left too often for an access. */
  private void afterMiss(Region region, int step) {
    if (Misses.count(region, step) && region.isValid()) {
      final RegionQueue.Request request =
          request(
              cache.page(region.frame, state.modeKey),
              region.description.code().entries().getFirst(),
              region.linearPage,
              Optional.of(region));
      if (inPlace) {
        translateInPlace(request);
      } else {
        queue.offer(request);
      }
    }
  }

  private void translateInPlace(RegionQueue.Request request) {
    state.busyWith = CpuState.BUSY_WITH_TRANSLATION;
    finish(queue.translate(request));
    state.busyWith = CpuState.BUSY_WITH_CODE;
  }

  private void installFinished() {
    for (RegionQueue.Result done = queue.poll(); done != null; done = queue.poll()) {
      state.busyWith = CpuState.BUSY_WITH_TRANSLATION;
      finish(done);
      state.busyWith = CpuState.BUSY_WITH_CODE;
    }
  }

  private void finish(RegionQueue.Result done) {
    statistics.translationNanos += done.nanos();
    if (done.failure().isPresent()) {
      throw done.failure().get();
    }
    if (done.covered()) {
      done.request().place().heat = 0; // it may become hot by itself
    }
    if (done.region().isEmpty()) {
      return;
    }
    final Region region = done.region().get();
    statistics.regionsMade++;
    statistics.bytecodeBytes += region.description.bytecodeSize();
    final RegionQueue.Request request = done.request();
    region.linearPage = request.linearPage();
    cache.listener.made(region, done.nanos());
    if (isCurrent(region, request)) {
      request.replaced().filter(Region::isValid).ifPresent(this::replace);
      final CodePage of = cache.page(request.frame(), request.code().modeKey());
      cache.install(of, region, request.root());
    } else {
      cache.countDropped(region, Statistics.DropReason.STALE);
    }
  }

  private void replace(Region region) {
    cache.discard(region);
    cache.countDropped(region, Statistics.DropReason.REPLACED);
  }

  /**
   * Whether the guest has left the region's code as it was when it was copied, and nobody has begun
   * to observe it.
   */
  private boolean isCurrent(Region region, RegionQueue.Request request) {
    for (RegionDescription.Piece piece : region.description.pieces()) {
      final byte[] copy = request.code().page(piece.page()).orElseThrow().bytes();
      final int from = piece.offset();
      final int to = from + piece.length();
      final int page = piece.frame() << GuestMemory.PAGE_SHIFT;
      if (cache.isObserved(page + from) || !ram.ram.holds(page + from, copy, from, to - from)) {
        return false;
      }
    }
    return true;
  }

  // --- regions

  /**
   * Runs regions, one after the other as their exits lead, until one leads to where there is none.
   *
   * @param first entered at the linear address {@code linear}
   */
  private void regions(Region first, int linear) {
    final CpuState s = state;
    final long before = s.instructions();
    final boolean flat = (s.modeKey & CpuState.MODE_FLAT) != 0;
    // What a region is looked up with stays as it is until one is left for another reason than a
    // branch; and what is known here not to be null is not looked at for each region.
    final int base = s.segment[CpuState.CS].base;
    final long mode = (long) s.modeKey << 32;
    final int compared = GuestMemory.FRAME | state.denyFetch();
    final int[] pageMap = Objects.requireNonNull(ram.pageMap);
    final Region[] regions = Objects.requireNonNull(targetRegions);
    final long[] addresses = Objects.requireNonNull(targetAddresses);
    Region region = first;
    int at = linear;
    int result;
    s.inRegion = true;
    s.unpackRegisters();
    try {
      while (true) {
        region.entered++;
        final int entry = at & GuestMemory.OFFSET_MASK;
        result = region.run(s, s.eip - entry, entry);
        if (result < Region.INDIRECT) {
          break;
        }
        at = base + s.eip;
        if (!flat && !isTranslatable(s.segment[CpuState.CS], at & GuestMemory.OFFSET_MASK)) {
          exits[ExitReason.COLD_TARGET.ordinal()]++;
          break;
        }
        Region next = null;
        if (result >= 0) {
          next = region.exits[result];
        } else {
          final int remembered = targetIndex(at);
          if (addresses[remembered] == (mode | at & 0xFFFF_FFFFL)) {
            next = regions[remembered];
          }
        }
        if (next == null
            || ((pageMap[at >>> GuestMemory.PAGE_SHIFT] ^ next.frame) & compared) != 0) {
          next = find(region, result, at);
          if (next == null) {
            final boolean known = result >= 0;
            exits[(known ? ExitReason.COLD_TARGET : ExitReason.COLD_COMPUTED_TARGET).ordinal()]++;
            break;
          }
        }
        region = next;
      }
    } catch (TripleFault shutdown) { // delivered by a callout
      throw shutdown;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new RegionFailure(region, state, e);
    } finally {
      if (s.inRegion) { // no callout has left before
        s.packRegisters();
        s.inRegion = false;
      }
    }
    translated += s.instructions() - before;
    if (result < Region.INDIRECT) {
      leave(region, result);
    }
  }

  /**
   * Looks up the region that a branch leads to, and remembers it.
   *
   * @param exit the exit slot, or {@link Region#INDIRECT}
   * @return null where there is none
   */
  private Region find(Region from, int exit, int linear) {
    final Region found = lookUp(linear);
    if (exit >= 0) {
      if (from.isValid()) { // else nothing would ever end its hold on the other one
        from.exits[exit] = found;
      }
    } else if (found != null) {
      final int index = targetIndex(linear);
      targetRegions[index] = found;
      targetAddresses[index] = (long) state.modeKey << 32 | linear & 0xFFFF_FFFFL;
    }
    return found;
  }

  /** Where a computed branch's target is remembered. */
  private static int targetIndex(int linear) {
    return (linear ^ linear >>> GuestMemory.PAGE_SHIFT) & TARGETS - 1;
  }

  /**
   * The region with an entry at a linear address under the current mode; null where there is none,
   * or no page.
   */
  private Region lookUp(int linear) {
    final int entry = ram.pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & state.denyFetch()) != 0) {
      return null;
    }
    final int frame = GuestMemory.frame(entry);
    final CodePage of = cache.page(frame, state.modeKey);
    final CachedInstruction instruction = of.at(linear & GuestMemory.OFFSET_MASK);
    return instruction == null ? null : instruction.region;
  }

  /** Does what is left to do after a region was left other than by a branch. */
  private void leave(Region region, int result) {
    if (result == Region.LEFT) {
      exits[ExitReason.CALLOUT.ordinal()]++;
    } else if (result == Region.SHORT) {
      exits[ExitReason.END_OF_SLICE.ordinal()]++;
      finishSlice();
    } else {
      final int step = Region.FAULT - result;
      state.eip += region.description.offsets()[step];
      if ((state.modeKey & CpuState.MODE_CODE32) == 0) {
        state.eip &= 0xFFFF;
      }
      state.budget += region.description.remaining()[step];
      if (state.raised.vector() == GuestFault.REEXECUTE) {
        state.budget++; // it has done nothing yet
        final boolean missed = state.raised == ram.miss();
        exits[(missed ? ExitReason.SLOW_ACCESS : ExitReason.REEXECUTED).ordinal()]++;
        if (missed) {
          afterMiss(region, step);
        }
        block(false);
      } else {
        exits[ExitReason.EXCEPTION.ordinal()]++;
        cpu.interrupts.exception(state.raised);
      }
    }
  }

  /** Interprets what is left of the slice, which is too short for the next block of a region. */
  private void finishSlice() {
    while (state.budget > 0 && !state.halted && !cpu.needsCare()) {
      block(false);
    }
  }

  // --- inspection

  @Override
  public void observe(Map<Integer, Runnable> actions) {
    cache.observe(actions);
  }

  @Override
  public void listen(RegionListener listener) {
    cache.listener = listener;
    queue.listener = listener;
  }

  @Override
  public List<Region> regions() {
    return cache.regions();
  }

  // --- statistics

  @Override
  public void updateStatistics() {
    statistics.translatedInstructions = translated;
    statistics.interpretedInstructions = state.instructions() - translated;
    statistics.exceptions = cpu.interrupts.exceptions();
    statistics.regionsKept = cache.regions().size();
    statistics.decodedKept = cache.decodedKept();
    statistics.metaspaceBytes = metaspaceBytes();
    statistics.pageMapFills = cpu.memory.fills();
    statistics.pageMapFlushes = cpu.memory.flushes();
    callouts.updateStatistics(statistics);
    for (ExitReason reason : ExitReason.values()) {
      final String name = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      Statistics.put(statistics.exits, name, exits[reason.ordinal()]);
    }
  }

  private static long metaspaceBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .mapToLong(pool -> pool.getUsage().getCommitted())
        .sum();
  }
}
