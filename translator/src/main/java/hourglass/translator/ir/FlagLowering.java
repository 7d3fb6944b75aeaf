package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.ir.Op.FlagKind;
import hourglass.translator.isa.Instruction;

/** Lowers instructions that move flags about: CLC to STD, CLI, LAHF, SAHF, SALC and PUSHF. */
final class FlagLowering {
  private static final int AH = 4;
  private static final int IOPL_SHIFT = Integer.numberOfTrailingZeros(Flags.IOPL);

  private final boolean user;
  private final BlockBuilder out;
  private final Operands operands;

  FlagLowering(int modeKey, BlockBuilder out, Operands operands) {
    user = (modeKey & CpuState.MODE_USER) != 0;
    this.out = out;
    this.operands = operands;
  }

  /** Lowers an instruction; false where it is none of this group, or there are no ops for it. */
  boolean lower(Instruction insn) {
    switch (insn.mnemonic) {
      case CLC -> setCarry(Value.of(0));
      case STC -> setCarry(Value.of(1));
      case CMC -> setCarry(Value.xor(new Value.Carry(), Value.of(1)));
      case CLD -> out.add(new Op.SetSystemFlag(Flags.DF, false));
      case STD -> out.add(new Op.SetSystemFlag(Flags.DF, true));
      case LAHF -> operands.setRegister(AH, 1, Value.or(arithmeticFlags(), Value.of(2)));
      case SAHF -> storeFlags();
      case SALC -> operands.setRegister(EAX, 1, Value.sub(Value.of(0), out.temp(out.carry())));
      case CLI -> {
        return clearInterrupts();
      }
      case PUSHF -> {
        return pushFlags(insn);
      }
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
    out.setFlags(out.temp(Value.or(Operands.register(AH, 1), overflow)));
  }

  /** CLI below CPL 3, where no extension has VIF stand for IF: CPL must not be above IOPL. */
  private boolean clearInterrupts() {
    if (user) {
      return false;
    }
    final Value ioPrivilege = Value.and(Value.shr(new Value.SystemFlags(), IOPL_SHIFT), 3);
    out.add(
        new Op.Require(
            new Value.Comparison(
                Value.Relation.LESS_OR_EQUAL, new Value.PrivilegeLevel(), ioPrivilege),
            GuestFault.GENERAL_PROTECTION));
    out.add(new Op.SetSystemFlag(Flags.IF, false));
    return true;
  }

  /** PUSHF below CPL 3, so not in virtual-8086 mode. */
  private boolean pushFlags(Instruction insn) {
    if (user) {
      return false;
    }
    final Value flags = Value.or(new Value.SystemFlags(), arithmeticFlags());
    operands.push(insn.operandSize / 8, out.temp(Value.and(flags, ~(Flags.VM | Flags.RF))));
    return true;
  }
}
