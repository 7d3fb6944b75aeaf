package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.DecoderVectors.Vector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderVectorsTest {
  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void decodesTheReferenceEncodings(int bits) throws IOException {
    final List<Vector> vectors =
        new ArrayList<>(DecoderVectors.read("DecoderTest" + bits + ".txt.gz"));
    vectors.addAll(DecoderVectors.read("DecoderTestMisc" + bits + ".txt"));
    final List<String> wrong = new ArrayList<>();
    int checked = 0;
    int invalid = 0;
    for (final Vector vector : vectors) {
      if (vector.fields().containsKey("decopt")) {
        continue; // other processors' instructions, and what they let pass
      }
      if (vector.isInvalid() || IcedNames.mnemonic(vector).isEmpty()) {
        invalid++;
      }
      final Optional<String> difference = difference(vector, bits);
      difference.ifPresent(text -> wrong.add(vector.line() + "\n    " + text));
      checked++;
    }
    assertTrue(checked > 8000, "only " + checked + " vectors");
    count(
        "%d bits: %,d encodings, %,d skipped, %,d that are to be no instruction",
        bits, checked, vectors.size() - checked, invalid);
    report(wrong, checked);
  }

  /** Prints what was counted, where the system property {@code hourglass.counts} is true. */
  private static void count(String format, Object... counts) {
    if (Boolean.getBoolean("hourglass.counts")) {
      System.out.println(format.formatted(counts));
    }
  }

  private static void report(List<String> wrong, int checked) {
    assertEquals(
        0,
        wrong.size(),
        () ->
            "of "
                + checked
                + ":\n"
                + String.join("\n", wrong.subList(0, Math.min(80, wrong.size()))));
  }

  private static Optional<String> difference(Vector vector, int bits) {
    final byte[] code = vector.bytes();
    final Instruction insn = Decoder.decode(code, 0, code.length, bits == 32);
    final String actual = insn.mnemonic + " of length " + insn.length;
    if (vector.isInvalid()) {
      return isPseudo(insn) ? Optional.empty() : Optional.of(actual);
    }
    final Optional<Mnemonic> expected = IcedNames.mnemonic(vector);
    if (expected.isEmpty()) {
      return isPseudo(insn) ? Optional.empty() : Optional.of(actual);
    }
    if (insn.mnemonic != expected.get() || insn.length != vector.bytes().length) {
      return Optional.of(actual);
    }
    final List<String> operands = IcedNames.operands(insn, bits);
    final List<String> expectedOperands = IcedNames.expectedOperands(vector, insn);
    return operands.equals(expectedOperands)
        ? Optional.empty()
        : Optional.of(operands + " instead of " + expectedOperands);
  }

  private static Instruction decode(Vector vector, int bits) {
    return Decoder.decode(vector.bytes(), 0, vector.bytes().length, bits == 32);
  }

  /** Whether only other processors have a vector's instruction. */
  private static boolean isOfOthers(Vector vector, Instruction insn) {
    return isPseudo(insn) || vector.fields().containsKey("decopt");
  }

  private static boolean isPseudo(Instruction insn) {
    return switch (insn.mnemonic) {
      case INVALID, TOO_LONG, INCOMPLETE -> true;
      default -> false;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void knowsTheFlagsOfTheReferenceEncodings(int bits) throws IOException {
    final List<String> wrong = new ArrayList<>();
    int checked = 0;
    final List<Vector> vectors = DecoderVectors.read("InstructionInfoTest_" + bits + ".txt");
    for (final Vector vector : vectors) {
      final Instruction insn = decode(vector, bits);
      if (isOfOthers(vector, insn)) {
        continue;
      }
      final String actual =
          "r:%s w:%s u:%s"
              .formatted(
                  FlagLetters.letters(insn.flagsRead()),
                  FlagLetters.letters(insn.flagsWritten()),
                  FlagLetters.letters(insn.form.flagsUndefined()));
      final String expected =
          "r:%s w:%s u:%s"
              .formatted(
                  letters(savesAllFlags(insn) ? "odszapc" : vector.field("fr")),
                  letters(vector.field("fw") + vector.field("fc") + vector.field("fs")),
                  letters(vector.field("fu")));
      if (!actual.equals(expected)) {
        wrong.add(
            vector.line() + "\n    " + insn.mnemonic + " " + actual + " instead of " + expected);
      }
      checked++;
    }
    assertTrue(checked > 200, "only " + checked + " vectors");
    count("%d bits: flags of %,d, %,d skipped", bits, checked, vectors.size() - checked);
    report(wrong, checked);
  }

  /**
   * Interrupts push EFLAGS, and an IRET of a nested task saves it in the TSS; the vectors do not
   * say so.
   */
  private static boolean savesAllFlags(Instruction insn) {
    return switch (insn.mnemonic) {
      case INT, INT1, INT3, INTO, IRET -> true;
      default -> false;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void knowsTheRegistersOfTheReferenceEncodings(int bits) throws IOException {
    final List<String> wrong = new ArrayList<>();
    int checked = 0;
    int equal = 0;
    final List<Vector> vectors = DecoderVectors.read("InstructionInfoTest_" + bits + ".txt");
    for (final Vector vector : vectors) {
      final Instruction insn = decode(vector, bits);
      if (isOfOthers(vector, insn)) {
        continue;
      }
      // where a conditional write is not done, the old value stays, and so makes a difference
      final RegisterSet read = IcedNames.registers(vector, "r", "cr", "rw", "rcw", "cw");
      final RegisterSet written = IcedNames.registers(vector, "w", "cw", "rw", "rcw");
      if (insn.registersRead().equals(read) && insn.registersWritten().equals(written)) {
        equal++;
      }
      final RegisterSet accepted = acceptedDifference(vector, insn);
      if (!insn.registersRead().without(accepted).equals(read.without(accepted))
          || !insn.registersWritten().without(accepted).equals(written.without(accepted))) {
        wrong.add(
            "%s%n    %s r:%s w:%s instead of r:%s w:%s"
                .formatted(
                    vector.line(),
                    insn.mnemonic,
                    insn.registersRead(),
                    insn.registersWritten(),
                    read,
                    written));
      }
      checked++;
    }
    assertTrue(checked > 200, "only " + checked + " vectors");
    count(
        "%d bits: registers of %,d, %,d of them equal, %,d skipped",
        bits, checked, equal, vectors.size() - checked);
    report(wrong, checked);
  }

  /** The registers in which the vectors differ from the table for a reason. */
  private static RegisterSet acceptedDifference(Vector vector, Instruction insn) {
    final RegisterSet cs = RegisterSet.segment(CpuState.CS);
    final RegisterSet ss = RegisterSet.segment(CpuState.SS);
    final RegisterSet esp = RegisterSet.general(CpuState.ESP, 32);
    final RegisterSet ebp = RegisterSet.general(CpuState.EBP, 32);
    return switch (insn.mnemonic) {
      // the vectors leave out the code segment, and the stack of interrupts and SYSENTER
      case CALL_FAR, JMP_FAR, RET_FAR, IRET -> cs;
      case INTO, SYSENTER -> cs.with(ss).with(esp);
      // with a stack of 16 bits the upper half of ESP stays, and so makes a difference
      case LEAVE -> esp;
      // the vectors know what the nesting level is, and have EBP changed on the way
      case ENTER -> ebp;
      // AL becomes the lower half of AX by staying there
      case CBW -> RegisterSet.general(CpuState.EAX, 8);
      // of both operands only the two low bits count
      case ARPL -> insn.registersRead();
      // no processor of ours fetches, or checks a segment, ahead of need
      case NOP -> RegisterSet.segment(insn.segment);
      // the vectors have FSTENV and FSAVE, which is WAIT and another instruction
      case WAIT -> insn.registersRead().with(IcedNames.registers(vector, "r"));
      // the tag word that it stores tells of what the registers hold
      case FNSTENV -> RegisterSet.ALL_X87;
      // what gives 0 whatever was there, as processors know: not a matter of the form
      default -> vector.field("op1").equals("n") ? insn.registersRead() : RegisterSet.NONE;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void computesTheReferenceAddresses(int bits) throws IOException {
    final List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (final Vector vector : DecoderVectors.read("MemoryTest" + bits + ".txt")) {
      // bytes, code, register, prefix, segment, base, index, scale, displacement, its size,
      // positions
      final String[] columns = vector.line().split(", *");
      if (!columns[1].startsWith("Add_")) {
        continue;
      }
      final Instruction insn = decode(vector, bits);
      final String expected =
          "%s %s:%s+%s*%s+%x length %d"
              .formatted(
                  columns[2],
                  columns[4],
                  columns[5],
                  columns[6],
                  columns[6].equals("none") ? "0" : columns[7],
                  Long.decode(columns[8]) & (insn.addressSize == 16 ? 0xFFFF : 0xFFFF_FFFFL),
                  vector.bytes().length);
      final String actual =
          "%s %s:%s+%s*%s+%x length %d"
              .formatted(
                  Notation.registerName(insn, insn.operand(1), "dr"),
                  Notation.segmentName(insn.segment),
                  registerName(insn.base, insn),
                  registerName(insn.index, insn),
                  insn.scale,
                  insn.displacement & (insn.addressSize == 16 ? 0xFFFF : -1),
                  insn.length);
      if (!actual.equals(expected)) {
        wrong.add(vector.line() + "\n    " + actual + " instead of " + expected);
      }
      checked++;
    }
    assertTrue(checked > 900, "only " + checked + " vectors");
    count("%d bits: %,d addresses", bits, checked);
    report(wrong, checked);
  }

  private static String registerName(int register, Instruction insn) {
    return register == Instruction.NONE ? "none" : Notation.generalName(register, insn.addressSize);
  }

  private static String letters(String field) {
    return FlagLetters.letters(FlagLetters.mask(field.replaceAll("[^odszapc]", "")));
  }
}
