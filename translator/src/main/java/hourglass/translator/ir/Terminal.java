package hourglass.translator.ir;

/**
 * How a block ends. Targets are offsets from the start of the root's page; they may lie outside the
 * region, which the emitter turns into exits.
 */
public sealed interface Terminal {
  /** Goes on at a known place. */
  record Jump(int target) implements Terminal {}

  /** Goes on at one of two known places. */
  record Branch(Value condition, int taken, int notTaken) implements Terminal {}

  /**
   * Goes on at an offset in CS that is computed: at the places that {@link RegionCode#knownTargets}
   * has for the block the region is not left.
   */
  record Indirect(Value target) implements Terminal {}

  /** The block ended in a {@link Op.CallOut} that always leaves the region. */
  record Left() implements Terminal {}
}
