package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EDX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.MultiplyDivide;
import hourglass.translator.cpu.Registers;
import hourglass.translator.cpu.Shifts;
import hourglass.translator.isa.Instruction;

/**
 * MUL, IMUL, DIV and IDIV. SF and PF, undefined after a multiplication, are those of the product's
 * lower half and ZF and AF are clear, as on Intel's processors; a division leaves all flags as they
 * were.
 */
final class MultiplyDivideHandlers {
  private MultiplyDivideHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MUL -> multiplyUnsigned(Operand.of(insn, 0));
      case IMUL ->
          insn.operandCount() == 1
              ? multiplySigned(Operand.of(insn, 0))
              : multiplyToRegister(insn, insn.operandCount());
      case DIV -> divideUnsigned(Operand.of(insn, 0));
      case IDIV -> divideSigned(Operand.of(insn, 0));
      default -> null;
    };
  }

  private static Handler multiplyUnsigned(Operand source) {
    return (c, i) -> {
      final int bits = source.bits;
      final int a = Shifts.zeroExtend(c.state.reg[EAX], bits);
      final long product = MultiplyDivide.unsignedProduct(a, source.read(c, i));
      setPair(c.state, product, bits);
      setFlags(c.state, product, MultiplyDivide.auxMul(product, bits), bits);
    };
  }

  private static Handler multiplySigned(Operand source) {
    return (c, i) -> {
      final int bits = source.bits;
      final long a = Shifts.signExtend(c.state.reg[EAX], bits);
      final long product = a * Shifts.signExtend(source.read(c, i), bits);
      setPair(c.state, product, bits);
      setFlags(c.state, product, MultiplyDivide.auxImul(product, bits), bits);
    };
  }

  /** IMUL r, r/m and IMUL r, r/m, imm. */
  private static Handler multiplyToRegister(Instruction insn, int operands) {
    final Operand destination = Operand.of(insn, 0);
    final Operand first = Operand.of(insn, operands - 2);
    final Operand second = Operand.of(insn, operands - 1);
    final int bits = destination.bits;
    return (c, i) -> {
      final long a = Shifts.signExtend(first.read(c, i), bits);
      final long product = a * Shifts.signExtend(second.read(c, i), bits);
      destination.write(c, i, (int) product);
      setFlags(c.state, product, MultiplyDivide.auxImul(product, bits), bits);
    };
  }

  private static Handler divideUnsigned(Operand source) {
    return (c, i) -> {
      final int bits = source.bits;
      final long dividend = pair(c.state, bits);
      final int divisor = source.read(c, i);
      if (!MultiplyDivide.unsignedFits(dividend, divisor, bits)) {
        throw c.state.fault.of(GuestFault.DIVIDE_ERROR);
      }
      setQuotient(
          c,
          MultiplyDivide.unsignedQuotient(dividend, divisor),
          MultiplyDivide.unsignedRemainder(dividend, divisor),
          bits);
    };
  }

  private static Handler divideSigned(Operand source) {
    return (c, i) -> {
      final int bits = source.bits;
      final long dividend = pair(c.state, bits) << 64 - 2 * bits >> 64 - 2 * bits;
      final int divisor = Shifts.signExtend(source.read(c, i), bits);
      if (!MultiplyDivide.signedFits(dividend, divisor, bits)) {
        throw c.state.fault.of(GuestFault.DIVIDE_ERROR);
      }
      setQuotient(
          c,
          MultiplyDivide.signedQuotient(dividend, divisor),
          MultiplyDivide.signedRemainder(dividend, divisor),
          bits);
    };
  }

  /** AX, DX:AX or EDX:EAX, zero-extended. */
  private static long pair(CpuState s, int bits) {
    return switch (bits) {
      case 8 -> s.reg[EAX] & 0xFFFFL;
      case 16 -> (s.reg[EDX] & 0xFFFFL) << 16 | s.reg[EAX] & 0xFFFFL;
      default -> (long) s.reg[EDX] << 32 | Integer.toUnsignedLong(s.reg[EAX]);
    };
  }

  private static void setPair(CpuState s, long value, int bits) {
    switch (bits) {
      case 8 -> Registers.set16(s.reg, EAX, (int) value);
      case 16 -> {
        Registers.set16(s.reg, EAX, (int) value);
        Registers.set16(s.reg, EDX, (int) (value >>> 16));
      }
      default -> {
        s.reg[EAX] = (int) value;
        s.reg[EDX] = (int) (value >>> 32);
      }
    }
  }

  private static void setQuotient(Processor cpu, int quotient, int remainder, int bits) {
    final CpuState s = cpu.state;
    switch (bits) {
      case 8 -> Registers.set16(s.reg, EAX, quotient & 0xFF | (remainder & 0xFF) << 8);
      case 16 -> {
        Registers.set16(s.reg, EAX, quotient);
        Registers.set16(s.reg, EDX, remainder);
      }
      default -> {
        s.reg[EAX] = quotient;
        s.reg[EDX] = remainder;
      }
    }
  }

  private static void setFlags(CpuState s, long product, int aux, int bits) {
    s.flagResult = Shifts.signExtend((int) product, bits) | Flags.RESULT_NOT_ZERO;
    s.flagAux = aux;
  }
}
