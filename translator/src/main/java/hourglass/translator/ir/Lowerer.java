package hourglass.translator.ir;

import hourglass.translator.isa.Instruction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers the blocks of a region. A block that only one other block leads to inherits that one's
 * knowledge of where the flags came from, so the second branch after a comparison is fused like the
 * first.
 */
public final class Lowerer {
  private final int modeKey;
  private final Map<Integer, BlockBuilder> ends = new HashMap<>();

  public Lowerer(int modeKey) {
    this.modeKey = modeKey;
  }

  /**
   * Lowers one block. The block that it inherits from must have been lowered before.
   *
   * @param offset of the first instruction from the start of the root's page
   * @param instructions in order, each following the one before; a branch only as the last
   * @param predecessor offset of the only block that leads here, where there is just one
   * @param whatFollows the terminal of a block whose last instruction is no branch
   */
  public Block lower(
      int offset,
      List<Instruction> instructions,
      Optional<Integer> predecessor,
      Terminal whatFollows) {
    final BlockBuilder out =
        new BlockBuilder(offset, predecessor.map(ends::get).flatMap(BlockBuilder::flagSource));
    final Lowering lowering = new Lowering(modeKey, out);
    int at = offset;
    Terminal terminal = whatFollows;
    for (Instruction insn : instructions) {
      terminal = lowering.lower(insn, at).orElse(whatFollows);
      at += insn.length;
    }
    ends.put(offset, out);
    return out.build(terminal);
  }
}
