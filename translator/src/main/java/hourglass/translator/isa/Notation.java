package hourglass.translator.isa;

import java.util.List;

/** What differs between the syntaxes, and the register names that do not. */
abstract sealed class Notation permits IntelNotation, AttNotation {
  private static final List<String> GENERAL_8 =
      List.of("al", "cl", "dl", "bl", "ah", "ch", "dh", "bh");
  private static final List<String> GENERAL_16 =
      List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");
  private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs");

  /** The mnemonic with what the syntax adds to it. */
  abstract String mnemonic(Instruction insn, String name);

  /** The text of an operand; branch displacements excepted. */
  abstract String operand(Instruction insn, OperandKind kind);

  /** The operands in the order they are written in. */
  abstract List<OperandKind> written(Instruction insn);

  /** Whether only this syntax has the prefix show in the mnemonic. */
  abstract boolean shows(Instruction insn, int prefix);

  /** The word for a prefix that does not show otherwise. */
  String prefixName(Instruction insn, int prefix) {
    return switch (prefix) {
      case Prefixes.OPERAND_SIZE -> isCode32(insn) ? "data16" : "data32";
      case Prefixes.ADDRESS_SIZE -> isCode32(insn) ? "addr16" : "addr32";
      case Prefixes.LOCK -> "lock";
      case Prefixes.REP ->
          insn.form.has(Form.Trait.REP)
              ? "rep"
              : isElidable(insn) || isElidableStore(insn) ? "xrelease" : "repz";
      case Prefixes.REPNE -> isElidable(insn) ? "xacquire" : isNearBranch(insn) ? "bnd" : "repnz";
      default ->
          prefix == Prefixes.ES + 3 && isNotTracked(insn)
              ? "notrack"
              : segmentName(prefix - Prefixes.ES);
    };
  }

  /** Locked instructions can begin and end a hardware transaction on later processors. */
  private static boolean isElidable(Instruction insn) {
    return insn.memory && (insn.lock || insn.mnemonic == Mnemonic.XCHG);
  }

  private static boolean isElidableStore(Instruction insn) {
    return switch (insn.form.encoding()) {
      case "88 /r", "89 /r", "C6 /0 ib", "C7 /0 iv" -> insn.memory;
      default -> false;
    };
  }

  private static boolean isNearBranch(Instruction insn) {
    return switch (insn.form.ending()) {
      case JUMP, CALL, INDIRECT_JUMP, INDIRECT_CALL, RETURN -> true;
      case CONDITIONAL -> insn.mnemonic == Mnemonic.JCC;
      default -> false;
    };
  }

  /** Before an indirect branch, prefix DS turns off branch tracking on later processors. */
  static boolean isNotTracked(Instruction insn) {
    return switch (insn.form.ending()) {
      case INDIRECT_JUMP, INDIRECT_CALL -> Prefixes.lastSegment(insn.prefixes) == Prefixes.ES + 3;
      default -> false;
    };
  }

  /** Whether the code segment's default size is 32 bits: what the prefix turns over. */
  static boolean isCode32(Instruction insn) {
    return (insn.operandSize == 32) != hasOperandSizePrefix(insn);
  }

  static boolean hasOperandSizePrefix(Instruction insn) {
    return Prefixes.contains(insn.prefixes, Prefixes.OPERAND_SIZE);
  }

  /** Whether the memory operand's segment was chosen by a prefix that is not written as a word. */
  static boolean isSegmentOverridden(Instruction insn) {
    return !isNotTracked(insn) && Prefixes.lastSegment(insn.prefixes) != 0;
  }

  /** Whether the address is a displacement alone, written without brackets. */
  static boolean isAbsolute(Instruction insn) {
    return insn.base == Instruction.NONE && insn.index == Instruction.NONE && !showsZeroIndex(insn);
  }

  /**
   * Whether the SIB byte says "no index" in a way that the shorter notation could not be told from.
   */
  static boolean showsZeroIndex(Instruction insn) {
    if (insn.sib == Instruction.NONE || insn.index != Instruction.NONE) {
      return false;
    }
    final int scale = insn.sib >> 6;
    return scale != 0
        || insn.base == Instruction.NONE && isCode32(insn)
        || insn.base != Instruction.NONE && insn.base != 4;
  }

  /** The scale as it is encoded, whether there is an index or not. */
  static int scaleFactor(Instruction insn) {
    return insn.sib == Instruction.NONE ? 1 : 1 << (insn.sib >> 6);
  }

  /** Whether a displacement is encoded, be it 0. */
  static boolean hasDisplacement(Instruction insn) {
    return insn.modrm >= 0x40 || insn.base == Instruction.NONE;
  }

  static String generalName(int register, int bits) {
    return switch (bits) {
      case 8 -> GENERAL_8.get(register);
      case 16 -> GENERAL_16.get(register);
      default -> "e" + GENERAL_16.get(register);
    };
  }

  static String segmentName(int register) {
    return SEGMENTS.get(register);
  }

  /**
   * The name of the register that an operand is, without the sigil of AT&T syntax; empty where it
   * is none (an immediate, memory).
   */
  static String registerName(Instruction insn, OperandKind kind, String debugRegister) {
    return switch (kind) {
      case RM8 -> insn.memory ? "" : generalName(insn.rm, 8);
      case RM16 -> insn.memory ? "" : generalName(insn.rm, sourceBits(insn));
      case RM32 -> insn.memory ? "" : generalName(insn.rm, 32);
      case RMV, RV_M16 -> insn.memory ? "" : generalName(insn.rm, insn.operandSize);
      case R8, Z8 -> generalName(insn.reg, 8);
      case R16 -> generalName(insn.reg, 16);
      case R32 -> generalName(insn.reg, 32);
      case RV, ZV -> generalName(insn.reg, insn.operandSize);
      case R32_RM -> generalName(insn.rm, 32);
      case AL -> "al";
      case AX -> "ax";
      case AXV -> generalName(0, insn.operandSize);
      case CL -> "cl";
      case SREG -> segmentName(insn.reg);
      case CR -> "cr" + insn.reg;
      case DR -> debugRegister + insn.reg;
      case ES, CS, SS, DS, FS, GS -> segmentName(kind.ordinal() - OperandKind.ES.ordinal());
      case MM -> "mm" + insn.reg;
      case XMM -> "xmm" + insn.reg;
      case MM_RM, MMM32, MMM64 -> insn.memory ? "" : "mm" + insn.rm;
      case XMM_RM, XMMM16, XMMM32, XMMM64, XMMM128 -> insn.memory ? "" : "xmm" + insn.rm;
      case XMM0 -> "xmm0";
      case R32_M8, R32_M16 -> insn.memory ? "" : generalName(insn.rm, 32);
      case ST0 -> "st";
      case STI -> "st(" + insn.rm + ")";
      default -> "";
    };
  }

  /**
   * LAR, LSL and MOV to a segment register are written as if they read a register of the operand
   * size.
   */
  private static int sourceBits(Instruction insn) {
    return switch (insn.mnemonic) {
      case LAR, LSL, MOV -> insn.operandSize;
      default -> 16;
    };
  }
}
