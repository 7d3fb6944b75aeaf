package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.DS;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.FS;
import static hourglass.translator.cpu.CpuState.GS;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/** Handlers of MOV, PUSH and POP with a segment register, and of LDS, LES, LFS, LGS and LSS. */
final class SegmentHandlers {
  private SegmentHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOV ->
          insn.operand(0) == OperandKind.SREG
              ? SegmentHandlers::load
              : insn.operand(1) == OperandKind.SREG ? SegmentHandlers::store : null;
      case PUSH -> findPush(insn.operand(0));
      case POP -> findPop(insn.operand(0));
      case LES -> (cpu, i) -> loadPointer(cpu, i, ES);
      case LDS -> (cpu, i) -> loadPointer(cpu, i, DS);
      case LSS -> (cpu, i) -> loadPointer(cpu, i, SS);
      case LFS -> (cpu, i) -> loadPointer(cpu, i, FS);
      case LGS -> (cpu, i) -> loadPointer(cpu, i, GS);
      default -> null;
    };
  }

  private static Handler findPush(OperandKind kind) {
    return switch (kind) {
      case ES -> (cpu, insn) -> push(cpu, insn, ES);
      case CS -> (cpu, insn) -> push(cpu, insn, CS);
      case SS -> (cpu, insn) -> push(cpu, insn, SS);
      case DS -> (cpu, insn) -> push(cpu, insn, DS);
      case FS -> (cpu, insn) -> push(cpu, insn, FS);
      case GS -> (cpu, insn) -> push(cpu, insn, GS);
      default -> null;
    };
  }

  private static Handler findPop(OperandKind kind) {
    return switch (kind) {
      case ES -> (cpu, insn) -> pop(cpu, insn, ES);
      case SS -> (cpu, insn) -> pop(cpu, insn, SS);
      case DS -> (cpu, insn) -> pop(cpu, insn, DS);
      case FS -> (cpu, insn) -> pop(cpu, insn, FS);
      case GS -> (cpu, insn) -> pop(cpu, insn, GS);
      default -> null;
    };
  }

  private static void load(Processor cpu, Instruction insn) {
    final int target = insn.reg;
    if (target == CS || target > GS) {
      throw cpu.state.fault.of(GuestFault.INVALID_OPCODE);
    }
    cpu.segmentation.load(target, SystemHandlers.readRm16(cpu, insn));
    if (target == SS) {
      cpu.state.interruptShadow = true;
      cpu.debugRegisters.inhibit();
    }
  }

  private static void store(Processor cpu, Instruction insn) {
    if (insn.reg > GS) {
      throw cpu.state.fault.of(GuestFault.INVALID_OPCODE);
    }
    SystemHandlers.writeRegisterOr16(cpu, insn, cpu.state.segment[insn.reg].selector);
  }

  private static void push(Processor cpu, Instruction insn, int source) {
    Stack.push(cpu, cpu.state.segment[source].selector, insn.operandSize);
  }

  /** POP SS moves the pointer as wide as the old stack's, whatever the new one's is. */
  private static void pop(Processor cpu, Instruction insn, int target) {
    final CpuState state = cpu.state;
    final int esp = state.reg[ESP];
    final int selector = Stack.top(cpu, 16);
    Stack.move(state, insn.operandSize >> 3);
    final int popped = state.reg[ESP];
    state.reg[ESP] = esp;
    cpu.segmentation.load(target, selector);
    state.reg[ESP] = popped;
    if (target == SS) {
      state.interruptShadow = true;
      cpu.debugRegisters.inhibit();
    }
  }

  private static void loadPointer(Processor cpu, Instruction insn, int target) {
    final int offset = cpu.offset(insn);
    final boolean wide = insn.operandSize == 32;
    final int value = wide ? cpu.read32(insn.segment, offset) : cpu.read16(insn.segment, offset);
    final int next = offset + (wide ? 4 : 2);
    cpu.segmentation.load(
        target, cpu.read16(insn.segment, insn.addressSize == 32 ? next : next & 0xFFFF));
    SystemHandlers.writeRegister(cpu.state, insn.reg, value, insn.operandSize);
  }
}
