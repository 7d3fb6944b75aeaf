package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.Op.FlagKind;
import hourglass.translator.isa.Instruction;

/** Lowers instructions that move flags about: CLC to STD, LAHF, SAHF and SALC. */
final class FlagLowering {
  private static final int AH = 4;

  private final BlockBuilder out;
  private final Operands operands;

  FlagLowering(BlockBuilder out, Operands operands) {
    this.out = out;
    this.operands = operands;
  }

  /** Lowers an instruction; false where it is none of this group. */
  boolean lower(Instruction insn) {
    switch (insn.mnemonic) {
      case CLC -> setCarry(Value.of(0));
      case STC -> setCarry(Value.of(1));
      case CMC -> setCarry(Value.xor(new Value.Carry(), Value.of(1)));
      case CLD -> out.add(new Op.SetSystemFlag(Flags.DF, false));
      case STD -> out.add(new Op.SetSystemFlag(Flags.DF, true));
      case LAHF -> operands.setRegister(AH, 1, Value.or(arithmeticFlags(), Value.of(2)));
      case SAHF -> storeFlags();
      case SALC ->
          operands.setRegister(EAX, 1, Value.sub(Value.of(0), out.temp(out.carry())));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void setCarry(Value carry) {
    out.setFlags(FlagKind.CARRY, Value.of(0), carry);
  }

  /** The six flags at their places in EFLAGS. */
  private static Value arithmeticFlags() {
    return Value.call(Function.MATERIALIZE, new Value.FlagResult(), new Value.FlagAuxiliary());
  }

  /** SAHF: all flags from AH, but for OF, which stays. */
  private void storeFlags() {
    final Value overflow = Value.and(arithmeticFlags(), Flags.OF);
    final Value flags = out.temp(Value.or(Operands.register(AH, 1), overflow));
    out.setFlags(
        FlagKind.ALL,
        Value.call(Function.RESULT_FOR, flags),
        Value.call(Function.AUX_FOR, flags));
  }
}
