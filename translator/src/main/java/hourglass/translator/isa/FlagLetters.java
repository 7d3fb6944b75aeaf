package hourglass.translator.isa;

import hourglass.translator.cpu.Flags;

/** The notation of flags in the instruction table: groups such as {@code r:c w:oszapc u:a}. */
final class FlagLetters {
  private static final String LETTERS = "odszapc";
  private static final int[] MASKS = {
    Flags.OF, Flags.DF, Flags.SF, Flags.ZF, Flags.AF, Flags.PF, Flags.CF
  };

  private FlagLetters() {}

  /**
   * The EFLAGS bits named in the group of {@code groups} that begins with the given letter; 0 where
   * there is none.
   */
  static int mask(String groups, char group) {
    int mask = 0;
    for (final String word : groups.split(" +")) {
      if (word.startsWith(group + ":")) {
        mask |= mask(word.substring(2));
      }
    }
    return mask;
  }

  /** The EFLAGS bits that the letters stand for. */
  static int mask(String letters) {
    int mask = 0;
    for (int i = 0; i < letters.length(); i++) {
      final int at = LETTERS.indexOf(letters.charAt(i));
      if (at < 0) {
        throw new IllegalArgumentException("no such flag: " + letters.charAt(i));
      }
      mask |= MASKS[at];
    }
    return mask;
  }

  /** The letters of a mask, {@code -} for none. */
  static String letters(int mask) {
    final StringBuilder letters = new StringBuilder();
    for (int i = 0; i < MASKS.length; i++) {
      if ((mask & MASKS[i]) != 0) {
        letters.append(LETTERS.charAt(i));
      }
    }
    return letters.isEmpty() ? "-" : letters.toString();
  }
}
