package hourglass.translator.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * The prefixes of an instruction in the order they stand in, four bits each, the last one lowest;
 * for the disassembler.
 */
final class Prefixes {
  /** Segment overrides are this plus the segment register's number, 0-5. */
  static final int ES = 1;

  static final int GS = ES + 5;
  static final int OPERAND_SIZE = 7;
  static final int ADDRESS_SIZE = 8;
  static final int LOCK = 9;
  static final int REPNE = 10;
  static final int REP = 11;

  private Prefixes() {}

  static long append(long prefixes, int prefix) {
    return prefixes << 4 | prefix;
  }

  static boolean contains(long prefixes, int prefix) {
    return list(prefixes).contains(prefix);
  }

  /** The prefixes, first one first. */
  static List<Integer> list(long prefixes) {
    final List<Integer> list = new ArrayList<>();
    for (long rest = prefixes; rest != 0; rest >>>= 4) {
      list.addFirst((int) (rest & 15));
    }
    return list;
  }

  /** The segment override that counts, or 0. */
  static int lastSegment(long prefixes) {
    return list(prefixes).reversed().stream()
        .filter(prefix -> prefix >= ES && prefix <= GS)
        .findFirst()
        .orElse(0);
  }
}
