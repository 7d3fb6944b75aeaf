package hourglass.translator.analysis;

import hourglass.translator.ir.Accesses;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Function;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Has accesses of a block that lie side by side share one look at the page map: pushes and pops,
 * what a function keeps in its frame, fields of a structure, neighbours in an array.
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
 */
public final class Windows {
  /**
   * The largest window in bytes. The larger, the more of them reach across the end of a page;
   * frames and structures are rarely larger.
   */
  private static final int MAX_SPAN = 256;

  private static final int ALL_REGISTERS = 0xFF;

  private final int firstWindow;

  private Windows(int firstWindow) {
    this.firstWindow = firstWindow;
  }

  /** The region with windows, if that is how it is to get at memory. */
  public static RegionCode share(RegionCode region) {
    if (region.accesses() != Accesses.SHARED) {
      return region;
    }
    final Windows windows = new Windows(RegisterUse.of(region).temps());
    return region.withBlocks(region.blocks().stream().map(windows::share).toList());
  }

  private Block share(Block block) {
    final Collector collector = new Collector();
    collector.block(block);
    assignWindows(collector.accesses);
    return new Rewriter(collector.accesses).block(block);
  }

  /** A load or store, in the order of execution. */
  private static final class Access {
    final Places.Place place;

    /** What ends windows has been passed so often before it. */
    final int section;

    final int size;
    final boolean write;

    /** The window it lies in, if it is not alone. */
    Window window;

    Access(Places.Place place, int section, int size, boolean write) {
      this.place = place;
      this.section = section;
      this.size = size;
      this.write = write;
    }

    long begin() {
      return place.displacement();
    }

    long end() {
      return begin() + size;
    }
  }

  /** Bytes that are looked up together. */
  private static final class Window {
    final long begin;
    long end;
    boolean write;

    /** The temporary that holds where it lies in RAM; -1 up to the first access. */
    int temp = -1;

    Window(long begin) {
      this.begin = begin;
      end = begin;
    }

    void take(Access access) {
      end = Math.max(end, access.end());
      write |= access.write;
    }
  }

  /** Goes through a block in the order of execution, and may turn its accesses into others. */
  private abstract static class Pass {
    Block block(Block block) {
      return new Block(
          block.offset(), block.steps().stream().map(this::step).toList(), block.terminal());
    }

    Step step(Step step) {
      return new Step(
          step.instruction(), step.offset(), step.ops().stream().map(this::op).toList());
    }

    Op op(Op op) {
      return switch (op) {
        case Op.SetTemp(int id, Value value) -> new Op.SetTemp(id, value(value));
        case Op.SetRegister(int index, Value value) -> new Op.SetRegister(index, value(value));
        case Op.Store(int size, Value address, Value value) ->
            store(new Op.Store(size, value(address), value(value)));
        case Op.SetFlags(Op.FlagKind kind, Value result, Value auxiliary) ->
            new Op.SetFlags(kind, value(result), value(auxiliary));
        case Op.Require(Value condition, int vector) -> new Op.Require(value(condition), vector);
        default -> op;
      };
    }

    private Value value(Value value) {
      return switch (value) {
        case Value.Load(int size, Value address, boolean forWrite) ->
            load(new Value.Load(size, value(address), forWrite));
        case Value.Binary(Value.Operator operator, Value left, Value right) ->
            new Value.Binary(operator, value(left), value(right));
        case Value.Comparison(Value.Relation relation, Value left, Value right) ->
            new Value.Comparison(relation, value(left), value(right));
        case Value.Call(Function function, List<Value> arguments) ->
            new Value.Call(function, arguments.stream().map(this::value).toList());
        default -> value;
      };
    }

    abstract Value load(Value.Load load);

    abstract Op store(Op.Store store);
  }

  // --- finding accesses

  /** Lists the accesses. */
  private static final class Collector extends Pass {
    final List<Access> accesses = new ArrayList<>();
    private final Places places = new Places();
    private int section;

