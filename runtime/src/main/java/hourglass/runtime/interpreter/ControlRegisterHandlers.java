package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/** Handlers of MOV with a control or debug register, CLTS, LMSW, SMSW and INVLPG. */
final class ControlRegisterHandlers {
  /** The bits of CR0 that LMSW loads: PE, MP, EM, TS. */
  private static final int MACHINE_STATUS = 0xF;

  private ControlRegisterHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOV -> findMove(insn);
      case CLTS -> ControlRegisterHandlers::clearTaskSwitched;
      case LMSW -> ControlRegisterHandlers::loadMachineStatus;
      case SMSW -> (cpu, i) -> SystemHandlers.writeRegisterOr16(cpu, i, cpu.state.cr0);
      case INVLPG -> ControlRegisterHandlers::invalidatePage;
      default -> null;
    };
  }

  private static Handler findMove(Instruction insn) {
    if (insn.operand(0) == OperandKind.CR) {
      return switch (insn.reg) {
        case 0 -> ControlRegisterHandlers::writeCr0;
        case 2 -> ControlRegisterHandlers::writeCr2;
        case 3 -> ControlRegisterHandlers::writeCr3;
        case 4 -> ControlRegisterHandlers::writeCr4;
        default -> MachineHandlers::undefined;
      };
    } else if (insn.operand(1) == OperandKind.CR) {
      return switch (insn.reg) {
        case 0 -> (cpu, i) -> read(cpu, i, cpu.state.cr0);
        case 2 -> (cpu, i) -> read(cpu, i, cpu.state.cr2);
        case 3 -> (cpu, i) -> read(cpu, i, cpu.state.cr3);
        case 4 -> (cpu, i) -> read(cpu, i, cpu.state.cr4);
        default -> MachineHandlers::undefined;
      };
    } else if (insn.operand(0) == OperandKind.DR) {
      return ControlRegisterHandlers::writeDebug;
    } else if (insn.operand(1) == OperandKind.DR) {
      return ControlRegisterHandlers::readDebug;
    }
    return null;
  }

  private static void read(Processor cpu, Instruction insn, int value) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.state.reg[insn.rm] = value;
  }

  private static void writeCr0(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.controlRegisters.writeCr0(cpu.state.reg[insn.rm]);
  }

  private static void writeCr2(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.state.cr2 = cpu.state.reg[insn.rm];
  }

  private static void writeCr3(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.controlRegisters.writeCr3(cpu.state.reg[insn.rm]);
  }

  private static void writeCr4(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.controlRegisters.writeCr4(cpu.state.reg[insn.rm]);
  }

  private static void readDebug(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.state.reg[insn.rm] = cpu.debugRegisters.read(insn.reg);
  }

  private static void writeDebug(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.debugRegisters.write(insn.reg, cpu.state.reg[insn.rm]);
  }

  private static void clearTaskSwitched(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.state.cr0 &= ~CpuState.CR0_TS;
  }

  /** LMSW can set PE but not clear it. */
  private static void loadMachineStatus(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    final int keep = ~MACHINE_STATUS | CpuState.CR0_PE;
    final int value = SystemHandlers.readRm16(cpu, insn) & MACHINE_STATUS;
    cpu.controlRegisters.writeCr0(cpu.state.cr0 & keep | value);
  }

  private static void invalidatePage(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    if (!insn.memory) {
      throw cpu.state.fault.of(GuestFault.INVALID_OPCODE);
    }
    cpu.memory.invalidatePage(cpu.state.segment[insn.segment].base + cpu.offset(insn));
  }
}
