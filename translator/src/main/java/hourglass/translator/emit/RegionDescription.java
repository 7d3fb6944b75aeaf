package hourglass.translator.emit;

import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.isa.Instruction;

/**
 * What the dispatcher and the dumps need to know of a region.
 *
 * @param code the IR it was emitted from
 * @param instructions all instructions, by the index that {@code step} names
 * @param offsets where each begins, from the start of the root's page
 * @param frames the physical page number of the page that holds each
 * @param remaining how many instructions of its block come after each
 * @param exits the offset that each exit slot leads to, from the start of the root's page
 * @param bytecodeSize bytes of bytecode of its {@code run} method
 */
public record RegionDescription(
    RegionCode code,
    Instruction[] instructions,
    int[] offsets,
    int[] frames,
    int[] remaining,
    int[] exits,
    int bytecodeSize) {

  static RegionDescription of(RegionCode code, int[] exits, int bytecodeSize) {
    final int count = code.instructionCount();
    final Instruction[] instructions = new Instruction[count];
    final int[] offsets = new int[count];
    final int[] frames = new int[count];
    final int[] remaining = new int[count];
    int i = 0;
    for (Block block : code.blocks()) {
      int left = block.steps().size();
      for (Step step : block.steps()) {
        instructions[i] = step.instruction();
        offsets[i] = step.offset();
        frames[i] = code.frameAt(step.offset());
        remaining[i] = --left;
        i++;
      }
    }
    return new RegionDescription(
        code, instructions, offsets, frames, remaining, exits, bytecodeSize);
  }

  /** Whether the region may be entered at an offset of the root's page. */
  public boolean hasEntry(int offset) {
    return code.entries().contains(offset);
  }
}
