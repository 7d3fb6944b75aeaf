package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.runtime.interrupt.DescriptorTables;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Instruction;

/**
 * Handlers of the descriptor table registers, and of LAR, LSL, VERR, VERW and ARPL, which look at
 * descriptors.
 */
final class DescriptorHandlers {
  private DescriptorHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case SGDT -> (cpu, i) -> storeTable(cpu, i, cpu.state.gdtrLimit, cpu.state.gdtrBase);
      case SIDT -> (cpu, i) -> storeTable(cpu, i, cpu.state.idtrLimit, cpu.state.idtrBase);
      case LGDT -> DescriptorHandlers::loadGdt;
      case LIDT -> DescriptorHandlers::loadIdt;
      case SLDT -> DescriptorHandlers::storeLdt;
      case STR -> DescriptorHandlers::storeTask;
      case LLDT -> DescriptorHandlers::loadLdt;
      case LTR -> DescriptorHandlers::loadTask;
      case LAR -> DescriptorHandlers::loadAccessRights;
      case LSL -> DescriptorHandlers::loadSegmentLimit;
      case VERR -> (cpu, i) -> verify(cpu, i, false);
      case VERW -> (cpu, i) -> verify(cpu, i, true);
      case ARPL -> DescriptorHandlers::adjustPrivilege;
      default -> null;
    };
  }

  // --- table registers

  private static void storeTable(Processor cpu, Instruction insn, int limit, int base) {
    final int place = cpu.offset(insn);
    final int basePlace = basePlace(insn, place);
    cpu.memory.probe(cpu.linearForWrite(insn.segment, basePlace, 4), 4, cpu.state.denyWrite);
    cpu.write16(insn.segment, place, limit);
    cpu.write32(insn.segment, basePlace, insn.operandSize == 32 ? base : base & 0xFF_FFFF);
  }

  private static int basePlace(Instruction insn, int place) {
    return insn.addressSize == 32 ? place + 2 : place + 2 & 0xFFFF;
  }

  private static int readLimit(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    return cpu.read16(insn.segment, cpu.offset(insn));
  }

  private static int readBase(Processor cpu, Instruction insn) {
    final int base = cpu.read32(insn.segment, basePlace(insn, cpu.offset(insn)));
    return insn.operandSize == 32 ? base : base & 0xFF_FFFF;
  }

  private static void loadGdt(Processor cpu, Instruction insn) {
    final int limit = readLimit(cpu, insn);
    cpu.state.gdtrBase = readBase(cpu, insn);
    cpu.state.gdtrLimit = limit;
  }

  private static void loadIdt(Processor cpu, Instruction insn) {
    final int limit = readLimit(cpu, insn);
    cpu.state.idtrBase = readBase(cpu, insn);
    cpu.state.idtrLimit = limit;
    cpu.watcher.loadedTables();
  }

  private static void storeLdt(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    SystemHandlers.writeRegisterOr16(cpu, insn, cpu.state.ldtr.selector);
  }

  private static void storeTask(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    SystemHandlers.writeRegisterOr16(cpu, insn, cpu.state.tr.selector);
  }

  private static void loadLdt(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    SystemHandlers.requirePrivilege(cpu);
    cpu.descriptorTables.loadLdt(SystemHandlers.readRm16(cpu, insn));
  }

  private static void loadTask(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    SystemHandlers.requirePrivilege(cpu);
    cpu.descriptorTables.loadTask(SystemHandlers.readRm16(cpu, insn));
    cpu.watcher.loadedTables();
  }

  // --- looking at descriptors

  private static void loadAccessRights(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    answer(cpu, insn, cpu.descriptorTables.accessRights(SystemHandlers.readRm16(cpu, insn)));
  }

  private static void loadSegmentLimit(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    answer(cpu, insn, cpu.descriptorTables.segmentLimit(SystemHandlers.readRm16(cpu, insn)));
  }

  private static void answer(Processor cpu, Instruction insn, long value) {
    final boolean found = value != DescriptorTables.NONE;
    if (found) {
      SystemHandlers.writeRegister(cpu.state, insn.reg, (int) value, insn.operandSize);
    }
    setZero(cpu.state, found);
  }

  private static void verify(Processor cpu, Instruction insn, boolean write) {
    SystemHandlers.requireProtectedMode(cpu);
    final int selector = SystemHandlers.readRm16(cpu, insn);
    setZero(cpu.state, cpu.descriptorTables.isAccessible(selector, write));
  }

  private static void adjustPrivilege(Processor cpu, Instruction insn) {
    SystemHandlers.requireProtectedMode(cpu);
    final int privilege = cpu.state.reg[insn.reg] & 3;
    if (insn.memory) {
      final int offset = cpu.offset(insn);
      final int linear = cpu.linearForWrite(insn.segment, offset, 2);
      final int selector = cpu.memory.load16(linear, cpu.state.denyRead);
      if ((selector & 3) < privilege) {
        cpu.memory.store16(linear, selector & ~3 | privilege, cpu.state.denyWrite);
      }
      setZero(cpu.state, (selector & 3) < privilege);
    } else {
      final int selector = cpu.state.reg[insn.rm];
      final boolean raised = (selector & 3) < privilege;
      if (raised) {
        cpu.state.reg[insn.rm] = selector & ~3 | privilege;
      }
      setZero(cpu.state, raised);
    }
  }

  private static void setZero(CpuState state, boolean zero) {
    state.setArithmeticFlags(state.eflags() & ~Flags.ZF | (zero ? Flags.ZF : 0));
  }
}
