package hourglass.translator.emit;

import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.isa.Instruction;
import java.util.ArrayList;
import java.util.List;

/**
 * What the dispatcher and the dumps need to know of a region.
 *
 * @param code the IR it was emitted from
 * @param instructions all instructions, by the index that {@code step} names
 * @param offsets where each begins, from the start of the root's page
 * @param frames the physical page number of the page that holds each
 * @param pieces the bytes of all, page by page
 * @param remaining how many instructions of its block come after each
 * @param exits the offset that each exit slot leads to, from the start of the root's page
 * @param bytecodeSize bytes of bytecode of its {@code run} method
 */
public record RegionDescription(
    RegionCode code,
    Instruction[] instructions,
    int[] offsets,
    int[] frames,
    List<Piece> pieces,
    int[] remaining,
    int[] exits,
    int bytecodeSize) {

  /**
   * Bytes of one instruction in one page.
   *
   * @param page linear pages from the root's
   * @param frame physical page number
   * @param offset of the first byte in the page
   * @param length at least 1
   */
  public record Piece(int page, int frame, int offset, int length) {}

  static RegionDescription of(RegionCode code, int[] exits, int bytecodeSize) {
    final int count = code.instructionCount();
    final Instruction[] instructions = new Instruction[count];
    final int[] offsets = new int[count];
    final int[] frames = new int[count];
    final int[] remaining = new int[count];
    final List<Piece> pieces = new ArrayList<>();
    int i = 0;
    for (Block block : code.blocks()) {
      int left = block.steps().size();
      for (Step step : block.steps()) {
        instructions[i] = step.instruction();
        offsets[i] = step.offset();
        frames[i] = code.frameAt(step.offset());
        addPieces(code, step, pieces);
        remaining[i] = --left;
        i++;
      }
    }
    return new RegionDescription(
        code, instructions, offsets, frames, List.copyOf(pieces), remaining, exits, bytecodeSize);
  }

  private static void addPieces(RegionCode code, Step step, List<Piece> pieces) {
    final int end = step.offset() + step.instruction().length;
    for (int at = step.offset(); at < end; ) {
      final int page = RegionCode.pageOf(at);
      final int next = Math.min(end, (page + 1) << GuestMemory.PAGE_SHIFT);
      pieces.add(new Piece(page, code.frameAt(at), at & GuestMemory.OFFSET_MASK, next - at));
      at = next;
    }
  }

  /** Whether the region may be entered at an offset of the root's page. */
  public boolean hasEntry(int offset) {
    return code.entries().contains(offset);
  }
}
