package hourglass.translator.analysis;

import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** Regions of assembled code, for tests; code begins at offset 0 of its page. */
final class Regions {
  private static final int FLAT_32 =
      CpuState.MODE_CODE32 | CpuState.MODE_STACK32 | CpuState.MODE_FLAT;
  private static final int MANY = 1000;

  private Regions() {}

  /** The region from the beginning of the code, all of which the guest has reached. */
  static RegionCode of(Assembler code) {
    return of(code, 0, at -> true, MANY).orElseThrow();
  }

  /** The same where computed branches have led to offsets, by their own. */
  static RegionCode of(Assembler code, Map<Integer, Integer> lastTargets) {
    final CodeSnapshot snapshot = snapshot(code, at -> true);
    return RegionFormer.form(new Led(snapshot, lastTargets), 0, MANY).orElseThrow();
  }

  /** The region from an offset of the page. */
  static Optional<RegionCode> of(
      Assembler code, int root, IntPredicate reached, int maxInstructions) {
    return RegionFormer.form(snapshot(code, reached), root, maxInstructions);
  }

  private static CodeSnapshot snapshot(Assembler code, IntPredicate reached) {
    final byte[] page = new byte[GuestMemory.PAGE_SIZE];
    final byte[] bytes = code.bytes();
    System.arraycopy(bytes, 0, page, code.origin(), bytes.length);
    return new CodeSnapshot(page, FLAT_32, reached);
  }

  /** Code whose computed branches have led somewhere. */
  private record Led(CodeSnapshot code, Map<Integer, Integer> lastTargets) implements CodeSource {
    @Override
    public int modeKey() {
      return code.modeKey();
    }

    @Override
    public Optional<Page> page(int number) {
      return code.page(number);
    }

    @Override
    public boolean isReached(int offset) {
      return code.isReached(offset);
    }

    @Override
    public OptionalInt lastTarget(int offset) {
      final Integer target = lastTargets.get(offset);
      return target == null ? OptionalInt.empty() : OptionalInt.of(target);
    }
  }

  /** The block at an offset. */
  static Block block(RegionCode region, int offset) {
    return region.blocks().stream()
        .filter(block -> block.offset() == offset)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no block at " + offset + " in " + region));
  }

  /** The ops of the instruction with an index in its block. */
  static List<Op> ops(Block block, int index) {
    return block.steps().get(index).ops();
  }

  /**
   * The one op that sets flags among those of an instruction; nothing where it has been dropped.
   */
  static Optional<Op.SetFlags> flags(Block block, int index) {
    return ops(block, index).stream()
        .filter(Op.SetFlags.class::isInstance)
        .map(Op.SetFlags.class::cast)
        .findFirst();
  }
}
