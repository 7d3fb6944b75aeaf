package hourglass.translator.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Writes instructions as text, letter for letter what GNU objdump 2.40 prints with {@code -m i386}
 * or {@code -m i8086}.
 *
 * <p>Where it differs: what is undocumented but decoded (SALC, the x87 aliases) is written by its
 * name, not as {@code (bad)}; hint NOPs that later processors gave a meaning, and prefixes that
 * make another instruction of an old one on those, are written as what a Pentium Pro makes of them.
 *
 * <p>Immutable; one disassembler serves any number of threads if its symbols do.
 */
public final class Disassembler {
  /** Names that encodings have beside the mnemonic they execute as. */
  private static final Map<String, String> NAMES_BY_ENCODING =
      Map.of(
          "F3 90", "pause",
          "0F 0D /0", "prefetch",
          "0F 0D /1", "prefetchw",
          "0F 18 /0", "prefetchnta",
          "0F 18 /1", "prefetcht0",
          "0F 18 /2", "prefetcht1",
          "0F 18 /3", "prefetcht2",
          "F3 0F 1E FA", "endbr64",
          "F3 0F 1E FB", "endbr32");

  private static final List<String> CONDITIONS =
      List.of(
          "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g");

  /** What comparisons of floating-point numbers are called, by their immediate. */
  private static final List<String> PREDICATES =
      List.of("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord");

  private final Notation notation;
  private final IntFunction<Optional<String>> symbols;

  /** A disassembler that knows no symbols. */
  public Disassembler(Syntax syntax) {
    this(syntax, address -> Optional.empty());
  }

  /**
   * A disassembler that names the targets of direct branches.
   *
   * @param symbols what an address is called, such as {@code memcpy} or {@code memcpy+0x10}
   */
  public Disassembler(Syntax syntax, IntFunction<Optional<String>> symbols) {
    this.notation =
        switch (syntax) {
          case INTEL -> new IntelNotation();
          case ATT -> new AttNotation();
        };
    this.symbols = symbols;
  }

  /**
   * The text of an instruction: prefixes, mnemonic, operands. {@code (bad)} for what is no
   * instruction.
   *
   * @param address where the instruction stands, as an offset in the code segment; branch targets
   *     are computed from it
   */
  public String format(Instruction insn, int address) {
    if (insn.form.encoding().isEmpty()) {
      return "(bad)";
    }
    final StringBuilder text = new StringBuilder();
    for (final int prefix : new PrefixUse(insn, notation).unusedInOrder()) {
      text.append(notation.prefixName(insn, prefix)).append(' ');
    }
    text.append(notation.mnemonic(insn, name(insn)));
    final List<String> operands = new ArrayList<>();
    for (final OperandKind kind : notation.written(insn)) {
      if (kind != OperandKind.IMM8 || !isNamedComparison(insn)) {
        operands.add(operand(insn, kind, address));
      }
    }
    if (operands.isEmpty()) {
      return text.toString();
    }
    while (text.length() < 6) {
      text.append(' ');
    }
    return text.append(' ').append(String.join(",", operands)).toString();
  }

  /**
   * Where a direct near branch leads, as an offset in the code segment: cut to 16 bits where the
   * displacement has 16, within the branch's own 64 KiB unless an operand size prefix says
   * otherwise.
   */
  static int target(Instruction insn, int address) {
    final int next = address + insn.length;
    final int target = next + insn.immediate;
    if (insn.operand(0) != OperandKind.RELV || insn.operandSize == 32) {
      return target;
    }
    final boolean prefixed = Prefixes.contains(insn.prefixes, Prefixes.OPERAND_SIZE);
    return target & 0xFFFF | (prefixed ? 0 : next & 0xFFFF_0000);
  }

  private String operand(Instruction insn, OperandKind kind, int address) {
    if (kind == OperandKind.REL8 || kind == OperandKind.RELV) {
      final int target = target(insn, address);
      return hex(target) + symbols.apply(target).map(symbol -> " <" + symbol + ">").orElse("");
    }
    return notation.operand(insn, kind);
  }

  /** What the instruction is called in both syntaxes, unless one of them has its own idea. */
  private static String name(Instruction insn) {
    final String special = NAMES_BY_ENCODING.get(insn.form.encoding());
    if (special != null) {
      return special;
    }
    final boolean wide = insn.operandSize == 32;
    final String condition = CONDITIONS.get(insn.condition);
    return switch (insn.mnemonic) {
      case JCC -> "j" + condition;
      case SETCC -> "set" + condition;
      case CMOVCC -> "cmov" + condition;
      case JCXZ -> insn.addressSize == 32 ? "jecxz" : "jcxz";
      case CBW -> wide ? "cwde" : "cbw";
      case CWD -> wide ? "cdq" : "cwd";
      case WAIT -> "fwait";
      case FNENI -> "fneni(8087 only)";
      case FNDISI -> "fndisi(8087 only)";
      case FNSETPM -> "fnsetpm(287 only)";
      case NOP -> isExchangeOfAccumulator(insn) ? "xchg" : "nop";
      case CMPPS, CMPPD, CMPSS, CMPSD ->
          isNamedComparison(insn)
              ? "cmp" + PREDICATES.get(insn.immediate) + suffix(insn)
              : "cmp" + suffix(insn);
      default -> insn.mnemonic.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Whether the predicate stands in the name and not as an operand. */
  private static boolean isNamedComparison(Instruction insn) {
    return switch (insn.mnemonic) {
      case CMPPS, CMPPD, CMPSS, CMPSD -> insn.immediate < PREDICATES.size();
      default -> false;
    };
  }

  private static String suffix(Instruction insn) {
    return insn.mnemonic.name().substring("CMP".length()).toLowerCase(Locale.ROOT);
  }

  /** Opcode 90 with an operand size prefix is written as the XCHG that it would be. */
  static boolean isExchangeOfAccumulator(Instruction insn) {
    return insn.form.encoding().equals("90")
        && Prefixes.contains(insn.prefixes, Prefixes.OPERAND_SIZE);
  }

  static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }

  static String signedHex(int value) {
    return value < 0 ? "-0x" + Integer.toHexString(-value) : hex(value);
  }

  /** The immediate as it is written: cut to the operand it belongs to. */
  static String immediate(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case IMM8_SX -> hex(insn.operandSize == 16 ? insn.immediate & 0xFFFF : insn.immediate);
      case IMM8_SECOND -> hex(insn.immediate2);
      default -> hex(insn.immediate);
    };
  }
}
