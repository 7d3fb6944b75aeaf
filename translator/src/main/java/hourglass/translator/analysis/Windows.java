package hourglass.translator.analysis;

import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Has accesses that lie side by side share one look at the page map: pushes and pops, what a
 * function keeps in its frame, fields of a structure, neighbours in an array.
 *
 * <p>They share a <i>window</i>, the bytes from the first to the last of them. Before the first
 * access in the order of execution, the whole window must lie in one page that the page map grants;
 * from there on the accesses are plain loads and stores of RAM. Where the window does not, the
 * region is left as for any access that needs the slow path, with nothing done yet of the
 * instruction; the interpreter then meets each access on its own, and whatever fault it has.
 *
 * <p>That the page map still grants it at the later accesses is so because nothing in between
 * changes it: only instructions that the runtime carries out do, and the two kinds of callouts that
 * may do so end the windows before them.
 *
 * <p>A window is seen along a tree of blocks: from a block on into those that only it leads to. An
 * access behind a branch may make a window longer, though it may never come; but not ask for
 * permission to write.
 */
public final class Windows {
  /**
   * The largest window in bytes. The larger, the more of them reach across the end of a page;
   * frames and structures are rarely larger.
   */
  private static final int MAX_SPAN = 256;

  private static final int ALL_REGISTERS = 0xFF;

  private final Map<Integer, Block> blocks = new HashMap<>();

  /** Blocks that more than one other block leads to, or code outside the region. */
  private final Set<Integer> roots = new HashSet<>();

  /** Instructions at which a region has been left too often, by their offsets. */
  private final Set<Integer> missed;

  private final int firstTemp;

  /** The blocks as they come to be, by their offsets. */
  private final Map<Integer, Block> shared = new HashMap<>();

  private Windows(RegionCode region) {
    missed = region.accesses().keySet();
    firstTemp = RegisterUse.of(region).temps();
    final Set<Integer> led = new HashSet<>();
    region.blocks().forEach(block -> blocks.put(block.offset(), block));
    for (Block block : region.blocks()) {
      for (int to : successors(block)) {
        if (!led.add(to)) {
          roots.add(to);
        }
      }
    }
    roots.addAll(region.entries());
    roots.addAll(region.computedPlaces());
    roots.retainAll(blocks.keySet());
  }

  /** The region with windows, but for such as it has been left for too often. */
  public static RegionCode share(RegionCode region) {
    final Windows windows = new Windows(region);
    for (int root : windows.roots) {
      windows.new Tree().share(root);
    }
    return region.withBlocks(
        region.blocks().stream()
            .map(block -> windows.shared.getOrDefault(block.offset(), block))
            .toList());
  }

  private static List<Integer> successors(Block block) {
    return switch (block.terminal()) {
      case Terminal.Jump(int target) -> List.of(target);
      case Terminal.Branch(Value condition, int taken, int notTaken) -> List.of(taken, notTaken);
      default -> List.of();
    };
  }

  /** A block and those that only it leads to, and so on. */
  private final class Tree {
    /** The accesses of each block by its offset, a block before those that it leads to. */
    private final Map<Integer, List<Access>> accesses = new LinkedHashMap<>();

    private int lines;

    void share(int root) {
      find(blocks.get(root), new Places(), List.of(), lines++);
      final int[] temps = {firstTemp};
      accesses.forEach((offset, found) -> {
        if (found.stream().anyMatch(access -> access.window.isShared())) {
          shared.put(offset, new Rewriter(found, temps).block(blocks.get(offset)));
        }
      });
    }

    /**
     * Finds the accesses of a block and of those it leads to.
     *
     * @param open windows that begin before it
     * @param line its straight line of code, all of which runs where its beginning does
     */
    private void find(Block block, Places places, List<Window> open, int line) {
      final Finder finder = new Finder(places, new ArrayList<>(open), line);
      for (Step step : block.steps()) {
        finder.step(step, missed.contains(step.offset()));
      }
      accesses.put(block.offset(), finder.accesses);
      final boolean branches = block.terminal() instanceof Terminal.Branch;
      for (int to : successors(block)) {
        if (blocks.containsKey(to) && !roots.contains(to)) {
          find(blocks.get(to), finder.places.fork(), finder.open, branches ? lines++ : line);
        }
      }
    }
  }

  /**
   * A load or store.
   *
   * @param begin displacement from the window's origin
   */
  private record Access(Window window, int begin) {}

  /** Bytes that are looked up together. */
  private static final class Window {
    /** No doubleword in it yet. */
    private static final int UNKNOWN = -1;

    private final int origin;
    private final int line;
    private long begin;
    private long end;
    private boolean write;
    private int accesses;

    /** Whether a region has been left too often for one of its accesses. */
    private boolean missed;

    /** Displacements modulo 4 of what begins a cell, by the first doubleword; or unknown. */
    private int phase = UNKNOWN;

    /** Displacements modulo 4 of its words of two bytes, a bit each. */
    private int halves;

    /** The temporary that holds where it lies in RAM; -1 up to the first access. */
    private int temp = -1;

    Window(Places.Place first, int line) {
      origin = first.origin();
      this.line = line;
      begin = first.displacement();
      end = begin;
    }

