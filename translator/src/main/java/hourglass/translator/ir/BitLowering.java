package hourglass.translator.ir;

import static hourglass.translator.ir.Value.Operator.AND;
import static hourglass.translator.ir.Value.Operator.SAR;
import static hourglass.translator.ir.Value.Operator.SHL;
import static hourglass.translator.ir.Value.Operator.SHR;

import hourglass.translator.ir.Op.FlagKind;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;

/** Lowers BT, BTS, BTR, BTC, BSF and BSR. */
final class BitLowering {
  private final BlockBuilder out;
  private final Operands operands;

  BitLowering(BlockBuilder out, Operands operands) {
    this.out = out;
    this.operands = operands;
  }

  /**
   * BSF and BSR. A source of 0 leaves the destination; the flags are as after a TEST of the source.
   */
  void scan(Instruction insn) {
    final int size = insn.operandSize / 8;
    final Value source = out.temp(operands.read(insn, 1));
    final Value found =
        insn.mnemonic == Mnemonic.BSF
            ? Value.call(Function.TRAILING_ZEROS, source)
            : Value.sub(Value.of(31), Value.call(Function.LEADING_ZEROS, source));
    final Value isZero = new Value.Comparison(Value.Relation.EQUAL, source, Value.of(0));
    final Value old = Operands.register(insn.reg, size);
    operands.setRegister(insn.reg, size, out.temp(new Value.Select(isZero, old, found)));
    out.setLogicalFlags(source, size);
  }

  /** BT, BTS, BTR and BTC; false where there are no ops for it. */
  boolean test(Instruction insn) {
    if (insn.operandSize != 32 || insn.addressSize != 32) {
      return false;
    }
    final Value index = out.temp(operands.read(insn, 1));
    final boolean byRegister = insn.operand(1) == OperandKind.RV;
    final boolean writes = insn.mnemonic != Mnemonic.BT;
    final Value bit = out.temp(Value.and(index, 31));
    Value old;
    Value address = Value.of(0);
    if (insn.memory) {
      Value offset = Operands.offset(insn);
      if (byRegister) { // the index is signed and reaches beyond the doubleword addressed
        final Value doublewords = new Value.Binary(SAR, index, Value.of(5));
        offset = Value.add(offset, Value.shl(doublewords, 2));
      }
      address = out.temp(operands.linear(insn.segment, offset, 4, writes));
      old = out.temp(new Value.Load(4, address, writes));
    } else {
      old = out.temp(Value.reg(insn.rm));
    }
    if (writes) {
      final Value mask = new Value.Binary(SHL, Value.of(1), bit);
      final Value changed =
          switch (insn.mnemonic) {
            case BTS -> Value.or(old, mask);
            case BTR -> new Value.Binary(AND, old, Value.xor(mask, Value.of(-1)));
            default -> Value.xor(old, mask);
          };
      if (insn.memory) {
        out.store(4, address, changed);
      } else {
        out.set(insn.rm, changed);
      }
    }
    final Value carry = Value.and(new Value.Binary(SHR, old, bit), 1);
    out.setFlags(FlagKind.CARRY, Value.of(0), carry);
    return true;
  }
}
