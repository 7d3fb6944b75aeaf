package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;

/**
 * Handlers of the user-mode integer instructions: moves, arithmetic, logic, shifts, strings, near
 * branches, stack.
 */
final class IntegerHandlers {
  private IntegerHandlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOV, MOVZX, MOVSX, CMOVCC, XCHG, LEA, XLAT, BSWAP, CBW, CWD -> MoveHandlers.find(insn);
      case ADD, ADC, SUB, SBB, CMP, INC, DEC, NEG, XADD, CMPXCHG, CMPXCHG8B ->
          ArithmeticHandlers.find(insn);
      case AND, OR, XOR, TEST, NOT -> LogicHandlers.find(insn);
      case JMP, CALL, RET, JCC, JCXZ, LOOP, LOOPE, LOOPNE -> BranchHandlers.find(insn);
      case PUSH, POP, PUSHA, POPA, PUSHF, ENTER, LEAVE -> StackHandlers.find(insn);
      case SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD -> ShiftHandlers.find(insn);
      case MUL, IMUL, DIV, IDIV -> MultiplyDivideHandlers.find(insn);
      case BT, BTS, BTR, BTC, BSF, BSR, SETCC -> BitHandlers.find(insn);
      case MOVS, STOS, LODS, CMPS, SCAS -> StringHandlers.find(insn);
      case AAA, AAD, AAM, AAS, DAA, DAS -> DecimalHandlers.find(insn);
      case CLC, STC, CMC, CLD, STD, LAHF, SAHF, SALC -> FlagHandlers.find(insn);
      case NOP, BOUND, UD0, UD1, UD2, INVALID, TOO_LONG -> TrapHandlers.find(insn);
      default -> null;
    };
  }
}
