package hourglass.translator.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * Which prefixes of an instruction show in its mnemonic and operands; the others are written as
 * words before it.
 */
final class PrefixUse {
  private final Instruction insn;
  private final Notation notation;

  PrefixUse(Instruction insn, Notation notation) {
    this.insn = insn;
    this.notation = notation;
  }

  /**
   * The prefixes that have to be written, first one first. Of several of a kind only the last one
   * has a use.
   */
  List<Integer> unusedInOrder() {
    final List<Integer> unused = new ArrayList<>();
    boolean segmentDone = false;
    boolean operandSizeDone = false;
    boolean addressSizeDone = false;
    final int mandatory = mandatoryPrefix();
    boolean mandatoryDone = false;
    for (final int prefix : Prefixes.list(insn.prefixes).reversed()) {
      final boolean used;
      switch (prefix) {
        case Prefixes.OPERAND_SIZE -> {
          used = !operandSizeDone && (mandatory == prefix || operandSizeShows());
          operandSizeDone = true;
        }
        case Prefixes.ADDRESS_SIZE -> {
          used = !addressSizeDone && (addressSizeShows() || notation.shows(insn, prefix));
          addressSizeDone = true;
        }
        case Prefixes.REP, Prefixes.REPNE -> {
          used = !mandatoryDone && mandatory == prefix;
          mandatoryDone |= used;
        }
        case Prefixes.LOCK -> used = false;
        default -> {
          used = !segmentDone && (segmentShows() || notation.shows(insn, prefix));
          segmentDone = true;
        }
      }
      if (!used) {
        unused.addFirst(prefix);
      }
    }
    return unused;
  }

  private int mandatoryPrefix() {
    final String encoding = insn.form.encoding();
    return encoding.startsWith("66 ")
        ? Prefixes.OPERAND_SIZE
        : encoding.startsWith("F3 ")
            ? Prefixes.REP
            : encoding.startsWith("F2 ") ? Prefixes.REPNE : 0;
  }

  private boolean operandSizeShows() {
    return switch (insn.mnemonic) {
      case PUSH, POP, PUSHA, POPA, PUSHF, POPF, RET, RET_FAR, IRET, ENTER, LEAVE, CBW, CWD -> true;
      case SGDT, SIDT, LGDT, LIDT, FLDENV, FNSTENV, FRSTOR, FNSAVE -> true;
      case NOP ->
          insn.operandCount() > 0 ? anyOperandSized() : Disassembler.isExchangeOfAccumulator(insn);
      default -> anyOperandSized();
    };
  }

  private boolean anyOperandSized() {
    for (final OperandKind kind : insn.form.operands()) {
      final boolean sized =
          switch (kind) {
            case RMV,
                RV,
                ZV,
                AXV,
                IMMV,
                IMM8_SX,
                RELV,
                PTR_FAR,
                M_FAR,
                M_BOUND,
                MOFFSV,
                SRCV,
                DSTV ->
                true;
            case RV_M16 -> !insn.memory;
            case RM16 -> !insn.memory && insn.operand(0) == OperandKind.SREG;
            default -> false;
          };
      if (sized) {
        return true;
      }
    }
    return false;
  }

  private boolean addressSizeShows() {
    final boolean displacementAlone =
        insn.addressSize == 32 && insn.base == Instruction.NONE && insn.index == Instruction.NONE;
    return insn.memory && insn.modrm != Instruction.NONE && !displacementAlone
        || isString()
        || insn.mnemonic == Mnemonic.XLAT
        || insn.mnemonic == Mnemonic.JCXZ;
  }

  private boolean isString() {
    return insn.form.has(Form.Trait.REP) || insn.form.has(Form.Trait.REP_WHILE);
  }

  private boolean segmentShows() {
    return insn.memory && !Notation.isNotTracked(insn)
        || insn.mnemonic == Mnemonic.XLAT
        || insn.form.operands().contains(OperandKind.SRC8)
        || insn.form.operands().contains(OperandKind.SRCV);
  }
}
