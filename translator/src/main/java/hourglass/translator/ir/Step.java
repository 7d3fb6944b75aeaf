package hourglass.translator.ir;

import hourglass.translator.isa.Instruction;
import java.util.List;

/**
 * One guest instruction as ops.
 *
 * @param instruction the instruction
 * @param offset where it begins, from the start of the root's page
 * @param ops what it does; a branch's going elsewhere is in the block's terminal
 */
public record Step(Instruction instruction, int offset, List<Op> ops) {
  /** Whether it looks at the page map for accesses of other instructions, too. */
  public boolean looksForOthers() {
    return ops.stream()
        .anyMatch(op -> op instanceof Op.SetTemp set && set.value() instanceof Value.Window);
  }

  /** Whether the instruction reaches into the next page. */
  public boolean crossesPage() {
    return RegionCode.crossesPage(offset, instruction);
  }
}
