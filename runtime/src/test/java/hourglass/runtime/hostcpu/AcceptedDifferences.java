package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Mnemonic;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Where the recorded processor and ours may differ, each with the reason. */
final class AcceptedDifferences {
  /** Flags that are not compared. */
  private record Difference(Set<Mnemonic> mnemonics, int flags, String reason) {}

  private static final List<Difference> DIFFERENCES =
      List.of(
          new Difference(
              EnumSet.of(Mnemonic.BSF, Mnemonic.BSR),
              Flags.SF | Flags.PF,
              "undefined; theirs are of the result, ours of the source, which ZF is of"));

  private AcceptedDifferences() {}

  /**
   * Whether an outcome is left out. POPA that faults has popped registers up to there, which makes
   * no difference when it is done again; ours leaves all of them. Which bytes MASKMOVQ and
   * MASKMOVDQU access is left to the implementation, where some of them fault.
   */
  static boolean covers(Input input, Outcome expected) {
    return switch (input.instruction.mnemonic) {
      case POPA, MASKMOVQ, MASKMOVDQU -> expected.vector == GuestFault.PAGE_FAULT;
      default -> false;
    };
  }

  /** The flags to compare after an instruction. */
  static int comparedFlags(Input input) {
    int mask = Recording.FLAGS;
    for (Difference d : DIFFERENCES) {
      if (d.mnemonics.contains(input.instruction.mnemonic)) {
        mask &= ~d.flags;
      }
    }
    return mask;
  }
}
