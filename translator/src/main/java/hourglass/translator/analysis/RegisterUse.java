package hourglass.translator.analysis;

import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Value;

/**
 * Which of the guest's registers a region keeps in locals.
 *
 * @param used general registers it reads or writes, a bit each
 * @param flagsUsed whether it reads or writes the flag words
 * @param flagsChanged whether it writes them
 * @param temps how many locals its temporaries need
 */
public record RegisterUse(int used, boolean flagsUsed, boolean flagsChanged, int temps) {
  /** How many temporaries a region may have. */
  static final int MAX_TEMPS = Long.SIZE;

  /** Looks through all of a region's code. */
  public static RegisterUse of(RegionCode region) {
    final Collector c = new Collector();
    for (Block block : region.blocks()) {
      for (Step step : block.steps()) {
        step.ops().forEach(c::op);
      }
      Effects.visit(block.terminal(), c::value);
    }
    return new RegisterUse(c.used, c.flagsUsed, c.flagsChanged, c.temps);
  }

  private static final class Collector {
    int used;
    boolean flagsUsed;
    boolean flagsChanged;
    int temps;

    void op(Op op) {
      switch (op) {
        case Op.SetRegister(int index, Value v) -> used |= 1 << index;
        case Op.SetFlags f -> {
          flagsUsed = true;
          flagsChanged = true;
        }
        case Op.SetTemp(int id, Value v) -> temps = Math.max(temps, id + 1);
        default -> {
          // only its values count
        }
      }
      Effects.visit(op, this::value);
    }

    void value(Value value) {
      flagsUsed |= Effects.flagsRead(value) != 0;
      if (value instanceof Value.Register(int index)) {
        used |= 1 << index;
      }
    }
  }
}
