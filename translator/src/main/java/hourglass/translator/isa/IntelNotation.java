package hourglass.translator.isa;

import java.util.List;

/** Intel syntax as objdump writes it. */
final class IntelNotation extends Notation {
  @Override
  String mnemonic(Instruction insn, String name) {
    final String size = insn.operandSize == 16 ? "w" : "d";
    return switch (insn.mnemonic) {
      case SGDT, SIDT, LGDT, LIDT -> name + size;
      case CALL_FAR -> "call";
      case JMP_FAR -> "jmp";
      case RET_FAR -> hasOperandSizePrefix(insn) ? "retf" + size : "retf";
      case PUSHA, POPA, PUSHF, POPF, RET, IRET, ENTER, LEAVE, FLDENV, FNSTENV, FRSTOR, FNSAVE ->
          hasOperandSizePrefix(insn) ? name + size : name;
      case PUSH, POP, CALL, JMP ->
          hasOperandSizePrefix(insn) && !tellsSize(insn.operand(0)) ? name + size : name;
      default -> name;
    };
  }

  private static boolean tellsSize(OperandKind kind) {
    return switch (kind) {
      case RMV, ZV, REL8 -> true;
      default -> false;
    };
  }

  @Override
  List<OperandKind> written(Instruction insn) {
    if (insn.mnemonic == Mnemonic.XLAT) {
      return List.of(OperandKind.M8);
    }
    return Disassembler.isExchangeOfAccumulator(insn)
        ? List.of(OperandKind.AXV, OperandKind.AXV)
        : insn.form.operands();
  }

  @Override
  boolean shows(Instruction insn, int prefix) {
    return false;
  }

  @Override
  String operand(Instruction insn, OperandKind kind) {
    final String register = registerName(insn, kind, "dr");
    if (!register.isEmpty()) {
      return register;
    }
    return switch (kind) {
      case DX -> "dx";
      case ONE -> "1";
      case THREE -> "3";
      case IMM8, IMM8_SX, IMM16, IMMV, IMM8_SECOND -> Disassembler.immediate(insn, kind);
      case PTR_FAR -> Disassembler.hex(insn.immediate2) + ":" + Disassembler.hex(insn.immediate);
      case SRC8, SRCV ->
          size(insn, kind)
              + segmentName(insn.segment)
              + ":["
              + generalName(6, insn.addressSize)
              + "]";
      case DST8, DSTV -> size(insn, kind) + "es:[" + generalName(7, insn.addressSize) + "]";
      default -> size(insn, kind) + address(insn);
    };
  }

  private static String address(Instruction insn) {
    final String segment = segmentName(insn.segment) + ":";
    if (insn.mnemonic == Mnemonic.XLAT) {
      return segment + "[" + generalName(3, insn.addressSize) + "]";
    }
    if (isAbsolute(insn)) {
      final int mask = insn.addressSize == 16 ? 0xFFFF : -1;
      return segment + Disassembler.hex(insn.displacement & mask);
    }
    final StringBuilder text = new StringBuilder();
    if (isSegmentOverridden(insn)) {
      text.append(segment);
    }
    text.append('[');
    if (insn.base != Instruction.NONE) {
      text.append(generalName(insn.base, insn.addressSize));
    }
    final boolean zeroIndex = showsZeroIndex(insn);
    if (insn.index != Instruction.NONE || zeroIndex) {
      text.append(insn.base == Instruction.NONE ? "" : "+")
          .append(zeroIndex ? "eiz" : generalName(insn.index, insn.addressSize));
      if (insn.addressSize == 32) {
        text.append('*').append(scaleFactor(insn));
      }
    }
    if (hasDisplacement(insn)) {
      text.append(insn.displacement < 0 ? "" : "+")
          .append(Disassembler.signedHex(insn.displacement));
    }
    return text.append(']').toString();
  }

  private static String size(Instruction insn, OperandKind kind) {
    final String byOperandSize = insn.operandSize == 16 ? "WORD PTR " : "DWORD PTR ";
    return switch (kind) {
      case RM8, M8, SRC8, DST8, R32_M8 -> "BYTE PTR ";
      case RM16, RV_M16, M16, M16INT, XMMM16, R32_M16 -> "WORD PTR ";
      case RM32, M32, M32FP, M32INT, MMM32, XMMM32 -> "DWORD PTR ";
      case M64, M64FP, M64INT, MMM64, XMMM64 -> "QWORD PTR ";
      case M128, XMMM128 -> "XMMWORD PTR ";
      case M80, M80FP, M80BCD -> "TBYTE PTR ";
      case RMV, SRCV, DSTV -> byOperandSize;
      case M_FAR -> insn.operandSize == 16 ? "DWORD PTR " : "FWORD PTR ";
      case M_BOUND -> insn.operandSize == 16 ? "DWORD PTR " : "QWORD PTR ";
      default -> "";
    };
  }
}
