package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Instruction;

/** BT, BTS, BTR, BTC, BSF, BSR and SETcc. */
final class BitHandlers {
  /** What becomes of the word that the bit is in. */
  @FunctionalInterface
  private interface Change {
    int apply(int word, int bit);
  }

  private BitHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case BT -> test(insn);
      case BTS -> change(insn, (word, bit) -> word | bit);
      case BTR -> change(insn, (word, bit) -> word & ~bit);
      case BTC -> change(insn, (word, bit) -> word ^ bit);
      case BSF -> scan(insn, true);
      case BSR -> scan(insn, false);
      case SETCC -> set(insn);
      default -> null;
    };
  }

  private static Handler test(Instruction insn) {
    final Operand base = Operand.of(insn, 0);
    final Operand bit = Operand.of(insn, 1);
    if (base.isMemory() && bit != Operand.IMMEDIATE) {
      return (c, i) -> {
        final int number = bit.read(c, i);
        final int at = c.linearForRead(i.segment, bitOffset(c, i, number), i.operandSize >> 3);
        setCarry(c.state, load(c, at, i.operandSize, c.state.denyRead), number & i.operandSize - 1);
      };
    }
    return (c, i) -> {
      final int number = bit.read(c, i) & i.operandSize - 1;
      setCarry(c.state, base.read(c, i), number);
    };
  }

  private static Handler change(Instruction insn, Change change) {
    final Operand base = Operand.of(insn, 0);
    final Operand bit = Operand.of(insn, 1);
    if (base.isMemory() && bit != Operand.IMMEDIATE) {
      return (c, i) -> {
        final int number = bit.read(c, i);
        final int deny = c.state.denyWrite;
        final int at = c.linearForWrite(i.segment, bitOffset(c, i, number), i.operandSize >> 3);
        final int word = load(c, at, i.operandSize, deny);
        final int changed = change.apply(word, 1 << (number & i.operandSize - 1));
        if (i.operandSize == 32) {
          c.memory.store32(at, changed, deny);
        } else {
          c.memory.store16(at, changed, deny);
        }
        setCarry(c.state, word, number & i.operandSize - 1);
      };
    }
    return (c, i) -> {
      final int number = bit.read(c, i) & i.operandSize - 1;
      final int word = base.readForWrite(c, i);
      base.write(c, i, change.apply(word, 1 << number));
      setCarry(c.state, word, number);
    };
  }

  /**
   * The offset of the word in which a bit of a bit string lies; its number is signed (Intel SDM
   * volume 2, BT).
   */
  private static int bitOffset(Processor cpu, Instruction insn, int number) {
    final int offset =
        insn.operandSize == 32
            ? cpu.offset(insn) + (number >> 5) * 4
            : cpu.offset(insn) + ((short) number >> 4) * 2;
    return insn.addressSize == 32 ? offset : offset & 0xFFFF;
  }

  private static int load(Processor cpu, int linear, int bits, int deny) {
    return bits == 32 ? cpu.memory.load32(linear, deny) : cpu.memory.load16(linear, deny);
  }

  private static void setCarry(CpuState s, int word, int number) {
    s.flagAux = Flags.withCarry(s.flagAux, (word >>> number & 1) != 0);
  }

  /**
   * ZF tells of a source of 0, the destination then stays; the other flags, undefined in the
   * manual, are as after a TEST.
   */
  private static Handler scan(Instruction insn, boolean forward) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    return (c, i) -> {
      final int value = source.read(c, i);
      c.state.flagResult = i.operandSize == 32 ? value : (short) value;
      c.state.flagAux = 0;
      if (value != 0) {
        final int found =
            forward
                ? Integer.numberOfTrailingZeros(value)
                : 31 - Integer.numberOfLeadingZeros(value);
        destination.write(c, i, found);
      }
    };
  }

  private static Handler set(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    return (c, i) -> destination.write(c, i, c.state.condition(i.condition) ? 1 : 0);
  }
}
