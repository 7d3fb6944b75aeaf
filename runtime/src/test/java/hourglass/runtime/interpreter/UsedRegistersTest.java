package hourglass.runtime.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hourglass.runtime.fuzz.FormEncoder;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Form.Ending;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.InstructionTable;
import hourglass.translator.isa.Syntax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * Holds the registers that the instruction table lists for an instruction against what the
 * interpreter does, for all forms but those that go to another code segment or task.
 */
class UsedRegistersTest {
  /** Random encodings of a form, of which those are left out that are like others. */
  private static final int DRAWS = 80;

  /** So many encodings of a form may be alike in sizes, kind of operand and prefix. */
  private static final int ALIKE = 4;

  /** States that an encoding is tried in. */
  private static final int TRIALS = 3;

  /** So often must a kind of register have been listed for its use to be judged. */
  private static final int CHANCES = 48;

  private int encodings;
  private int trials;

  @Test
  void anInstructionWritesAndDependsOnTheRegistersListedOnly() {
    final List<String> wrong = new ArrayList<>();
    forEachTrial((insn, trial) -> {
      final long read = trial.units(insn.registersRead());
      final long written = trial.units(insn.registersWritten());
      final long[] before = trial.enter(0);
      final long[] after = trial.execute();
      for (int unit = 0; unit < InstructionTrial.UNITS; unit++) {
        if (before[unit] != after[unit] && !isIn(written, unit)) {
          wrong.add(
              "%s changes %s from %x to %x, and is to write %s"
                  .formatted(
                      text(insn),
                      trial.name(unit),
                      before[unit],
                      after[unit],
                      insn.registersWritten()));
        }
      }
      final long others = InstructionTrial.CHANGEABLE & ~read;
      if (makesADifference(trial, others, written, after)) {
        wrong.add(
            "%s depends on %s, and is to read %s"
                .formatted(
                    text(insn), culprits(trial, others, written, after), insn.registersRead()));
      }
    });
    report(wrong);
  }

  /** Which of the units that together make a difference do so alone. */
  private static String culprits(InstructionTrial trial, long changed, long written, long[] after) {
    final List<String> names = new ArrayList<>();
    for (int unit = 0; unit < InstructionTrial.UNITS; unit++) {
      if (isIn(changed, unit) && makesADifference(trial, 1L << unit, written, after)) {
        names.add(trial.name(unit));
      }
    }
    return names.isEmpty() ? "several registers together" : String.join(" ", names);
  }

  @Test
  void everyRegisterListedAsReadMakesADifferenceAndAsWrittenChanges() {
    final Map<Listing, int[]> seen = new HashMap<>(); // how often listed, and how often rightly
    final Map<Form, Integer> trialsOf = new HashMap<>();
    forEachTrial((insn, trial) -> {
      trialsOf.merge(insn.form, 1, Integer::sum);
      final long read = trial.units(insn.registersRead()) & InstructionTrial.CHANGEABLE;
      final long written = trial.units(insn.registersWritten());
      final long[] before = trial.enter(0);
      final long[] after = trial.execute();
      for (int unit = 0; unit < InstructionTrial.UNITS; unit++) {
        if (isIn(written, unit)) {
          count(seen, insn, trial, unit, "written", before[unit] != after[unit]);
        }
        if (isIn(read, unit) && !isWithoutConsequence(insn, trial.register(unit))) {
          final String use = isIn(written, unit) ? "read and written" : "read";
          count(seen, insn, trial, unit, use, makesADifference(trial, 1L << unit, written, after));
        }
      }
    });
    final List<String> wrong = new ArrayList<>();
    seen.forEach((listing, times) -> {
      // a single register is looked at only where the form has it always
      if (times[1] == 0
          && (listing.single ? times[0] >= trialsOf.get(listing.form) : times[0] >= CHANCES)) {
        wrong.add("%s: never in %d trials".formatted(listing, times[0]));
      }
    });
    report(wrong);
  }

