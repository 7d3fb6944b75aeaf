package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.EDX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/**
 * MOV between general registers, memory and immediates, MOVZX, MOVSX, CMOVcc, XCHG, LEA, XLAT,
 * BSWAP, CBW and CWD.
 */
final class MoveHandlers {
  private MoveHandlers() {}

  static Handler find(Instruction insn) {
    final boolean wide = insn.operandSize == 32;
    return switch (insn.mnemonic) {
      case MOV -> isSystemMove(insn) ? null : move(insn);
      case MOVZX -> moveZeroExtended(insn);
      case MOVSX -> moveSignExtended(insn);
      case CMOVCC -> moveConditionally(insn);
      case XCHG -> exchange(insn);
      case LEA -> loadAddress(insn);
      case XLAT -> MoveHandlers::translateByte;
      case BSWAP -> byteSwap(insn);
      case CBW ->
          wide
              ? (c, i) -> c.state.reg[EAX] = (short) c.state.reg[EAX]
              : (c, i) -> Registers.set16(c.state.reg, EAX, (byte) c.state.reg[EAX]);
      case CWD ->
          wide
              ? (c, i) -> c.state.reg[EDX] = c.state.reg[EAX] >> 31
              : (c, i) -> Registers.set16(c.state.reg, EDX, (short) c.state.reg[EAX] >> 15);
      default -> null;
    };
  }

  /** Whether a MOV loads or stores a segment, control or debug register. */
  private static boolean isSystemMove(Instruction insn) {
    for (OperandKind kind : insn.form.operands()) {
      if (kind == OperandKind.SREG || kind == OperandKind.CR || kind == OperandKind.DR) {
        return true;
      }
    }
    return false;
  }

  private static Handler move(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    final boolean baseOnly = Address.isBaseOnly(insn);
    if (destination.bits == 32) {
      switch (destination) {
        case RM32:
          return source == Operand.REG32
              ? (c, i) -> c.state.reg[i.rm] = c.state.reg[i.reg]
              : (c, i) -> c.state.reg[i.rm] = i.immediate;
        case REG32:
          if (source == Operand.IMMEDIATE) {
            return (c, i) -> c.state.reg[i.reg] = i.immediate;
          }
          if (source == Operand.RM32) {
            return (c, i) -> c.state.reg[i.reg] = c.state.reg[i.rm];
          }
          return baseOnly
              ? (c, i) -> c.state.reg[i.reg] = Address.load32FromBase(c, i)
              : (c, i) -> c.state.reg[i.reg] = Address.load32(c, i);
        case EAX:
          return (c, i) -> c.state.reg[EAX] = Address.load32(c, i);
        default: // memory
          if (source == Operand.IMMEDIATE) {
            return (c, i) -> Address.store32(c, i, i.immediate);
          }
          if (source == Operand.EAX) {
            return (c, i) -> Address.store32(c, i, c.state.reg[EAX]);
          }
          return baseOnly
              ? (c, i) -> Address.store32ToBase(c, i, c.state.reg[i.reg])
              : (c, i) -> Address.store32(c, i, c.state.reg[i.reg]);
      }
    }
    if (destination == Operand.MEMORY8 && source == Operand.REG8) {
      return (c, i) -> Address.store8(c, i, Registers.get8(c.state.reg, i.reg));
    }
    if (destination == Operand.REG8 && source == Operand.MEMORY8) {
      return (c, i) -> Registers.set8(c.state.reg, i.reg, Address.load8(c, i));
    }
    return (c, i) -> destination.write(c, i, source.read(c, i));
  }

  private static Handler moveZeroExtended(Instruction insn) {
    final Operand source = Operand.of(insn, 1);
    if (insn.operandSize == 32) {
      return switch (source) {
        case RM8 -> (c, i) -> c.state.reg[i.reg] = Registers.get8(c.state.reg, i.rm);
        case RM16 -> (c, i) -> c.state.reg[i.reg] = c.state.reg[i.rm] & 0xFFFF;
        case MEMORY8 -> (c, i) -> c.state.reg[i.reg] = Address.load8(c, i);
        default -> (c, i) -> c.state.reg[i.reg] = Address.load16(c, i);
      };
    }
    return (c, i) -> Registers.set16(c.state.reg, i.reg, source.read(c, i));
  }

  private static Handler moveSignExtended(Instruction insn) {
    final Operand source = Operand.of(insn, 1);
    if (insn.operandSize == 32) {
      return switch (source) {
        case RM8 -> (c, i) -> c.state.reg[i.reg] = (byte) Registers.get8(c.state.reg, i.rm);
        case RM16 -> (c, i) -> c.state.reg[i.reg] = (short) c.state.reg[i.rm];
        case MEMORY8 -> (c, i) -> c.state.reg[i.reg] = (byte) Address.load8(c, i);
        default -> (c, i) -> c.state.reg[i.reg] = (short) Address.load16(c, i);
      };
    }
    if (source.bits == 8) {
      return (c, i) -> Registers.set16(c.state.reg, i.reg, (byte) source.read(c, i));
    }
    return (c, i) -> Registers.set16(c.state.reg, i.reg, source.read(c, i));
  }

  /** The source is read whether or not the condition holds, and can fault. */
  private static Handler moveConditionally(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    return (c, i) -> {
      final int value = source.read(c, i);
      if (c.state.condition(i.condition)) {
        destination.write(c, i, value);
      }
    };
  }

  /** Memory is written before the register, on which its address may depend. */
  private static Handler exchange(Instruction insn) {
    final boolean memorySecond = Operand.of(insn, 1).isMemory();
    final Operand first = Operand.of(insn, memorySecond ? 1 : 0);
    final Operand second = Operand.of(insn, memorySecond ? 0 : 1);
    return (c, i) -> {
      final int a = first.readForWrite(c, i);
      first.write(c, i, second.read(c, i));
      second.write(c, i, a);
    };
  }

  private static Handler loadAddress(Instruction insn) {
    if (insn.operandSize == 16) {
      return (c, i) -> Registers.set16(c.state.reg, i.reg, c.offset(i));
    }
    return Address.isBaseOnly(insn)
        ? (c, i) -> c.state.reg[i.reg] = c.state.reg[i.base] + i.displacement
        : (c, i) -> c.state.reg[i.reg] = c.offset(i);
  }

  private static void translateByte(Processor cpu, Instruction insn) {
    final int[] reg = cpu.state.reg;
    final int offset = reg[EBX] + (reg[EAX] & 0xFF);
    final int wrapped = insn.addressSize == 32 ? offset : offset & 0xFFFF;
    Registers.set8(reg, EAX, cpu.read8(insn.segment, wrapped));
  }

  /** BSWAP of a word, undefined in the manual, clears it, as processors do. */
  private static Handler byteSwap(Instruction insn) {
    return insn.operandSize == 32
        ? (c, i) -> c.state.reg[i.reg] = Integer.reverseBytes(c.state.reg[i.reg])
        : (c, i) -> Registers.set16(c.state.reg, i.reg, 0);
  }
}
