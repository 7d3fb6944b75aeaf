package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;

/**
 * Handlers of the system instructions: segment loads, far transfers, interrupts, control registers,
 * ports. Each group has a class of its own; here is what they share.
 */
final class SystemHandlers {
  private SystemHandlers() {}

  /** The handler of an instruction of this group, or null where it belongs to another one. */
  static Handler find(Instruction insn) {
    Handler handler = SegmentHandlers.find(insn);
    if (handler == null) {
      handler = FarHandlers.find(insn);
    }
    if (handler == null) {
      handler = InterruptFlagHandlers.find(insn);
    }
    if (handler == null) {
      handler = DescriptorHandlers.find(insn);
    }
    if (handler == null) {
      handler = ControlRegisterHandlers.find(insn);
    }
    if (handler == null) {
      handler = PortHandlers.find(insn);
    }
    if (handler == null) {
      handler = MachineHandlers.find(insn);
    }
    return handler;
  }

  /** Whether an instruction has this name and this destination operand. */
  static boolean is(Instruction insn, Mnemonic mnemonic, OperandKind destination) {
    return insn.mnemonic == mnemonic && insn.operandCount() > 0 && insn.operand(0) == destination;
  }

  /** #GP(0) unless CPL is 0. */
  static void requirePrivilege(Processor cpu) {
    if (cpu.state.cpl != 0) {
      throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
  }

  /** #UD in real and virtual-8086 mode. */
  static void requireProtectedMode(Processor cpu) {
    if (cpu.state.isRealOrVirtual8086()) {
      throw cpu.state.fault.of(GuestFault.INVALID_OPCODE);
    }
  }

  /** Reads a 16-bit ModR/M operand. */
  static int readRm16(Processor cpu, Instruction insn) {
    return insn.memory
        ? cpu.read16(insn.segment, cpu.offset(insn))
        : cpu.state.reg[insn.rm] & 0xFFFF;
  }

  /** Writes a ModR/M operand that is 16 bits in memory and of the operand size in a register. */
  static void writeRegisterOr16(Processor cpu, Instruction insn, int value) {
    if (insn.memory) {
      cpu.write16(insn.segment, cpu.offset(insn), value);
    } else {
      writeRegister(cpu.state, insn.rm, value, insn.operandSize);
    }
  }

  /** Writes a register of 16 or 32 bits. */
  static void writeRegister(CpuState state, int register, int value, int size) {
    state.reg[register] = size == 32 ? value : state.reg[register] & 0xFFFF_0000 | value & 0xFFFF;
  }
}