    @Override
    Op op(Op op) {
      super.op(op);
      switch (op) {
        case Op.SetTemp(int id, Value value) -> places.setTemp(id, value);
        case Op.SetRegister(int index, Value value) -> places.setRegister(index, value);
        case Op.LightCallOut light -> places.forget(light.writes());
        case Op.GuardedCallOut guarded -> {
          places.forget(guarded.writes());
          section++;
        }
        case Op.CallOut c -> {
          places.forget(ALL_REGISTERS);
          section++;
        }
        default -> {
          // changes no registers and nothing that is mapped
        }
      }
      return op;
    }

    @Override
    Value load(Value.Load load) {
      access(load.size(), load.forWrite(), load.address());
      return load;
    }

    @Override
    Op store(Op.Store store) {
      access(store.size(), true, store.address());
      return store;
    }

    private void access(int size, boolean write, Value address) {
      accesses.add(new Access(places.of(address), section, size, write));
    }
  }

  // --- finding windows

  private record Neighbourhood(int section, int origin) {}

  private static void assignWindows(List<Access> accesses) {
    final Map<Neighbourhood, List<Access>> neighbourhoods = new HashMap<>();
    for (Access access : accesses) {
      final var neighbourhood = new Neighbourhood(access.section, access.place.origin());
      neighbourhoods.computeIfAbsent(neighbourhood, n -> new ArrayList<>()).add(access);
    }
    for (List<Access> neighbours : neighbourhoods.values()) {
      if (neighbours.size() > 1) {
        assignWindow(neighbours);
      }
    }
  }

  private static void assignWindow(List<Access> neighbours) {
    neighbours.sort(Comparator.comparingLong(Access::begin));
    int from = 0;
    while (from < neighbours.size()) {
      final Window window = new Window(neighbours.get(from).begin());
      int to = from;
      while (to < neighbours.size() && neighbours.get(to).end() - window.begin <= MAX_SPAN) {
        window.take(neighbours.get(to++));
      }
      if (to - from > 1) {
        neighbours.subList(from, to).forEach(access -> access.window = window);
      }
      from = to;
    }
  }

  // --- rewriting

  /** Turns the accesses that have a window into ones of RAM. */
  private final class Rewriter extends Pass {
    private final Iterator<Access> accesses;
    private int temps = firstWindow;

    /** Ops that come before the one at hand. */
    private final List<Op> before = new ArrayList<>();

    Rewriter(List<Access> accesses) {
      this.accesses = accesses.iterator();
    }

    @Override
    Step step(Step step) {
      final List<Op> ops = new ArrayList<>();
      for (Op op : step.ops()) {
        final Op turned = op(op);
        ops.addAll(before);
        before.clear();
        ops.add(turned);
      }
      return new Step(step.instruction(), step.offset(), List.copyOf(ops));
    }

    @Override
    Value load(Value.Load load) {
      final Access access = accesses.next();
      return !hasTemp(access.window)
          ? load
          : new Value.RamLoad(load.size(), physical(access, load.address()));
    }

    @Override
    Op store(Op.Store store) {
      final Access access = accesses.next();
      return !hasTemp(access.window)
          ? store
          : new Op.RamStore(store.size(), physical(access, store.address()), store.value());
    }

    /** Whether there is a window, and it has a temporary or may have one. */
    private boolean hasTemp(Window window) {
      return window != null && (window.temp >= 0 || temps < RegisterUse.MAX_TEMPS);
    }

    /** Where in RAM an access is; its window is looked up if it is the first one there. */
    private Value physical(Access access, Value address) {
      final Window window = access.window;
      final int inWindow = (int) (access.begin() - window.begin);
      if (window.temp < 0) {
        window.temp = temps++;
        final Value first = Value.add(address, -inWindow);
        final int span = (int) (window.end - window.begin);
        before.add(new Op.SetTemp(window.temp, new Value.Physical(first, span, window.write)));
      }
      return Value.add(new Value.Temp(window.temp), inWindow);
    }
  }
}
