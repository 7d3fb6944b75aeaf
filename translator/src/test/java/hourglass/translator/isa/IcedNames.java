package hourglass.translator.isa;

import hourglass.translator.isa.DecoderVectors.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Our names and operands in the words of the decoder vectors. */
final class IcedNames {
  private static final Map<String, Mnemonic> RENAMED =
      Map.ofEntries(
          Map.entry("SAL", Mnemonic.SHL),
          Map.entry("CWDE", Mnemonic.CBW),
          Map.entry("CDQ", Mnemonic.CWD),
          Map.entry("XLATB", Mnemonic.XLAT),
          Map.entry("JECXZ", Mnemonic.JCXZ),
          Map.entry("RETF", Mnemonic.RET_FAR),
          Map.entry("PUSHAD", Mnemonic.PUSHA),
          Map.entry("POPAD", Mnemonic.POPA),
          Map.entry("PUSHFD", Mnemonic.PUSHF),
          Map.entry("POPFD", Mnemonic.POPF),
          Map.entry("IRETD", Mnemonic.IRET),
          Map.entry("FSTPNCE", Mnemonic.FSTP),
          Map.entry("PAUSE", Mnemonic.NOP),
          Map.entry("RESERVEDNOP", Mnemonic.NOP),
          Map.entry("ENDBR32", Mnemonic.NOP),
          Map.entry("ENDBR64", Mnemonic.NOP),
          Map.entry("PREFETCH", Mnemonic.NOP),
          Map.entry("PREFETCHW", Mnemonic.NOP),
          Map.entry("PREFETCHWT1", Mnemonic.NOP),
          Map.entry("PREFETCHNTA", Mnemonic.NOP),
          Map.entry("PREFETCHT0", Mnemonic.NOP),
          Map.entry("PREFETCHT1", Mnemonic.NOP),
          Map.entry("PREFETCHT2", Mnemonic.NOP),
          Map.entry("PREFETCHIT0", Mnemonic.NOP),
          Map.entry("PREFETCHIT1", Mnemonic.NOP),
          Map.entry("CLDEMOTE", Mnemonic.NOP),
          Map.entry("RDSSPD", Mnemonic.NOP),
          // what a later processor does instead when F3 stands before it
          Map.entry("TZCNT", Mnemonic.BSF),
          Map.entry("LZCNT", Mnemonic.BSR),
          Map.entry("WBNOINVD", Mnemonic.WBINVD));

  private static final Set<String> CONDITIONS =
      Set.of(
          "O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE", "G");

  private static final Map<String, RegisterSet> REGISTERS = registersByName();

  private IcedNames() {}

  /** What we call a vector's instruction; empty where this processor does not have it. */
  static Optional<Mnemonic> mnemonic(Vector vector) {
    final String name = vector.mnemonic().toUpperCase(Locale.ROOT);
    if (vector.code().matches("(VEX|EVEX|XOP|MVEX|D3NOW)_.*")) {
      return Optional.empty();
    }
    if (vector.code().contains("ptr16") || vector.code().matches("(Call|Jmp)_m16(16|32)")) {
      return Optional.of(name.equals("CALL") ? Mnemonic.CALL_FAR : Mnemonic.JMP_FAR);
    }
    for (final Mnemonic family : List.of(Mnemonic.JCC, Mnemonic.SETCC, Mnemonic.CMOVCC)) {
      final String stem = family.name().substring(0, family.name().length() - 2);
      if (name.startsWith(stem) && CONDITIONS.contains(name.substring(stem.length()))) {
        return Optional.of(family);
      }
    }
    if (RENAMED.containsKey(name)) {
      return Optional.of(RENAMED.get(name));
    }
    final String bare =
        name.matches("(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)[BWD]") && !vector.code().contains("xmm")
            ? name.substring(0, name.length() - 1)
            : name;
    return Arrays.stream(Mnemonic.values())
        .filter(mnemonic -> mnemonic.name().equals(bare))
        .findFirst();
  }

