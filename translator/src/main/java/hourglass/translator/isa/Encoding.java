package hourglass.translator.isa;

import java.util.List;

/**
 * A form's encoding, taken apart once so that decoding needs no text.
 *
 * <p>The notation is the manual's (Intel SDM volume 2, section 3.1.1.1), hexadecimal bytes in
 * order, then:
 *
 * <ul>
 *   <li>{@code 66}, {@code F2} or {@code F3} before the opcode: a mandatory prefix; {@code NP}:
 *       none of them may stand there;
 *   <li>{@code 40+r}, {@code 70+cc}: a register or a condition in the opcode's low bits;
 *   <li>{@code /r}: a ModR/M byte with two operands; {@code /0}-{@code /7}: its reg field belongs
 *       to the opcode;
 *   <li>a second opcode byte such as {@code E0} or {@code C0+i}: the whole ModR/M byte belongs to
 *       the opcode, but for the number of an x87 register in {@code +i};
 *   <li>{@code ib iw iv} immediate of a byte, a word, the operand size; {@code cb cv} branch
 *       displacement, {@code cp} far pointer; {@code mo} memory offset of the address size. What an
 *       operand is made of follows from its kind.
 * </ul>
 *
 * Forms whose operands can only be memory, or only a register, do not accept the other ModR/M
 * bytes.
 */
final class Encoding {
  /** Number of values of {@link #prefix}. */
  static final int PREFIXES = 4;

  /** Number of values of {@link #opcode}. */
  static final int OPCODES = 4 * 256;

  /** Added to the opcode byte in the map that 0F leads to. */
  static final int MAP_0F = 256;

  /** Added to the opcode byte in the map that 0F 38 leads to. */
  static final int MAP_0F38 = 2 * 256;

  /** Added to the opcode byte in the map that 0F 3A leads to. */
  static final int MAP_0F3A = 3 * 256;

  final Form form;

  /** The mandatory prefix: 0 none, 1 for 66, 2 for F3, 3 for F2. */
  final int prefix;

  /** Whether with any of the prefixes that can be mandatory it is no such instruction. */
  final boolean prefixForbidden;

  /** The opcode byte, with {@link #MAP_0F} and its like added. */
  final int opcode;

  /** How many opcodes, from {@link #opcode} on, are this form: 8 for +r, 16 for +cc, else 1. */
  final int opcodeCount;

  final boolean hasModrm;

  /** ModR/M reg as part of the opcode, or -1. */
  final int digit;

  /** The ModR/M byte as part of the opcode, or -1. */
  final int exactModrm;

  /** How many ModR/M bytes, from {@link #exactModrm} on, are this form: 1, or 8 for +i. */
  final int modrmCount;

  /** ModR/M r/m names a register whatever mod says. */
  final boolean rmAlwaysRegister;

  /** An operand lies in ModR/M reg. */
  final boolean regFromModrm;

  /** An operand lies in the opcode's low three bits. */
  final boolean regFromOpcode;

  /** The low four bits of the opcode are a condition. */
  final boolean conditional;

  /** A memory offset stands in place of ModR/M. */
  final boolean memoryOffset;

  /** An operand lies in memory in a segment that a prefix can override. */
  final boolean segmentMatters;

  /** Where the immediate comes from, and the second one; null for none. */
  final OperandKind immediate;

  final OperandKind immediate2;

  final boolean lockable;
  final boolean repeatable;

  Encoding(Form form) {
    this.form = form;
    final List<String> words = List.of(form.encoding().split(" "));
    int at = 0;
    prefix =
        words.size() > 1 ? Math.max(0, List.of("", "66", "F3", "F2").indexOf(words.get(0))) : 0;
    prefixForbidden = words.get(0).equals("NP");
    if (prefix > 0 || prefixForbidden) {
      at++;
    }
    int map = 0;
    if (words.get(at).equals("0F")) {
      at++;
      final int maps = List.of("38", "3A").indexOf(words.get(at));
      map = MAP_0F + 256 * (maps + 1);
      at += maps >= 0 ? 1 : 0;
    }
    final String[] opcodeWord = words.get(at++).split("\\+");
    opcode = Integer.parseInt(opcodeWord[0], 16) + map;
    final String variable = opcodeWord.length > 1 ? opcodeWord[1] : "";
    opcodeCount = variable.equals("r") ? 8 : variable.equals("cc") ? 16 : 1;
    conditional = variable.equals("cc");

    final String next = at < words.size() ? words.get(at) : "";
    final boolean slash = next.startsWith("/");
    final boolean exact = next.matches("[0-9A-F]{2}(\\+i)?");
    hasModrm = slash || exact;
    digit = slash && !next.equals("/r") ? next.charAt(1) - '0' : -1;
    exactModrm = exact ? Integer.parseInt(next.substring(0, 2), 16) : -1;
    modrmCount = next.endsWith("+i") ? 8 : 1;

    rmAlwaysRegister = has(OperandKind.R32_RM);
    regFromModrm =
        form.operands().stream()
            .anyMatch(kind ->
                switch (kind) {
                  case R8, R16, R32, RV, SREG, CR, DR, MM, XMM -> true;
                  default -> false;
                });
    regFromOpcode = has(OperandKind.Z8) || has(OperandKind.ZV);
    memoryOffset = has(OperandKind.MOFFS8) || has(OperandKind.MOFFSV);
    segmentMatters =
        memoryOffset
            || has(OperandKind.SRC8)
            || has(OperandKind.SRCV)
            || form.mnemonic() == Mnemonic.XLAT
            || form.mnemonic() == Mnemonic.MASKMOVQ
            || form.mnemonic() == Mnemonic.MASKMOVDQU;
    immediate = form.operands().stream().filter(Encoding::isImmediate).findFirst().orElse(null);
    immediate2 = has(OperandKind.IMM8_SECOND) ? OperandKind.IMM8_SECOND : null;
    lockable = form.has(Form.Trait.LOCKABLE);
    repeatable = form.has(Form.Trait.REP) || form.has(Form.Trait.REP_WHILE);
  }

  private boolean has(OperandKind kind) {
    return form.operands().contains(kind);
  }

  private static boolean isImmediate(OperandKind kind) {
    return switch (kind) {
      case IMM8, IMM8_SX, IMM16, IMMV, REL8, RELV, PTR_FAR -> true;
      default -> false;
    };
  }

  /** Whether a ModR/M byte that follows the opcode makes it this form. */
  boolean acceptsModrm(int modrm) {
    if (exactModrm >= 0) {
      return modrm >= exactModrm && modrm < exactModrm + modrmCount;
    }
    final int reg = modrm >> 3 & 7;
    if (digit >= 0 && digit != reg) {
      return false;
    }
    for (final OperandKind kind : form.operands()) {
      if (!acceptsModrm(kind, modrm >= 0xC0, reg)) {
        return false;
      }
    }
    return true;
  }

  private boolean acceptsModrm(OperandKind kind, boolean register, int reg) {
    return switch (kind) {
      case M, M8, M16, M32, M64, M80, M128, M_FAR, M_BOUND, M_TABLE -> !register;
      case M32FP, M64FP, M80FP, M16INT, M32INT, M64INT, M80BCD -> !register;
      case MM_RM, XMM_RM -> register;
      case SREG -> reg < 6 && !(reg == 1 && form.operands().get(0) == OperandKind.SREG);
      case CR -> reg == 0 || reg >= 2 && reg <= 4;
      default -> true;
    };
  }
}
