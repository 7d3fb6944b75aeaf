package hourglass.translator.isa;

import java.util.List;

/** AT&T syntax as objdump writes it. */
final class AttNotation extends Notation {
  @Override
  String mnemonic(Instruction insn, String name) {
    final String size = insn.operandSize == 16 ? "w" : "l";
    final String sizeIfPrefixed = hasOperandSizePrefix(insn) ? size : "";
    return switch (insn.mnemonic) {
      case SGDT, SIDT, LGDT, LIDT -> name + size;
      case CALL_FAR -> "lcall" + sizeIfPrefixed;
      case JMP_FAR -> "ljmp" + sizeIfPrefixed;
      case RET_FAR -> "lret" + sizeIfPrefixed;
      case PUSHA, POPA, PUSHF, POPF, RET, IRET, ENTER, LEAVE -> name + sizeIfPrefixed;
      case PUSH, POP, CALL, JMP -> tellsSize(insn, insn.operand(0)) ? name : name + sizeIfPrefixed;
      case FLDENV, FNSTENV, FRSTOR, FNSAVE ->
          !hasOperandSizePrefix(insn) ? name : insn.operandSize == 16 ? name + "s" : name + "l";
      case LOOP, LOOPE, LOOPNE ->
          Prefixes.contains(insn.prefixes, Prefixes.ADDRESS_SIZE)
              ? name + (insn.addressSize == 16 ? "w" : "l")
              : name;
      case JCC -> name + branchHint(insn);
      case CBW -> insn.operandSize == 16 ? "cbtw" : "cwtl";
      case CWD -> insn.operandSize == 16 ? "cwtd" : "cltd";
      case MOVZX, MOVSX ->
          name.substring(0, 4) + (insn.operand(1) == OperandKind.RM8 ? "b" : "w") + size;
      case CRC32 -> insn.memory ? name + (insn.operand(1) == OperandKind.RM8 ? "b" : size) : name;
      case MOVS, CMPS, INS, OUTS -> name + stringSize(insn, size);
      case FSUB, FSUBR, FDIV, FDIVR, FSUBP, FSUBRP, FDIVP, FDIVRP ->
          !insn.memory && insn.operand(0) == OperandKind.STI
              ? withReverseExchanged(name)
              : name + memorySize(insn, size);
      default -> name + memorySize(insn, size);
    };
  }

