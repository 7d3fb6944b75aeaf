package hourglass.runtime.board;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;
import hourglass.translator.cpu.x87.X87State;
import java.util.ArrayList;
import java.util.List;

/** The whole state of a processor as a row of ints, to be compared. */
public final class Snapshot {
  private static final List<String> NAMES = names();

  private Snapshot() {}

  /** The state at this moment. */
  public static int[] of(CpuState state) {
    final int[] row = new int[NAMES.size()];
    int at = 0;
    for (int value : state.reg) {
      row[at++] = value;
    }
    row[at++] = state.eip;
    row[at++] = state.eflags();
    row[at++] = (int) state.instructions();
    for (Segment segment : state.segment) {
      at = put(row, at, segment);
    }
    at = put(row, at, state.ldtr);
    at = put(row, at, state.tr);
    for (int value :
        new int[] {
          state.gdtrBase,
          state.gdtrLimit,
          state.idtrBase,
          state.idtrLimit,
          state.cpl,
          state.cr0,
          state.cr2,
          state.cr3,
          state.cr4,
          state.efer,
          state.sysenterCs,
          state.sysenterEsp,
          state.sysenterEip,
          state.modeKey,
          state.halted ? 1 : 0,
          state.interruptShadow ? 1 : 0
        }) {
      row[at++] = value;
    }
    for (int value : state.dr) {
      row[at++] = value;
    }
    row[at++] = state.mxcsr.value();
    for (int i = 0; i < CpuState.XMM_OPERAND; i++) {
      row[at++] = (int) state.xmm[i];
      row[at++] = (int) (state.xmm[i] >>> 32);
    }
    final X87State fpu = state.fpu;
    for (int i = 0; i < 8; i++) {
      row[at++] = (int) fpu.significand[i];
      row[at++] = (int) (fpu.significand[i] >>> 32);
      row[at++] = fpu.signExponent[i];
    }
    for (int value :
        new int[] {
          fpu.statusWord(),
          fpu.tagWord(),
          fpu.control(),
          fpu.lastInstructionOffset,
          fpu.lastInstructionSelector,
          fpu.lastDataOffset,
          fpu.lastDataSelector,
          fpu.lastOpcode
        }) {
      row[at++] = value;
    }
    return row;
  }

  private static int put(int[] row, int at, Segment segment) {
    row[at] = segment.selector;
    row[at + 1] = segment.base;
    row[at + 2] = segment.limit;
    row[at + 3] = segment.attributes;
    return at + 4;
  }

  /** What differs between two states, as text. */
  public static String difference(int[] expected, int[] actual) {
    final List<String> differences = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        differences.add(
            "%s is %08x instead of %08x".formatted(NAMES.get(i), actual[i], expected[i]));
      }
    }
    return String.join(", ", differences);
  }

  private static List<String> names() {
    final List<String> names =
        new ArrayList<>(
            List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags"));
    names.add("the instruction count");
    for (String segment : List.of("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr")) {
      for (String part : List.of("", ".base", ".limit", ".attributes")) {
        names.add(segment + part);
      }
    }
    names.addAll(
        List.of(
            "gdtr.base",
            "gdtr.limit",
            "idtr.base",
            "idtr.limit",
            "cpl",
            "cr0",
            "cr2",
            "cr3",
            "cr4",
            "efer",
            "sysenter cs",
            "sysenter esp",
            "sysenter eip",
            "the mode key",
            "halted",
            "the interrupt shadow"));
    for (int i = 0; i < 8; i++) {
      names.add("dr" + i);
    }
    names.add("mxcsr");
    for (int i = 0; i < 2 * CpuState.XMM_OPERAND; i++) {
      names.add("xmm%d.doubleword %d".formatted(i / 4, i % 4));
    }
    for (int i = 0; i < 8; i++) {
      names.add("r" + i + ".significand (low)");
      names.add("r" + i + ".significand (high)");
      names.add("r" + i + ".exponent");
    }
    names.addAll(
        List.of(
            "fpu status",
            "fpu tags",
            "fpu control",
            "fpu instruction offset",
            "fpu instruction selector",
            "fpu data offset",
            "fpu data selector",
            "fpu opcode"));
    return List.copyOf(names);
  }
}
