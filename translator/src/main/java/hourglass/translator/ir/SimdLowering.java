package hourglass.translator.ir;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.List;

/**
 * Turns the SSE instructions that programs use most into calls of {@link
 * hourglass.translator.cpu.sse.XmmOperations}; all others are callouts. Memory operands only in
 * flat segments.
 */
final class SimdLowering {
  private static final Value FROM_MEMORY = Value.of(CpuState.XMM_OPERAND);

  private final BlockBuilder out;
  private final Operands operands;

  SimdLowering(BlockBuilder out, Operands operands) {
    this.out = out;
    this.operands = operands;
  }

  /** Lowers an instruction; false where it is none of these. */
  boolean lower(Instruction insn) {
    if (!insn.form.has(Form.Trait.SIMD)
        || insn.memory && !operands.isFlat(insn)
        || insn.form.operands().stream().anyMatch(SimdLowering::isMmx)) {
      return false;
    }
    switch (insn.mnemonic) {
      case MOVDQA, MOVAPS, MOVAPD, MOVNTDQ, MOVNTPS, MOVNTPD -> move(insn, true);
      case MOVDQU, MOVUPS, MOVUPD -> move(insn, false);
      case MOVQ -> moveLow(insn);
      case MOVLPS, MOVLPD -> moveHalf(insn, 0);
      case MOVHPS, MOVHPD -> moveHalf(insn, 1);
      case PAND, ANDPS, ANDPD -> binary(insn, SimdRoutine.AND);
      case PANDN, ANDNPS, ANDNPD -> binary(insn, SimdRoutine.AND_NOT);
      case POR, ORPS, ORPD -> binary(insn, SimdRoutine.OR);
      case PXOR, XORPS, XORPD -> binary(insn, SimdRoutine.XOR);
      case PCMPEQB -> binary(insn, SimdRoutine.EQUAL_BYTES);
      case PCMPEQD -> binary(insn, SimdRoutine.EQUAL_DOUBLEWORDS);
      case PMINUB -> binary(insn, SimdRoutine.MINIMUM_UNSIGNED_BYTES);
      case PSUBB -> binary(insn, SimdRoutine.SUBTRACT_BYTES);
      case PADDD -> binary(insn, SimdRoutine.ADD_DOUBLEWORDS);
      case PUNPCKLBW -> binary(insn, SimdRoutine.INTERLEAVE_BYTES);
      case PUNPCKLWD -> binary(insn, SimdRoutine.INTERLEAVE_WORDS);
      case PSHUFB -> binary(insn, SimdRoutine.SHUFFLE_BYTES);
      case PSHUFD -> controlled(insn, SimdRoutine.SHUFFLE_DOUBLEWORDS);
      case PALIGNR -> controlled(insn, SimdRoutine.ALIGN);
      case PMOVMSKB ->
          out.set(insn.reg, out.temp(result(SimdRoutine.SIGNS_OF_BYTES, place(insn.rm))));
      case MOVD -> moveDoubleword(insn);
      case PCMPISTRI -> compareStrings(insn);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean isMmx(OperandKind kind) {
    return switch (kind) {
      case MM, MM_RM, MMM32, MMM64 -> true;
      default -> false;
    };
  }

  private static Value place(int register) {
    return Value.of(2 * register);
  }

  private static Value.Invoke result(SimdRoutine routine, Value... arguments) {
    return new Value.Invoke(routine, List.of(arguments));
  }

  private void perform(SimdRoutine routine, Value... arguments) {
    out.add(new Op.Perform(result(routine, arguments)));
  }

  /** The place of the 128 bits in ModR/M r/m, which are loaded if they lie in memory. */
  private Value source(Instruction insn, boolean aligned) {
    if (!insn.memory) {
      return place(insn.rm);
    }
    perform(aligned ? SimdRoutine.LOAD_ALIGNED : SimdRoutine.LOAD, Operands.offset(insn));
    return FROM_MEMORY;
  }

  private void binary(Instruction insn, SimdRoutine routine) {
    final Value source = source(insn, true);
    perform(routine, place(insn.reg), source);
  }

  /** A binary operation under an immediate. */
  private void controlled(Instruction insn, SimdRoutine routine) {
    final Value source = source(insn, true);
    perform(routine, place(insn.reg), source, Value.of(insn.immediate & 0xFF));
  }

  private void moveLow(Instruction insn) {
    if (insn.operand(0) != OperandKind.XMM) {
      if (insn.memory) {
        perform(SimdRoutine.STORE_QUADWORD, Operands.offset(insn), place(insn.reg));
      } else {
        perform(SimdRoutine.MOVE_LOW, place(insn.rm), place(insn.reg));
      }
    } else if (insn.memory) {
      perform(SimdRoutine.LOAD_QUADWORD, Operands.offset(insn));
      perform(SimdRoutine.MOVE, place(insn.reg), FROM_MEMORY);
    } else {
      perform(SimdRoutine.MOVE_LOW, place(insn.reg), place(insn.rm));
    }
  }

  /** Between memory and the low (0) or high (1) half of a register. */
  private void moveHalf(Instruction insn, int half) {
    final Value place = Value.of(2 * insn.reg + half);
    if (insn.operand(0) == OperandKind.XMM) {
      perform(SimdRoutine.LOAD_QUADWORD, Operands.offset(insn));
      perform(SimdRoutine.MOVE_QUADWORD, place, FROM_MEMORY);
    } else {
      perform(SimdRoutine.STORE_QUADWORD, Operands.offset(insn), place);
    }
  }

  private void move(Instruction insn, boolean aligned) {
    if (insn.operand(0) == OperandKind.XMM) {
      final Value source = source(insn, aligned);
      perform(SimdRoutine.MOVE, place(insn.reg), source);
    } else if (insn.memory) {
      perform(
          aligned ? SimdRoutine.STORE_ALIGNED : SimdRoutine.STORE,
          Operands.offset(insn),
          place(insn.reg));
    } else {
      perform(SimdRoutine.MOVE, place(insn.rm), place(insn.reg));
    }
  }

  private void moveDoubleword(Instruction insn) {
    if (insn.operand(0) == OperandKind.RM32) {
      final Value value = out.temp(result(SimdRoutine.DOUBLEWORD, place(insn.reg)));
      if (insn.memory) {
        out.store(4, Operands.offset(insn), value);
      } else {
        out.set(insn.rm, value);
      }
    } else {
      Value value = Value.reg(insn.rm);
      if (insn.memory) {
        perform(SimdRoutine.CHECK); // what it finds comes before a fault of the load
        value = out.temp(new Value.Load(4, Operands.offset(insn), false));
      }
      perform(SimdRoutine.SET_DOUBLEWORD, place(insn.reg), value);
    }
  }

  private void compareStrings(Instruction insn) {
    final Value source = source(insn, false);
    final Value control = Value.of(insn.immediate & 0xFF);
    final Value both =
        out.temp(result(SimdRoutine.COMPARE_STRINGS, place(insn.reg), source, control));
    out.set(CpuState.ECX, Value.and(both, 0xFF));
    out.setFlags(out.temp(Value.shr(both, 8)));
  }
}
