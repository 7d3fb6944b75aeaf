package hourglass.runtime.fuzz;

import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Syntax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program and all that decides how it runs.
 *
 * @param setup the machine
 * @param paging whether paging is on
 * @param origin offset in CS where the code is placed and starts
 * @param registers EAX to EDI
 * @param eflags the initial EFLAGS
 * @param dataSeed what the random bytes in the data area are made from; 0 for zeros
 * @param sliceSeed what lengths of slices and times of interrupts are made from; 0 for slices of
 *     100 and none
 * @param code the code in pieces, mostly an instruction each
 */
record FuzzProgram(
    Setup setup,
    boolean paging,
    int origin,
    List<Integer> registers,
    int eflags,
    int dataSeed,
    int sliceSeed,
    List<byte[]> code) {
  private static final Set<String> FIELDS =
      Set.of("setup", "paging", "origin", "registers", "eflags", "data", "slices");
  private static final HexFormat BYTES = HexFormat.ofDelimiter(" ");
  private static final Disassembler DISASSEMBLER = new Disassembler(Syntax.INTEL);

  /** All bytes of the code. */
  byte[] bytes() {
    final byte[] all = new byte[code.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (byte[] piece : code) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  FuzzProgram withCode(List<byte[]> other) {
    return new FuzzProgram(
        setup, paging, origin, registers, eflags, dataSeed, sliceSeed, List.copyOf(other));
  }

  FuzzProgram withRegister(int number, int value) {
    final List<Integer> changed = new ArrayList<>(registers);
    changed.set(number, value);
    return new FuzzProgram(
        setup, paging, origin, List.copyOf(changed), eflags, dataSeed, sliceSeed, code);
  }

  FuzzProgram withEflags(int value) {
    return new FuzzProgram(setup, paging, origin, registers, value, dataSeed, sliceSeed, code);
  }

  FuzzProgram withoutData() {
    return new FuzzProgram(setup, paging, origin, registers, eflags, 0, sliceSeed, code);
  }

  FuzzProgram withoutSlices() {
    return new FuzzProgram(setup, paging, origin, registers, eflags, dataSeed, 0, code);
  }

  FuzzProgram withoutPaging() {
    return new FuzzProgram(setup, false, origin, registers, eflags, dataSeed, sliceSeed, code);
  }

  /** The program as text that {@link #parse} reads, with a listing as comments. */
  String text() {
    final StringBuilder text = new StringBuilder();
    text.append("setup %s%n".formatted(setup));
    text.append("paging %s%n".formatted(paging));
    text.append("origin %x%n".formatted(origin));
    text.append("registers");
    registers.forEach(value -> text.append(" %x".formatted(value)));
    text.append("%neflags %x%n".formatted(eflags));
    text.append("data %x%n".formatted(dataSeed));
    text.append("slices %x%n".formatted(sliceSeed));
    int at = origin;
    for (byte[] piece : code) {
      text.append(
          "code %-40s # %x: %s%n".formatted(BYTES.formatHex(piece), at, listing(piece, at)));
      at += piece.length;
    }
    return text.toString();
  }

  private String listing(byte[] piece, int address) {
    final List<String> lines = new ArrayList<>();
    int at = 0;
    while (at < piece.length) {
      final Instruction insn = Decoder.decode(piece, at, piece.length, setup.code32);
      lines.add(insn.form.encoding().isEmpty() ? "..." : DISASSEMBLER.format(insn, address + at));
      at += insn.length;
    }
    return String.join("; ", lines);
  }

  /**
   * Reads what {@link #text} writes; from {@code #} to the end of a line is a comment.
   *
   * @throws IllegalArgumentException where this is no program
   */
  static FuzzProgram parse(List<String> lines) {
    final Map<String, String> fields = new HashMap<>();
    final List<byte[]> code = new ArrayList<>();
    for (String line : lines) {
      final String[] words = line.replaceFirst("#.*", "").strip().split(" ", 2);
      if (words[0].equals("code")) {
        code.add(BYTES.parseHex(words[1]));
      } else if (words.length == 2) {
        fields.put(words[0], words[1]);
      }
    }
    if (!fields.keySet().equals(FIELDS)) {
      throw new IllegalArgumentException("expected " + FIELDS + " but there is " + fields);
    }
    return new FuzzProgram(
        Setup.valueOf(fields.get("setup")),
        Boolean.parseBoolean(fields.get("paging")),
        hex(fields.get("origin")),
        Arrays.stream(fields.get("registers").split(" ")).map(FuzzProgram::hex).toList(),
        hex(fields.get("eflags")),
        hex(fields.get("data")),
        hex(fields.get("slices")),
        List.copyOf(code));
  }

  private static int hex(String word) {
    return Integer.parseUnsignedInt(word, 16);
  }
}
