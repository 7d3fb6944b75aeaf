package hourglass.translator.analysis;

import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Backward liveness of arithmetic flags and temporaries over a region, and removal of what is dead.
 *
 * <p>Flags are live wherever the region may be left: where an op can fault, for a fault handler of
 * the guest sees them all, and at checkpoints, where the slice may be over. What is needed only for
 * the case that the region is left, HotSpot's C2 computes in that case only.
 */
public final class Liveness {
  /** What is live at a point. */
  private static final class Live {
    /** Arithmetic flags, as a mask of EFLAGS bits. */
    int flags;

    /** Temporaries, a bit each. */
    long temps;

    boolean covers(Live other) {
      return (other.flags & ~flags) == 0 && (other.temps & ~temps) == 0;
    }

    void add(Live other) {
      flags |= other.flags;
      temps |= other.temps;
    }
  }

  /** What an op, or a terminal, reads. */
  private static final class Reads implements Consumer<Value> {
    final Live live = new Live();

    @Override
    public void accept(Value value) {
      live.flags |= Effects.isFaulting(value) ? Flags.ARITHMETIC : Effects.flagsRead(value);
      if (value instanceof Value.Temp(int id)) {
        live.temps |= 1L << id;
      }
    }
  }

  /** The ops of a block, and what is live around them. */
  private static final class Node {
    final Block block;
    final List<Op> ops = new ArrayList<>();
    final List<Live> reads = new ArrayList<>();

    /** Which of the ops can fault. */
    final BitSet faulting = new BitSet();

    /** What the terminal reads; all flags where it leaves the region. */
    final Live atEnd;

    /** Whether the region may be left before it. */
    final boolean mayLeave;

    final List<Node> successors = new ArrayList<>();
    Live before = new Live();

    Node(Block block, boolean mayLeave) {
      this.block = block;
      this.mayLeave = mayLeave;
      for (Step step : block.steps()) {
        for (Op op : step.ops()) {
          faulting.set(ops.size(), Effects.canFault(op));
          ops.add(op);
          reads.add(readBy(op));
        }
      }
      final Reads reads = new Reads();
      Effects.visit(block.terminal(), reads);
      atEnd = reads.live;
    }

    private static Live readBy(Op op) {
      final Reads reads = new Reads();
      Effects.visit(op, reads);
      switch (op) {
        case Op.Store s -> reads.live.flags = Flags.ARITHMETIC;
        case Op.Require r -> reads.live.flags = Flags.ARITHMETIC;
        case Op.CallOut c -> reads.live.flags = Flags.ARITHMETIC;
        case Op.LightCallOut c -> reads.live.flags = Flags.ARITHMETIC;
        case Op.GuardedCallOut c -> reads.live.flags = Flags.ARITHMETIC;
        default -> {
          // only what its values read
        }
      }
      return reads.live;
    }

    /** What is live at the end, before the terminal. */
    Live after() {
      final Live live = new Live();
      live.add(atEnd);
      for (Node successor : successors) {
        live.add(successor.before);
      }
      return live;
    }
  }

  private final Map<Integer, Node> nodes = new HashMap<>();

  private Liveness(RegionCode region) {
    final Map<Integer, Integer> checkpoints = Checkpoints.of(region);
    for (Block block : region.blocks()) {
      nodes.put(
          block.offset(),
          new Node(block, checkpoints.containsKey(block.offset()) || block.crossesPage()));
    }
    nodes.values().forEach(this::link);
  }

  private void link(Node node) {
    switch (node.block.terminal()) {
      case Terminal.Jump(int target) -> link(node, target);
      case Terminal.Branch(Value condition, int taken, int notTaken) -> {
        link(node, taken);
        link(node, notTaken);
      }
      default -> node.atEnd.flags = Flags.ARITHMETIC;
    }
  }

  private void link(Node from, int target) {
    final Node to = nodes.get(target);
    if (to == null || RegionCode.pageOf(target) != RegionCode.pageOf(from.block.offset())) {
      // The region is left, or will be where the page is not mapped.
      from.atEnd.flags = Flags.ARITHMETIC;
    }
    if (to != null) {
      from.successors.add(to);
    }
  }

  /** The region without its dead flags and temporaries. */
  public static RegionCode prune(RegionCode region) {
    final Liveness liveness = new Liveness(region);
    final List<Node> nodes =
        region.blocks().stream().map(block -> liveness.nodes.get(block.offset())).toList();
    solve(nodes.reversed());
    return region.withBlocks(nodes.stream().map(Liveness::prune).toList());
  }

  private static void solve(List<Node> backwards) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Node node : backwards) {
        final Live live = node.after();
        for (int i = node.ops.size() - 1; i >= 0; i--) {
          if (isNeeded(node, i, live)) {
            backOver(node, i, live);
          }
        }
        if (node.mayLeave) {
          live.flags = Flags.ARITHMETIC;
        }
        changed |= !node.before.covers(live);
        node.before = live;
      }
    }
  }

  private static Block prune(Node node) {
    final Live live = node.after();
    final List<Step> steps = new ArrayList<>();
    int i = node.ops.size();
    for (Step step : node.block.steps().reversed()) {
      final List<Op> ops = new ArrayList<>();
      for (int left = step.ops().size(); left > 0; left--) {
        if (isNeeded(node, --i, live)) {
          ops.add(withoutDeadCarry(node.ops.get(i), live));
          backOver(node, i, live);
        }
      }
      Collections.reverse(ops);
      steps.add(new Step(step.instruction(), step.offset(), List.copyOf(ops)));
    }
    Collections.reverse(steps);
    return new Block(node.block.offset(), List.copyOf(steps), node.block.terminal());
  }

  private static boolean isNeeded(Node node, int index, Live live) {
    return switch (node.ops.get(index)) {
      case Op.SetFlags(Op.FlagKind kind, Value r, Value a) -> (kind.written() & live.flags) != 0;
      case Op.SetTemp(int id, Value value) ->
          (live.temps >> id & 1) != 0 || node.faulting.get(index);
      default -> true;
    };
  }

  /** INC and DEC need not keep a carry that nobody reads. */
  private static Op withoutDeadCarry(Op op, Live live) {
    return op instanceof Op.SetFlags(Op.FlagKind kind, Value result, Value auxiliary)
            && kind == Op.FlagKind.ALL_BUT_CARRY
            && (live.flags & Flags.CF) == 0
        ? new Op.SetFlags(Op.FlagKind.ALL, result, auxiliary)
        : op;
  }

  /** What is live before an op that has been found to be needed. */
  private static void backOver(Node node, int index, Live live) {
    switch (node.ops.get(index)) {
      case Op.SetFlags(Op.FlagKind kind, Value r, Value a) -> live.flags &= ~kind.written();
      case Op.SetTemp(int id, Value value) -> live.temps &= ~(1L << id);
      default -> {
        // kills nothing
      }
    }
    live.add(node.reads.get(index));
  }
}
