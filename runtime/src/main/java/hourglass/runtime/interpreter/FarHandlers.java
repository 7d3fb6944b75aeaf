package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/** Handlers of far JMP, CALL and RET, IRET, software interrupts, SYSENTER and SYSEXIT. */
final class FarHandlers {
  private FarHandlers() {}

  static Handler find(Instruction insn) {
    final boolean direct = insn.operandCount() > 0 && insn.operand(0) == OperandKind.PTR_FAR;
    return switch (insn.mnemonic) {
      case JMP_FAR -> direct ? FarHandlers::jump : FarHandlers::jumpIndirect;
      case CALL_FAR -> direct ? FarHandlers::call : FarHandlers::callIndirect;
      case RET_FAR -> (cpu, i) -> cpu.farTransfers.ret(i.operandSize == 32, i.immediate & 0xFFFF);
      case IRET -> (cpu, i) -> cpu.farTransfers.iret(i.operandSize == 32);
      case INT -> (cpu, i) -> cpu.interrupts.software(i.immediate & 0xFF);
      case INT3 -> (cpu, i) -> cpu.interrupts.trap(GuestFault.BREAKPOINT);
      case INTO -> FarHandlers::into;
      case INT1 -> (cpu, i) -> cpu.interrupts.debugTrap();
      case SYSENTER -> (cpu, i) -> cpu.farTransfers.sysenter();
      case SYSEXIT -> (cpu, i) -> cpu.farTransfers.sysexit();
      default -> null;
    };
  }

  private static void jump(Processor cpu, Instruction insn) {
    cpu.farTransfers.jump(insn.immediate2 & 0xFFFF, directOffset(insn));
  }

  private static void call(Processor cpu, Instruction insn) {
    cpu.farTransfers.call(insn.immediate2 & 0xFFFF, directOffset(insn), insn.operandSize == 32);
  }

  private static void jumpIndirect(Processor cpu, Instruction insn) {
    final int place = cpu.offset(insn);
    final int offset = pointerOffset(cpu, insn, place);
    cpu.farTransfers.jump(pointerSelector(cpu, insn, place), offset);
  }

  private static void callIndirect(Processor cpu, Instruction insn) {
    final int place = cpu.offset(insn);
    final int offset = pointerOffset(cpu, insn, place);
    cpu.farTransfers.call(pointerSelector(cpu, insn, place), offset, insn.operandSize == 32);
  }

  private static int directOffset(Instruction insn) {
    return insn.operandSize == 32 ? insn.immediate : insn.immediate & 0xFFFF;
  }

  private static int pointerOffset(Processor cpu, Instruction insn, int place) {
    return insn.operandSize == 32
        ? cpu.read32(insn.segment, place)
        : cpu.read16(insn.segment, place);
  }

  private static int pointerSelector(Processor cpu, Instruction insn, int place) {
    final int next = place + (insn.operandSize >> 3);
    return cpu.read16(insn.segment, insn.addressSize == 32 ? next : next & 0xFFFF);
  }

  private static void into(Processor cpu, Instruction insn) {
    if (Flags.overflow(cpu.state.flagAux)) {
      cpu.interrupts.trap(GuestFault.OVERFLOW);
    }
  }
}
