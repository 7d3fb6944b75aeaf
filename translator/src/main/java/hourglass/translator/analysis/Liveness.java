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
import java.util.Set;

/**
 * Backward liveness of arithmetic flags and temporaries over a region, and removal of what is dead.
 *
 * <p>Flags are live wherever the region may be left: where an op can fault, for a fault handler of
 * the guest sees them all, and at checkpoints, where the slice may be over. What is needed only for
 * the case that the region is left, HotSpot's C2 computes in that case only.
 */
public final class Liveness {
  /** What is live at a point: flags as a mask of EFLAGS bits, and temporaries. */
  private static final class Live {
    int flags;
    final BitSet temps = new BitSet();

    void read(Value value) {
      Effects.visit(
          value,
          v -> {
            flags |= Effects.flagsRead(v);
            if (Effects.isFaulting(v)) {
              flags = Flags.ARITHMETIC;
            }
            if (v instanceof Value.Temp(int id)) {
              temps.set(id);
            }
          });
    }
  }

  private final RegionCode region;
  private final Set<Integer> checkpoints;

  /** What is live at the beginning of each block. */
  private final Map<Integer, Live> liveIn = new HashMap<>();

  private Liveness(RegionCode region) {
    this.region = region;
    checkpoints = Checkpoints.of(region).keySet();
    region.blocks().forEach(block -> liveIn.put(block.offset(), new Live()));
  }

  /** The region without its dead flags and temporaries. */
  public static RegionCode prune(RegionCode region) {
    final Liveness liveness = new Liveness(region);
    liveness.solve();
    final List<Block> pruned = new ArrayList<>();
    for (Block block : region.blocks()) {
      pruned.add(liveness.pruneBlock(block));
    }
    return region.withBlocks(List.copyOf(pruned));
  }

  private void solve() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Block block : region.blocks().reversed()) {
        final Live live = liveOut(block);
        for (Step step : block.steps().reversed()) {
          for (Op op : step.ops().reversed()) {
            if (isNeeded(op, live)) {
              backOver(op, live);
            }
          }
        }
        if (checkpoints.contains(block.offset())) {
          live.flags = Flags.ARITHMETIC;
        }
        final Live before = liveIn.put(block.offset(), live);
        changed |= live.flags != before.flags || !live.temps.equals(before.temps);
      }
    }
  }

  private Block pruneBlock(Block block) {
    final Live live = liveOut(block);
    final List<Step> steps = new ArrayList<>();
    for (Step step : block.steps().reversed()) {
      final List<Op> ops = new ArrayList<>();
      for (Op op : step.ops().reversed()) {
        if (isNeeded(op, live)) {
          ops.add(withoutDeadCarry(op, live));
          backOver(op, live);
        }
      }
      Collections.reverse(ops);
      steps.add(new Step(step.instruction(), step.offset(), List.copyOf(ops)));
    }
    Collections.reverse(steps);
    return new Block(block.offset(), List.copyOf(steps), block.terminal());
  }

  /** What is live at the end of a block, before its terminal. */
  private Live liveOut(Block block) {
    final Live live = new Live();
    switch (block.terminal()) {
      case Terminal.Jump(int target) -> flow(block, target, live);
      case Terminal.Branch(Value condition, int taken, int notTaken) -> {
        flow(block, taken, live);
        flow(block, notTaken, live);
      }
      default -> live.flags = Flags.ARITHMETIC;
    }
    Effects.values(block.terminal()).forEach(live::read);
    return live;
  }

  private void flow(Block from, int target, Live live) {
    final Live there = liveIn.get(target);
    if (there == null || RegionCode.pageOf(target) != RegionCode.pageOf(from.offset())) {
      live.flags = Flags.ARITHMETIC; // the region is left, or will be where the page is not mapped
    }
    if (there != null) {
      live.flags |= there.flags;
      live.temps.or(there.temps);
    }
  }

  private static boolean isNeeded(Op op, Live live) {
    return switch (op) {
      case Op.SetFlags(Op.FlagKind kind, Value r, Value a) -> (kind.written() & live.flags) != 0;
      case Op.SetTemp(int id, Value value) -> live.temps.get(id) || Effects.canFault(value);
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

  private static void backOver(Op op, Live live) {
    switch (op) {
      case Op.SetFlags(Op.FlagKind kind, Value r, Value a) -> {
        live.flags &= ~kind.written();
      }
      case Op.SetTemp(int id, Value value) -> live.temps.clear(id);
      case Op.Store s -> live.flags = Flags.ARITHMETIC;
      case Op.Require r -> live.flags = Flags.ARITHMETIC;
      case Op.CallOut c -> live.flags = Flags.ARITHMETIC;
      case Op.LightCallOut c -> live.flags = Flags.ARITHMETIC;
      case Op.GuardedCallOut c -> live.flags = Flags.ARITHMETIC;
      default -> {
        // reads only what its values read
      }
    }
    Effects.values(op).forEach(live::read);
  }
}
