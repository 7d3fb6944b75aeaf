package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Instruction;

/** ADD, ADC, SUB, SBB, CMP, INC, DEC, NEG, XADD, CMPXCHG and CMPXCHG8B. */
final class ArithmeticHandlers {
  private ArithmeticHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case ADD ->
          BinaryShape.choose(insn, ArithmeticHandlers::add32, Alu::add8, Alu::add16, Alu::add32);
      case ADC -> BinaryShape.generic(insn, Alu::adc8, Alu::adc16, Alu::adc32);
      case SUB ->
          BinaryShape.choose(insn, ArithmeticHandlers::sub32, Alu::sub8, Alu::sub16, Alu::sub32);
      case SBB -> BinaryShape.generic(insn, Alu::sbb8, Alu::sbb16, Alu::sbb32);
      case CMP -> compare(insn);
      case INC -> increment(insn);
      case DEC -> decrement(insn);
      case NEG ->
          BinaryShape.unary(
              insn,
              (s, a) -> Alu.sub8(s, 0, a),
              (s, a) -> Alu.sub16(s, 0, a),
              (s, a) -> Alu.sub32(s, 0, a));
      case XADD -> exchangeAdd(insn);
      case CMPXCHG -> compareExchange(insn);
      case CMPXCHG8B -> ArithmeticHandlers::compareExchange8;
      default -> null;
    };
  }

  private static Handler add32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG ->
          (c, i) -> c.state.reg[i.rm] = Alu.add32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM ->
          (c, i) -> c.state.reg[i.reg] = Alu.add32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY ->
          (c, i) -> {
            final int b = Address.load32(c, i);
            c.state.reg[i.reg] = Alu.add32(c.state, c.state.reg[i.reg], b);
          };
      case MEMORY_REG ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.add32(c.state, a, c.state.reg[i.reg]), c.state.denyWrite);
          };
      case RM_IMMEDIATE ->
          (c, i) -> c.state.reg[i.rm] = Alu.add32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE ->
          (c, i) -> c.state.reg[EAX] = Alu.add32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.add32(c.state, a, i.immediate), c.state.denyWrite);
          };
    };
  }

  private static Handler sub32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG ->
          (c, i) -> c.state.reg[i.rm] = Alu.sub32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM ->
          (c, i) -> c.state.reg[i.reg] = Alu.sub32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY ->
          (c, i) -> {
            final int b = Address.load32(c, i);
            c.state.reg[i.reg] = Alu.sub32(c.state, c.state.reg[i.reg], b);
          };
      case MEMORY_REG ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.sub32(c.state, a, c.state.reg[i.reg]), c.state.denyWrite);
          };
      case RM_IMMEDIATE ->
          (c, i) -> c.state.reg[i.rm] = Alu.sub32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE ->
          (c, i) -> c.state.reg[EAX] = Alu.sub32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.sub32(c.state, a, i.immediate), c.state.denyWrite);
          };
    };
  }

  private static Handler compare(Instruction insn) {
    final Operand first = Operand.of(insn, 0);
    if (first.bits == 32) {
      return compare32(BinaryShape.of(insn));
    }
    if (first.bits == 8) {
      return compare8(BinaryShape.of(insn));
    }
    return BinaryShape.withoutResult(insn, Alu::sub8, Alu::sub16, Alu::sub32);
  }

  private static Handler compare32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG -> (c, i) -> Alu.sub32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM -> (c, i) -> Alu.sub32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY -> (c, i) -> Alu.sub32(c.state, c.state.reg[i.reg], Address.load32(c, i));
      case MEMORY_REG -> (c, i) -> Alu.sub32(c.state, Address.load32(c, i), c.state.reg[i.reg]);
      case RM_IMMEDIATE -> (c, i) -> Alu.sub32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE -> (c, i) -> Alu.sub32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE -> (c, i) -> Alu.sub32(c.state, Address.load32(c, i), i.immediate);
    };
  }

  private static Handler compare8(BinaryShape shape) {
    return switch (shape) {
      case RM_REG -> (c, i) -> Alu.sub8(c.state, Operand.RM8.read(c, i), Operand.REG8.read(c, i));
      case REG_RM -> (c, i) -> Alu.sub8(c.state, Operand.REG8.read(c, i), Operand.RM8.read(c, i));
      case REG_MEMORY -> (c, i) -> Alu.sub8(c.state, Operand.REG8.read(c, i), Address.load8(c, i));
      case MEMORY_REG -> (c, i) -> Alu.sub8(c.state, Address.load8(c, i), Operand.REG8.read(c, i));
      case RM_IMMEDIATE -> (c, i) -> Alu.sub8(c.state, Operand.RM8.read(c, i), i.immediate);
      case EAX_IMMEDIATE -> (c, i) -> Alu.sub8(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE -> (c, i) -> Alu.sub8(c.state, Address.load8(c, i), i.immediate);
    };
  }

  private static Handler increment(Instruction insn) {
    return switch (Operand.of(insn, 0)) {
      case REG32 -> (c, i) -> c.state.reg[i.reg] = Alu.inc32(c.state, c.state.reg[i.reg]);
      case RM32 -> (c, i) -> c.state.reg[i.rm] = Alu.inc32(c.state, c.state.reg[i.rm]);
      default -> BinaryShape.unary(insn, Alu::inc8, Alu::inc16, Alu::inc32);
    };
  }

  private static Handler decrement(Instruction insn) {
    return switch (Operand.of(insn, 0)) {
      case REG32 -> (c, i) -> c.state.reg[i.reg] = Alu.dec32(c.state, c.state.reg[i.reg]);
      case RM32 -> (c, i) -> c.state.reg[i.rm] = Alu.dec32(c.state, c.state.reg[i.rm]);
      default -> BinaryShape.unary(insn, Alu::dec8, Alu::dec16, Alu::dec32);
    };
  }

  /** The destination is written last, so that XADD of a register with itself leaves the sum. */
  private static Handler exchangeAdd(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    final Alu.Binary add = byWidth(destination.bits, Alu::add8, Alu::add16, Alu::add32);
    return (c, i) -> {
      final int old = destination.readForWrite(c, i);
      final int sum = add.apply(c.state, old, source.read(c, i));
      if (destination.isMemory()) { // its address may depend on the source register
        destination.write(c, i, sum);
        source.write(c, i, old);
      } else {
        source.write(c, i, old);
        destination.write(c, i, sum);
      }
    };
  }

  /**
   * The destination is written whatever the comparison says, as the processor's bus cycle does
   * (Intel SDM volume 2).
   */
  private static Handler compareExchange(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    final Alu.Binary compare = byWidth(destination.bits, Alu::sub8, Alu::sub16, Alu::sub32);
    final Operand accumulator =
        switch (destination.bits) {
          case 8 -> Operand.AL;
          case 16 -> Operand.AX;
          default -> Operand.EAX;
        };
    return (c, i) -> {
      final int old = destination.readForWrite(c, i);
      compare.apply(c.state, accumulator.read(c, i), old);
      if (c.state.flagResult == 0) {
        destination.write(c, i, source.read(c, i));
      } else {
        destination.write(c, i, old);
        accumulator.write(c, i, old);
      }
    };
  }

  private static void compareExchange8(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int at = Address.forWrite(cpu, insn, 8);
    final long old = cpu.memory.load64(at, s.denyWrite);
    final boolean equal = old == join(s.reg[EDX], s.reg[EAX]);
    cpu.memory.store64(at, equal ? join(s.reg[ECX], s.reg[EBX]) : old, s.denyWrite);
    if (!equal) {
      s.reg[EAX] = (int) old;
      s.reg[EDX] = (int) (old >>> 32);
    }
    final int others = Flags.materialize(s.flagResult, s.flagAux) & ~Flags.ZF;
    s.setArithmeticFlags(others | (equal ? Flags.ZF : 0));
  }

  private static long join(int high, int low) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }

  private static Alu.Binary byWidth(int bits, Alu.Binary op8, Alu.Binary op16, Alu.Binary op32) {
    return switch (bits) {
      case 8 -> op8;
      case 16 -> op16;
      default -> op32;
    };
  }
}
