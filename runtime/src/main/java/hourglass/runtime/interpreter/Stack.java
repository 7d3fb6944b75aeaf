package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.MODE_STACK32;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Registers;

/**
 * Pushes and pops, with ESP or SP as SS.B says (Intel SDM volume 1, section 6.2). ESP changes after
 * the access only.
 */
final class Stack {
  private Stack() {}

  private static boolean isWide(CpuState s) {
    return (s.modeKey & MODE_STACK32) != 0;
  }

  /** Wraps an offset in the stack to the stack's address size. */
  static int wrap(CpuState s, int offset) {
    return isWide(s) ? offset : offset & 0xFFFF;
  }

  /** ESP or SP. */
  static int pointer(CpuState s) {
    return wrap(s, s.reg[ESP]);
  }

  /** Sets a register that holds a stack offset, ESP or EBP, or its low word. */
  static void setPointer(CpuState s, int register, int offset) {
    if (isWide(s)) {
      s.reg[register] = offset;
    } else {
      Registers.set16(s.reg, register, offset);
    }
  }

  /** Moves ESP or SP by some bytes. */
  static void move(CpuState s, int bytes) {
    setPointer(s, ESP, s.reg[ESP] + bytes);
  }

  static void push32(Processor cpu, int value) {
    final CpuState s = cpu.state;
    final int offset = wrap(s, s.reg[ESP] - 4);
    cpu.write32(SS, offset, value);
    setPointer(s, ESP, offset);
  }

  static void push16(Processor cpu, int value) {
    final CpuState s = cpu.state;
    final int offset = wrap(s, s.reg[ESP] - 2);
    cpu.write16(SS, offset, value);
    setPointer(s, ESP, offset);
  }

  /** Pushes a word or doubleword as {@code bits} says. */
  static void push(Processor cpu, int value, int bits) {
    if (bits == 32) {
      push32(cpu, value);
    } else {
      push16(cpu, value);
    }
  }

  /** Writes a word or doubleword at an offset in the stack; ESP stays. */
  static void write(Processor cpu, int offset, int value, int bits) {
    final int wrapped = wrap(cpu.state, offset);
    if (bits == 32) {
      cpu.write32(SS, wrapped, value);
    } else {
      cpu.write16(SS, wrapped, value);
    }
  }

  /** Reads a word or doubleword at an offset in the stack; ESP stays. */
  static int read(Processor cpu, int offset, int bits) {
    final int wrapped = wrap(cpu.state, offset);
    return bits == 32 ? cpu.read32(SS, wrapped) : cpu.read16(SS, wrapped);
  }

  /** Reads the top of the stack; ESP stays. */
  static int top(Processor cpu, int bits) {
    return read(cpu, cpu.state.reg[ESP], bits);
  }
}