  /**
   * The operands of a vector, without what our forms leave out: an implied ST(0), the second
   * operand of a NOP.
   */
  static List<String> expectedOperands(Vector vector, Instruction insn) {
    List<String> operands = vector.operands();
    if (insn.mnemonic == Mnemonic.NOP) {
      operands =
          vector.mnemonic().equals("Rdsspd")
              ? List.of("r;" + Notation.generalName(insn.rm, insn.operandSize))
              : operands.subList(0, Math.min(operands.size(), insn.operandCount()));
    }
    if (insn.mnemonic == Mnemonic.XLAT) {
      operands = List.of();
    }
    if (insn.form.has(Form.Trait.X87)
        && operands.size() == insn.operandCount() + 1
        && operands.get(0).equals("r;st0")) {
      operands = operands.subList(1, operands.size());
    }
    if (insn.mnemonic == Mnemonic.MASKMOVQ || insn.mnemonic == Mnemonic.MASKMOVDQU) {
      operands = operands.subList(1, operands.size());
    }
    if (insn.operandCount() == 3 && insn.operand(2) == OperandKind.XMM0) {
      operands = new ArrayList<>(operands);
      operands.add("r;xmm0");
    }
    final List<String> normal = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      normal.add(
          normal(operands.get(i), i < insn.operandCount() ? insn.operand(i) : OperandKind.M));
    }
    return normal;
  }

  private static String normal(String operand, OperandKind kind) {
    final String[] parts = operand.split(";", -1);
    return switch (parts[0]) {
      case "m" ->
          String.join(";", Arrays.copyOf(parts, 5))
              + ";"
              + Long.toHexString(number(parts[5]) & 0xFFFF_FFFFL);
      case "r" ->
          kind == OperandKind.RM16 || kind == OperandKind.R16
              ? operand.replaceFirst("r;e(..)$", "r;$1")
              : operand;
      case "i8", "i16", "i32", "i8to16", "i8to32", "i8_2nd" ->
          "i;" + Long.toHexString(number(parts[1]));
      case "nb16", "nb32" -> "b;" + Long.toHexString(number(parts[1]));
      case "fb16", "fb32" ->
          "f;" + Long.toHexString(number(parts[1])) + ";" + Long.toHexString(number(parts[2]));
      default ->
          Arrays.stream(parts)
              .filter(part -> part.matches("[a-z]+"))
              .collect(Collectors.joining(";"));
    };
  }

  /**
   * The registers that a vector's fields name, such as {@code ss;xsp} or {@code st0-st7;mm0-mm7}.
   * The stack's registers count whole, and control and debug registers do not, as it is with us.
   */
  static RegisterSet registers(Vector vector, String... fields) {
    return Arrays.stream(fields)
        .flatMap(field -> Arrays.stream(vector.field(field).split(";")))
        .filter(name -> !name.isEmpty() && !name.matches("[cd]r\\d"))
        .map(REGISTERS::get)
        .reduce(RegisterSet.NONE, RegisterSet::with);
  }

  private static Map<String, RegisterSet> registersByName() {
    final Map<String, RegisterSet> names = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      for (final int bits : new int[] {8, 16, 32}) {
        names.put(Notation.generalName(i, bits), RegisterSet.general(i, bits));
      }
      names.put("st" + i, RegisterSet.x87(i));
      names.put("mm" + i, RegisterSet.mmx(i));
      names.put("xmm" + i, RegisterSet.xmm(i));
    }
    for (int i = 0; i < 6; i++) {
      names.put(Notation.segmentName(i), RegisterSet.segment(i));
    }
    names.put("spl", names.get("sp"));
    names.put("xsp", names.get("esp"));
    names.put("xbp", names.get("ebp"));
    names.put("st0-st7", RegisterSet.ALL_X87);
    names.put("mm0-mm7", RegisterSet.ALL_MMX);
    return names;
  }

  private static long number(String text) {
    return Long.decode(text);
  }

  /** Our operands in the same form. */
  static List<String> operands(Instruction insn, int bits) {
    return insn.form.operands().stream().map(kind -> operand(insn, kind, bits)).toList();
  }

  private static String operand(Instruction insn, OperandKind kind, int bits) {
    final String register =
        kind == OperandKind.RM16 && !insn.memory
            ? Notation.generalName(insn.rm, 16)
            : Notation.registerName(insn, kind, "dr");
    if (!register.isEmpty()) {
      return "r;" + (kind == OperandKind.ST0 ? "st0" : register.replaceAll("[()]", ""));
    }
    final String index = insn.addressSize == 32 ? "e" : "";
    return switch (kind) {
      case DX -> "r;dx";
      case ONE -> "i;1";
      case IMM8, IMM16, IMMV -> "i;" + Integer.toHexString(insn.immediate);
      case IMM8_SX ->
          "i;"
              + Integer.toHexString(
                  insn.operandSize == 16 ? insn.immediate & 0xFFFF : insn.immediate);
      case IMM8_SECOND -> "i;" + Integer.toHexString(insn.immediate2);
      case REL8, RELV -> {
        final int target = Disassembler.target(insn, bits == 32 ? 0x7FFF_FFF0 : 0x7FF0);
        yield "b;" + Integer.toHexString(insn.operandSize == 16 ? target & 0xFFFF : target);
      }
      case PTR_FAR ->
          "f;" + Integer.toHexString(insn.immediate2) + ";" + Integer.toHexString(insn.immediate);
      case SRC8, SRCV -> "seg" + index + "si;" + Notation.segmentName(insn.segment);
      case DST8, DSTV -> "es" + index + "di";
      default -> memory(insn);
    };
  }

  private static String memory(Instruction insn) {
    final int mask = insn.addressSize == 16 ? 0xFFFF : -1;
    return String.join(
        ";",
        "m",
        Notation.segmentName(insn.segment),
        insn.base == Instruction.NONE ? "" : Notation.generalName(insn.base, insn.addressSize),
        insn.index == Instruction.NONE ? "" : Notation.generalName(insn.index, insn.addressSize),
        "" + (1 << insn.scale),
        Integer.toHexString(insn.displacement & mask));
  }
}
