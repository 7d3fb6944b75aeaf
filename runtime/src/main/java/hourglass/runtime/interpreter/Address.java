package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.isa.Instruction;

/** The memory operand of an instruction, for the handlers that take it directly. */
final class Address {
  private Address() {}

  /**
   * Whether the address is a 32-bit register plus a displacement: by far the most frequent shape.
   */
  static boolean isBaseOnly(Instruction insn) {
    return insn.memory
        && insn.addressSize == 32
        && insn.base != Instruction.NONE
        && insn.index == Instruction.NONE;
  }

  /** The linear address of {@code size} bytes to be written, or read and then written. */
  static int forWrite(Processor cpu, Instruction insn, int size) {
    return cpu.linearForWrite(insn.segment, cpu.offset(insn), size);
  }

  static int load8(Processor cpu, Instruction insn) {
    return cpu.read8(insn.segment, cpu.offset(insn));
  }

  static int load16(Processor cpu, Instruction insn) {
    return cpu.read16(insn.segment, cpu.offset(insn));
  }

  static int load32(Processor cpu, Instruction insn) {
    return cpu.read32(insn.segment, cpu.offset(insn));
  }

  /** As {@link #load32} where {@link #isBaseOnly}. */
  static int load32FromBase(Processor cpu, Instruction insn) {
    return cpu.read32(insn.segment, cpu.state.reg[insn.base] + insn.displacement);
  }

  static void store8(Processor cpu, Instruction insn, int value) {
    cpu.write8(insn.segment, cpu.offset(insn), value);
  }

  static void store16(Processor cpu, Instruction insn, int value) {
    cpu.write16(insn.segment, cpu.offset(insn), value);
  }

  static void store32(Processor cpu, Instruction insn, int value) {
    cpu.write32(insn.segment, cpu.offset(insn), value);
  }

  /** As {@link #store32} where {@link #isBaseOnly}. */
  static void store32ToBase(Processor cpu, Instruction insn, int value) {
    cpu.write32(insn.segment, cpu.state.reg[insn.base] + insn.displacement, value);
  }
}
