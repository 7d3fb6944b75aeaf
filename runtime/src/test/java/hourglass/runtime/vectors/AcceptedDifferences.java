package hourglass.runtime.vectors;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The captured tests in which a processor of the P6 family differs from an 80286, each with the
 * reason.
 */
final class AcceptedDifferences {
  /**
   * Tests that are left out.
   *
   * @param opcodes a regular expression for the opcodes concerned
   */
  private record Difference(String opcodes, String reason, Predicate<MooFile.Test> tests) {
    boolean covers(String opcode, MooFile.Test test) {
      return opcode.matches(opcodes) && tests.test(test);
    }
  }

  private static final Set<Integer> PREFIXES = Set.of(0x26, 0x2E, 0x36, 0x3E, 0xF0, 0xF2, 0xF3);

  /** The most bytes an instruction of the 80286 has. */
  private static final int MOST_BYTES_80286 = 10;

  private static final List<Difference> DIFFERENCES =
      List.of(
          new Difference(
              ".*",
              "LOCK is #UD from the 80386 on where the destination is not memory to be modified",
              test -> hasLock(test) && decode(test).mnemonic == Mnemonic.INVALID),
          new Difference(
              ".*",
              "instructions of 11 to 15 bytes are #GP on the 80286 only",
              test -> isGeneralProtection(test) && decode(test).length > MOST_BYTES_80286),
          new Difference(
              "8C|8E",
              "FS and GS exist from the 80386 on",
              test -> test.exception() == GuestFault.INVALID_OPCODE && decode(test).reg > 3),
          new Difference(
              "6D|6F|A5|A7|AB|AD|AF",
              "the 80286 has moved CX, SI and DI on when a word at offset FFFF faults; later they"
                  + " are restored",
              AcceptedDifferences::isGeneralProtection),
          new Difference(
              "8F",
              "the 80286 has moved SP on when the destination at offset FFFF faults; later it is"
                  + " restored",
              test -> isGeneralProtection(test) && test.before().registers().get("sp") != 0xFFFF));

  private AcceptedDifferences() {}

  /** Whether a test is left out. */
  static boolean covers(String opcode, MooFile.Test test) {
    return DIFFERENCES.stream().anyMatch(d -> d.covers(opcode, test));
  }

  /**
   * Whether a test ends in a fault that has its own vector, 12, from the 80386 on: a word at offset
   * FFFF of the stack segment. On the 80286 in real mode it is 13, as in any other segment.
   */
  static boolean isStackFault(MooFile.Test test) {
    return isGeneralProtection(test) && usesStackSegment(decode(test));
  }

  /**
   * The flags that are not compared beside those of the captured set's mask: OF of a shift or
   * rotate of bytes by an immediate other than 1, undefined, for which the set masks it only where
   * the operand is a word. The 80286's is of the last step, that of later processors of the first.
   */
  static int undefinedFlags(String opcode, MooFile.Test test) {
    return opcode.startsWith("C0.") && (decode(test).immediate & 31) != 1 ? Flags.OF : 0;
  }

  private static boolean isGeneralProtection(MooFile.Test test) {
    return test.exception() == GuestFault.GENERAL_PROTECTION;
  }

  private static boolean usesStackSegment(Instruction insn) {
    return switch (insn.mnemonic) {
      case POP, POPA, POPF, LEAVE, RET, RET_FAR, IRET -> true;
      default -> insn.segment == CpuState.SS;
    };
  }

  private static boolean hasLock(MooFile.Test test) {
    int at = 0;
    while (PREFIXES.contains(test.bytes()[at] & 0xFF)) {
      if ((test.bytes()[at] & 0xFF) == 0xF0) {
        return true;
      }
      at++;
    }
    return false;
  }

  private static Instruction decode(MooFile.Test test) {
    return Decoder.decode(test.bytes(), 0, test.bytes().length, false);
  }
}
