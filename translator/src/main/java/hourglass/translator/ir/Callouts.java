package hourglass.translator.ir;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/**
 * How the runtime is called for an instruction that has no ops of its own, and what has to be
 * looked at afterwards. What it writes is in the instruction table.
 */
final class Callouts {
  private Callouts() {}

  /** The op that has the runtime carry out an instruction. */
  static Op of(Instruction insn) {
    if (insn.form.has(Form.Trait.X87)) {
      return x87(insn);
    }
    if (insn.form.has(Form.Trait.SIMD)) {
      return light(insn);
    }
    return switch (insn.mnemonic) {
      case AAA, AAS, DAA, DAS, AAD, AAM, RCL, RCR -> light(insn);
      case BT, BTS, BTR, BTC, BOUND, ARPL, LAR, LSL, VERR, VERW -> light(insn);
      case SGDT, SIDT, LGDT, SLDT, STR, LLDT, SMSW -> light(insn);
      case CLTS, INVD, WBINVD, WAIT, CMPXCHG8B, CPUID, RDPMC -> light(insn);
      case PUSHA, POPA, ENTER, LEAVE, CLI, PUSHF -> light(insn);
      case POP -> pop(insn);
      case MOV -> move(insn);
      case LES, LDS, LFS, LGS, STI, INVLPG, POPF -> guarded(insn);
      case RDTSC, RDMSR, WRMSR, IN, OUT -> guarded(insn);
      case INS, OUTS, MOVS, CMPS, STOS, LODS, SCAS -> guarded(insn);
      default -> full(); // LIDT and LTR too: whoever watches may drop regions then
    };
  }

  private static Op full() {
    return new Op.CallOut();
  }

  private static Op light(Instruction insn) {
    final boolean flags = touchesFlags(insn);
    return new Op.LightCallOut(generalWritten(insn), flags, flags);
  }

  private static Op guarded(Instruction insn) {
    return new Op.GuardedCallOut(generalWritten(insn), touchesFlags(insn));
  }

  private static int generalWritten(Instruction insn) {
    return insn.registersWritten().generalMask();
  }

  private static Op pop(Instruction insn) {
    return switch (insn.operand(0)) {
      case RMV -> light(insn);
      case SS -> full(); // casts an interrupt shadow
      default -> guarded(insn);
    };
  }

  private static Op move(Instruction insn) {
    if (insn.operand(1) == OperandKind.CR) {
      return light(insn);
    }
    final boolean loadsStack = insn.operand(0) == OperandKind.SREG && insn.reg == CpuState.SS;
    return loadsStack ? full() : guarded(insn);
  }

  /**
   * Whether it reads or writes arithmetic flags, those included that the manual leaves undefined.
   */
  private static boolean touchesFlags(Instruction insn) {
    final Form form = insn.form;
    return ((form.flagsRead() | form.flagsWritten() | form.flagsUndefined()) & Flags.ARITHMETIC)
        != 0;
  }

  /** x87 instructions commit nothing when they fault, and touch flags only to say a comparison. */
  private static Op x87(Instruction insn) {
    return new Op.LightCallOut(
        generalWritten(insn), insn.form.flagsRead() != 0, insn.form.flagsWritten() != 0);
  }
}