  /** A register, or a kind of register, that a form has been seen to list. */
  private record Listing(Form form, String register, boolean single, String use) {
    @Override
    public String toString() {
      return "%s %s, %s %s".formatted(form.mnemonic(), form.encoding(), register, use);
    }
  }

  private static void count(
      Map<Listing, int[]> seen,
      Instruction insn,
      InstructionTrial trial,
      int unit,
      String use,
      boolean rightly) {
    for (final Listing listing :
        List.of(
            new Listing(insn.form, trial.kind(unit), false, use),
            new Listing(insn.form, trial.register(unit), true, use))) {
      final int[] times = seen.computeIfAbsent(listing, key -> new int[2]);
      times[0]++;
      times[1] += rightly ? 1 : 0;
    }
  }

  /**
   * What is read, but changes nothing: addresses of what affects caches only, and the number of a
   * subleaf, as no leaf of our CPUID has any.
   */
  private static boolean isWithoutConsequence(Instruction insn, String register) {
    return switch (insn.mnemonic) {
      case NOP, CLFLUSH, INVLPG -> true;
      case CPUID -> register.equals("ecx");
      default -> false;
    };
  }

  /**
   * Whether something is otherwise than before when some units are changed at the beginning. A unit
   * that is changed and not written keeps the change, which is no difference; and so does one that
   * is written, where the instruction faults.
   */
  private static boolean makesADifference(
      InstructionTrial trial, long changed, long written, long[] after) {
    final long[] changedBefore = trial.enter(changed);
    final long[] changedAfter = trial.execute();
    final boolean faults = after[InstructionTrial.FAULT] >= 0;
    for (int i = 0; i < after.length; i++) {
      final boolean keeps =
          i < InstructionTrial.UNITS && isIn(changed, i) && (faults || !isIn(written, i));
      if (changedAfter[i] != (keeps ? changedBefore[i] : after[i])) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(long units, int unit) {
    return (units >> unit & 1) != 0;
  }

  /** Tries each form in 16- and 32-bit code, with all kinds of operands and prefixes. */
  private void forEachTrial(BiConsumer<Instruction, InstructionTrial> check) {
    final Random random = new Random();
    final InstructionTrial trial = new InstructionTrial(random);
    for (final Form form : InstructionTable.forms()) {
      if (form.ending() == Ending.FAR) {
        continue;
      }
      random.setSeed((form.encoding() + form.operands()).hashCode());
      final Map<String, Integer> kinds = new HashMap<>();
      for (int draw = 0; draw < DRAWS; draw++) {
        final boolean code32 = random.nextInt(4) != 0;
        final FormEncoder encoder = new FormEncoder(random, code32, trial::offset);
        for (int register = 0; register < 8; register++) {
          encoder.know(register, 0); // the trial gives it a value that leads to the window
        }
        final byte[] code = encoder.encode(form).orElseThrow();
        final Instruction insn = Decoder.decode(code, 0, code.length, code32);
        if (kinds.getOrDefault(kind(insn), 0) < ALIKE && trial.prepare(insn)) {
          kinds.merge(kind(insn), 1, Integer::sum);
          encodings++;
          tryOut(insn, trial, check);
        }
      }
      assertFalse(kinds.isEmpty(), () -> "no encoding to try out of " + form);
    }
  }

  private void tryOut(
      Instruction insn, InstructionTrial trial, BiConsumer<Instruction, InstructionTrial> check) {
    for (int i = 0; i < TRIALS; i++) {
      if (trial.prepare(insn)) {
        check.accept(insn, trial);
        trials++;
      }
    }
  }

  private static String kind(Instruction insn) {
    return "%d %d %b %d".formatted(insn.operandSize, insn.addressSize, insn.memory, insn.repeat);
  }

  private static String text(Instruction insn) {
    return new Disassembler(Syntax.INTEL).format(insn, GuestMachine.CODE);
  }

  private void report(List<String> wrong) {
    if (Boolean.getBoolean("hourglass.counts")) {
      System.out.println("registers used: %,d encodings, %,d trials".formatted(encodings, trials));
    }
    assertEquals(List.of(), wrong.stream().distinct().limit(60).toList());
  }
}
