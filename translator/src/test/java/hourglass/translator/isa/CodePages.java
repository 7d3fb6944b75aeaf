package hourglass.translator.isa;

import hourglass.translator.cpu.GuestMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Pages full of guest code for tests: every row of the instruction table, in random order. */
public final class CodePages {
  private CodePages() {}

  /**
   * Pages of 4 KiB that together hold an encoding of every row, plain and with prefixes, with
   * random operands. Branches lead anywhere.
   */
  public static List<byte[]> ofEveryInstruction(int seed, boolean code32) {
    final Random random = new Random(seed);
    final EncodingGenerator generator = new EncodingGenerator(random);
    final List<byte[]> instructions = new ArrayList<>();
    for (Encoding encoding : InstructionTable.allEncodings()) {
      instructions.add(generator.plain(encoding, code32));
      instructions.add(generator.prefixed(encoding, code32));
    }
    Collections.shuffle(instructions, random);
    final List<byte[]> pages = new ArrayList<>();
    int at = GuestMemory.PAGE_SIZE;
    for (byte[] instruction : instructions) {
      if (at + instruction.length > GuestMemory.PAGE_SIZE) {
        pages.add(new byte[GuestMemory.PAGE_SIZE]);
        at = 0;
      }
      System.arraycopy(instruction, 0, pages.getLast(), at, instruction.length);
      at += instruction.length;
    }
    return pages;
  }
}