  private static boolean tellsSize(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case RMV -> !insn.memory;
      case ZV, REL8 -> true;
      default -> false;
    };
  }

  private static String stringSize(Instruction insn, String size) {
    return insn.form.operands().stream()
            .anyMatch(kind -> kind == OperandKind.SRC8 || kind == OperandKind.DST8)
        ? "b"
        : size;
  }

  /**
   * The assembler that this syntax comes from had the names of these the wrong way round, and so
   * they stayed.
   */
  private static String withReverseExchanged(String name) {
    final boolean pop = name.endsWith("p");
    final String bare = pop ? name.substring(0, name.length() - 1) : name;
    final String exchanged = bare.endsWith("r") ? bare.substring(0, bare.length() - 1) : bare + "r";
    return pop ? exchanged + "p" : exchanged;
  }

  /** The size that the mnemonic has to tell since no register does; empty where one does. */
  private static String memorySize(Instruction insn, String size) {
    if (!insn.memory) {
      return "";
    }
    String suffix = "";
    for (final OperandKind kind : insn.form.operands()) {
      switch (kind) {
        case RM8 -> suffix = insn.mnemonic == Mnemonic.SETCC ? "" : "b";
        case RMV -> suffix = size;
        case M32FP, M16INT -> suffix = "s";
        case M64FP, M32INT -> suffix = "l";
        case M64INT -> suffix = "ll";
        case M80FP -> suffix = "t";
        default -> {}
      }
    }
    final boolean registerTells =
        insn.form.operands().stream()
            .anyMatch(kind ->
                switch (kind) {
                  case R8, R16, R32, RV -> true;
                  default -> false;
                });
    return registerTells ? "" : suffix;
  }

  @Override
  List<OperandKind> written(Instruction insn) {
    if (insn.mnemonic == Mnemonic.XLAT) {
      return List.of(OperandKind.M8);
    }
    if (Disassembler.isExchangeOfAccumulator(insn)) {
      return List.of(OperandKind.AXV, OperandKind.AXV);
    }
    final List<OperandKind> operands =
        insn.form.operands().stream().filter(kind -> kind != OperandKind.ONE).toList();
    return switch (insn.mnemonic) {
      case ENTER, BOUND -> operands;
      default -> operands.reversed();
    };
  }

  @Override
  boolean shows(Instruction insn, int prefix) {
    return switch (insn.mnemonic) {
      case JCC -> prefix == Prefixes.ES + 1 || prefix == Prefixes.ES + 3;
      case LOOP, LOOPE, LOOPNE -> prefix == Prefixes.ADDRESS_SIZE;
      default -> false;
    };
  }

  /**
   * Segment prefixes CS and DS before a conditional jump hint that it is, or is not, likely to be
   * taken.
   */
  private static String branchHint(Instruction insn) {
    return switch (Prefixes.lastSegment(insn.prefixes) - Prefixes.ES) {
      case 1 -> ",pn";
      case 3 -> ",pt";
      default -> "";
    };
  }

  @Override
  String operand(Instruction insn, OperandKind kind) {
    final String star =
        insn.form.ending() == Form.Ending.INDIRECT_JUMP
                || insn.form.ending() == Form.Ending.INDIRECT_CALL
                || kind == OperandKind.M_FAR && insn.form.ending() == Form.Ending.FAR
            ? "*"
            : "";
    final String register = registerName(insn, kind, "db");
    if (!register.isEmpty()) {
      return star + "%" + register;
    }
    return switch (kind) {
      case DX -> "(%dx)";
      case THREE -> "$3";
      case IMM8, IMM8_SX, IMM16, IMMV, IMM8_SECOND -> "$" + Disassembler.immediate(insn, kind);
      case PTR_FAR ->
          "$" + Disassembler.hex(insn.immediate2) + ",$" + Disassembler.hex(insn.immediate);
      case SRC8, SRCV ->
          "%" + segmentName(insn.segment) + ":(%" + generalName(6, insn.addressSize) + ")";
      case DST8, DSTV -> "%es:(%" + generalName(7, insn.addressSize) + ")";
      default -> star + address(insn);
    };
  }

  private static String address(Instruction insn) {
    final String segment = "%" + segmentName(insn.segment) + ":";
    if (insn.mnemonic == Mnemonic.XLAT) {
      return segment + "(%" + generalName(3, insn.addressSize) + ")";
    }
    final StringBuilder text = new StringBuilder();
    if (isSegmentOverridden(insn)) {
      text.append(segment);
    }
    if (isAbsolute(insn)) {
      final boolean sixteenBits = insn.addressSize == 16 && insn.modrm != Instruction.NONE;
      return text.append(
              sixteenBits
                  ? Disassembler.signedHex(insn.displacement)
                  : Disassembler.hex(insn.displacement))
          .toString();
    }
    if (hasDisplacement(insn)) {
      text.append(Disassembler.signedHex(insn.displacement));
    }
    text.append('(');
    if (insn.base != Instruction.NONE) {
      text.append('%').append(generalName(insn.base, insn.addressSize));
    }
    final boolean zeroIndex = showsZeroIndex(insn);
    if (insn.index != Instruction.NONE || zeroIndex) {
      text.append(",%").append(zeroIndex ? "eiz" : generalName(insn.index, insn.addressSize));
      if (insn.addressSize == 32) {
        text.append(',').append(scaleFactor(insn));
      }
    }
    return text.append(')').toString();
  }
}
