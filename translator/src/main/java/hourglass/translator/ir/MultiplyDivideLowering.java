package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.ir.Value.Operator.MUL;
import static hourglass.translator.ir.Value.Operator.SAR;

import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.ir.Op.FlagKind;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;

/** Lowers MUL, IMUL, DIV and IDIV. A division leaves the flags as they were. */
final class MultiplyDivideLowering {
  private final BlockBuilder out;
  private final Operands operands;

  MultiplyDivideLowering(BlockBuilder out, Operands operands) {
    this.out = out;
    this.operands = operands;
  }

  /** Lowers one of the four. */
  void lower(Instruction insn) {
    final boolean wide = Operands.size(insn.operand(0), insn) == 4;
    switch (insn.mnemonic) {
      case DIV -> divideUnsigned(insn);
      case IDIV -> divideSigned(insn);
      default -> {
        if (wide) {
          multiplyWide(insn);
        } else {
          multiplyNarrow(insn);
        }
      }
    }
  }

  // --- products

  /** 32 by 32 bits, in two words. */
  private void multiplyWide(Instruction insn) {
    final boolean signed = insn.mnemonic == Mnemonic.IMUL;
    final int count = insn.operandCount();
    final Value left = out.temp(count == 1 ? Value.reg(EAX) : operands.read(insn, count - 2));
    final Value right = out.temp(operands.read(insn, count - 1));
    final Value low = out.temp(new Value.Binary(MUL, left, right));
    final Value high =
        out.temp(Value.call(signed ? Function.HIGH_SIGNED : Function.HIGH_UNSIGNED, left, right));
    if (count == 1) {
      out.set(EAX, low);
      out.set(EDX, high);
    } else {
      out.set(insn.reg, low);
    }
    out.setFlags(
        FlagKind.ALL,
        withoutZero(low),
        signed
            ? Value.call(Function.AUX_PRODUCT_SIGNED, low, high)
            : Value.call(Function.AUX_PRODUCT_UNSIGNED, high));
  }

  /** 8 by 8 or 16 by 16 bits: the product fits in a word. */
  private void multiplyNarrow(Instruction insn) {
    final boolean signed = insn.mnemonic == Mnemonic.IMUL;
    final int count = insn.operandCount();
    final int size = Operands.size(insn.operand(0), insn);
    final Value first = count == 1 ? Operands.register(EAX, size) : operands.read(insn, count - 2);
    final Value second = operands.read(insn, count - 1);
    final Value left = out.temp(signed ? Value.signExtend(first, size) : first);
    final Value right = out.temp(signed ? Value.signExtend(second, size) : second);
    final Value product = out.temp(new Value.Binary(MUL, left, right));
    if (count > 1) {
      operands.setRegister(insn.reg, 2, product);
    } else {
      operands.setRegister(EAX, 2, product);
      if (size == 2) {
        operands.setRegister(EDX, 2, Value.shr(product, 16));
      }
    }
    final Value low = Value.signExtend(product, size);
    final Value beyond = signed ? Value.sub(product, low) : Value.shr(product, 8 * size);
    out.setFlags(FlagKind.ALL, withoutZero(low), Value.call(Function.AUX_PRODUCT_UNSIGNED, beyond));
  }

  /** The result word of a product, of which ZF does not tell. */
  private static Value withoutZero(Value low) {
    return Value.or(low, Value.of(Flags.RESULT_NOT_ZERO));
  }

  // --- quotients

  /** #DE where the dividend's upper half is not below the divisor, 0 included. */
  private void divideUnsigned(Instruction insn) {
    final int size = Operands.size(insn.operand(0), insn);
    final Value divisor = out.temp(operands.read(insn, 0));
    final Value low = size == 4 ? Value.reg(EAX) : out.temp(narrowDividend(size));
    final Value half =
        switch (size) {
          case 1 -> Value.shr(low, 8);
          case 2 -> Operands.register(EDX, 2);
          default -> Value.reg(EDX);
        };
    require(new Value.Comparison(Value.Relation.BELOW, half, divisor));
    final Value high = size == 4 ? Value.reg(EDX) : Value.of(0);
    setQuotient(size, low, divisor, Value.call(Function.QUOTIENT_UNSIGNED, high, low, divisor));
  }

  private void divideSigned(Instruction insn) {
    final int size = Operands.size(insn.operand(0), insn);
    final Value divisor = out.temp(Value.signExtend(operands.read(insn, 0), size));
    final Value low =
        switch (size) {
          case 1 -> out.temp(Value.signExtend(Value.reg(EAX), 2));
          case 2 -> out.temp(narrowDividend(2));
          default -> Value.reg(EAX);
        };
    final Value high =
        size == 4 ? Value.reg(EDX) : out.temp(new Value.Binary(SAR, low, Value.of(31)));
    final Value fits = Value.call(Function.FITS_SIGNED, high, low, divisor, Value.of(8 * size));
    require(new Value.Comparison(Value.Relation.NOT_EQUAL, fits, Value.of(0)));
    setQuotient(size, low, divisor, Value.call(Function.QUOTIENT_SIGNED, high, low, divisor));
  }

  /** AX, or DX:AX, zero-extended. */
  private static Value narrowDividend(int size) {
    final Value ax = Operands.register(EAX, 2);
    return size == 1 ? ax : Value.or(Value.shl(Value.reg(EDX), 16), ax);
  }

  private void require(Value condition) {
    out.add(new Op.Require(condition, GuestFault.DIVIDE_ERROR));
  }

  private void setQuotient(int size, Value low, Value divisor, Value value) {
    final Value quotient = out.temp(value);
    final Value remainder = out.temp(Value.sub(low, new Value.Binary(MUL, quotient, divisor)));
    if (size == 1) {
      final Value remainderInPlace = Value.shl(remainder, 8);
      operands.setRegister(EAX, 2, Value.or(Value.and(quotient, 0xFF), remainderInPlace));
    } else {
      operands.setRegister(EAX, size, quotient);
      operands.setRegister(EDX, size, remainder);
    }
  }
}