    /** Makes room for an access, if it is near enough and need not write where nobody else does. */
    boolean takes(Places.Place place, int size, boolean writes, int fromLine) {
      final long first = Math.min(begin, place.displacement());
      final long last = Math.max(end, (long) place.displacement() + size);
      if (place.origin() != origin
          || last - first > MAX_SPAN
          || writes && !write && fromLine != line) {
        return false;
      }
      final int inCell = place.displacement() & 3;
      final int cells = phase == UNKNOWN && size == 4 ? inCell : phase;
      final int across = halves | (size == 2 ? 1 << inCell : 0);
      if (size == 4 && inCell != cells
          || cells != UNKNOWN && (across >> (cells + 3 & 3) & 1) != 0) {
        return false;
      }
      phase = cells;
      halves = across;
      begin = first;
      end = last;
      write |= writes;
      accesses++;
      return true;
    }

    /** Whether it has several accesses, begins where a cell is known to begin, and pays. */
    boolean isShared() {
      return accesses > 1 && phase != UNKNOWN && !missed;
    }

    /** Where an access lies from the beginning of the window's first cell. */
    int offset(Access access) {
      return (int) (access.begin - firstCell());
    }

    int span() {
      return (int) (end - firstCell());
    }

    private long firstCell() {
      return begin - (begin - phase & 3);
    }
  }

  // --- finding windows

  /**
   * Finds the window of each access of a block, in the order in which {@link Effects} visits them.
   */
  private static final class Finder {
    final List<Access> accesses = new ArrayList<>();
    final Places places;

    /** Windows that accesses to come may lie in. */
    final List<Window> open;

    private final int line;

    /** Whether a region has been left too often at the instruction that is being looked at. */
    private boolean missed;

    Finder(Places places, List<Window> open, int line) {
      this.places = places;
      this.open = open;
      this.line = line;
    }

    void step(Step step, boolean missed) {
      this.missed = missed;
      step.ops().forEach(this::op);
    }

    private void op(Op op) {
      Effects.visit(op, this::load);
      switch (op) {
        case Op.Store(int size, Value address, Value value) -> access(address, size, true);
        case Op.SetTemp(int id, Value value) -> places.setTemp(id, value);
        case Op.SetRegister(int index, Value value) -> places.setRegister(index, value);
        case Op.LightCallOut light -> places.forget(light.writes());
        case Op.GuardedCallOut guarded -> {
          places.forget(guarded.writes());
          open.clear();
        }
        case Op.CallOut c -> {
          places.forget(ALL_REGISTERS);
          open.clear();
        }
        default -> {
          // changes no registers and nothing that is mapped
        }
      }
    }

    private void load(Value value) {
      if (value instanceof Value.Load(int size, Value address, boolean forWrite)) {
        access(address, size, forWrite);
      }
    }

    private void access(Value address, int size, boolean writes) {
      final Places.Place place = places.of(address);
      final Window window = windowFor(place, size, writes);
      window.missed |= missed;
      accesses.add(new Access(window, place.displacement()));
    }

    private Window windowFor(Places.Place place, int size, boolean writes) {
      for (Window window : open) {
        if (window.takes(place, size, writes, line)) {
          return window;
        }
      }
      final Window window = new Window(place, line);
      window.takes(place, size, writes, line);
      open.add(window);
      return window;
    }
  }

  // --- rewriting

  /** Turns accesses of a block that share a window into ones of RAM, in the same order. */
  private static final class Rewriter {
    private final Iterator<Access> accesses;

    /** The next temporary of the tree. */
    private final int[] temps;

    private List<Op> ops = List.of();

    Rewriter(List<Access> accesses, int[] temps) {
      this.accesses = accesses.iterator();
      this.temps = temps;
    }

    Block block(Block block) {
      return new Block(
          block.offset(), block.steps().stream().map(this::step).toList(), block.terminal());
    }

    private Step step(Step step) {
      ops = new ArrayList<>();
      step.ops().forEach(op -> ops.add(op(op)));
      return new Step(step.instruction(), step.offset(), List.copyOf(ops));
    }

    private Op op(Op op) {
      final Op mapped = op.map(this::value);
      return mapped instanceof Op.Store store ? store(store) : mapped;
    }

    private Value value(Value value) {
      return value instanceof Value.Load load ? load(load) : value.map(this::value);
    }

    private Value load(Value.Load load) {
      final Access access = accesses.next();
      final Value address = value(load.address());
      return isShared(access.window)
          ? new Value.RamLoad(load.size(), window(access, address), access.window.offset(access))
          : new Value.Load(load.size(), address, load.forWrite());
    }

    private Op store(Op.Store store) {
      final Access access = accesses.next();
      return isShared(access.window)
          ? new Op.RamStore(
              store.size(),
              window(access, store.address()),
              access.window.offset(access),
              store.value())
          : store;
    }

    /** Whether a window has several accesses, and a temporary or may have one. */
    private boolean isShared(Window window) {
      return window.isShared() && (window.temp >= 0 || temps[0] < RegisterUse.MAX_TEMPS);
    }

    /** Where in RAM an access is; its window is looked up if it is the first one there. */
    private Value window(Access access, Value address) {
      final Window window = access.window;
      if (window.temp < 0) {
        window.temp = temps[0]++;
        final Value first = Value.add(address, -window.offset(access));
        ops.add(new Op.SetTemp(window.temp, new Value.Window(first, window.span(), window.write)));
      }
      return new Value.Temp(window.temp);
    }
  }
}
