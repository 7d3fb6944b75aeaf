package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Where the recorded processor and ours may differ, each with the reason. */
final class AcceptedDifferences {
  /** Flags that are not compared. */
  private record Difference(
      Set<Mnemonic> mnemonics, int flags, String reason, Predicate<Input> where) {}

  private static final List<Difference> DIFFERENCES =
      List.of(
          new Difference(
              EnumSet.of(
                  Mnemonic.ROL,
                  Mnemonic.ROR,
                  Mnemonic.RCL,
                  Mnemonic.RCR,
                  Mnemonic.SHL,
                  Mnemonic.SHR,
                  Mnemonic.SHLD,
                  Mnemonic.SHRD),
              Flags.OF,
              "undefined where the count is not 1",
              input -> count(input) != 1),
          new Difference(
              EnumSet.of(Mnemonic.MUL, Mnemonic.IMUL),
              Flags.SF | Flags.ZF | Flags.AF | Flags.PF,
              "undefined",
              input -> true),
          new Difference(
              EnumSet.of(Mnemonic.BSF, Mnemonic.BSR),
              Flags.ARITHMETIC & ~Flags.ZF,
              "undefined",
              input -> true),
          new Difference(
              EnumSet.of(Mnemonic.AAA, Mnemonic.AAS),
              Flags.OF | Flags.SF | Flags.ZF | Flags.PF,
              "undefined",
              input -> true),
          new Difference(
              EnumSet.of(Mnemonic.AAD),
              Flags.OF | Flags.AF | Flags.CF,
              "undefined",
              input -> true));

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
      if (d.mnemonics.contains(input.instruction.mnemonic) && d.where.test(input)) {
        mask &= ~d.flags;
      }
    }
    return mask;
  }

  /** By how much a shift or rotate moves. */
  private static int count(Input input) {
    final Instruction i = input.instruction;
    if (i.form.operands().contains(OperandKind.ONE)) {
      return 1;
    }
    final boolean cl = i.form.operands().contains(OperandKind.CL);
    return (cl ? input.before.registers[CpuState.ECX] : i.immediate) & 31;
  }
}
