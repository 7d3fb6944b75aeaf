package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBP;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ESI;
import static hourglass.translator.cpu.CpuState.ESP;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;

/**
 * How the runtime is called for an instruction that has no ops of its own: what it writes, and what
 * has to be looked at afterwards.
 */
final class Callouts {
  private static final int NONE = 0;
  private static final int ALL = 0xFF;
  private static final int ACCUMULATOR = 1 << EAX;
  private static final int STACK = 1 << ESP;
  private static final int ANSWER = 1 << EAX | 1 << EBX | 1 << ECX | 1 << EDX;

  private Callouts() {}

  /** The op that has the runtime carry out an instruction. */
  static Op of(Instruction insn) {
    if (insn.form.has(Form.Trait.X87)) {
      return x87(insn);
    }
    if (insn.form.has(Form.Trait.SIMD)) {
      return simd(insn);
    }
    return switch (insn.mnemonic) {
      case AAA, AAS, DAA, DAS, AAD, AAM -> light(insn, ACCUMULATOR);
      case RCL, RCR, BT, BTS, BTR, BTC, BOUND, ARPL, LAR, LSL, VERR, VERW -> light(insn, NONE);
      case SGDT, SIDT, LGDT, SLDT, STR, LLDT, SMSW -> light(insn, NONE);
      case CLTS, INVD, WBINVD, WAIT -> light(insn, NONE);
      case CMPXCHG8B -> light(insn, 1 << EAX | 1 << EDX);
      case CPUID -> light(insn, ANSWER);
      case RDPMC -> light(insn, 1 << EAX | 1 << EDX);
      case PUSHA -> light(insn, STACK);
      case POPA -> light(insn, ALL);
      case ENTER, LEAVE -> light(insn, STACK | 1 << EBP);
      case CLI -> light(insn, NONE);
      case PUSHF -> light(insn, STACK);
      case POP -> pop(insn);
      case MOV -> move(insn);
      case LES, LDS, LFS, LGS -> guarded(insn, NONE);
      case STI, INVLPG -> guarded(insn, NONE);
      case POPF -> guarded(insn, STACK);
      case RDTSC -> guarded(insn, 1 << EAX | 1 << EDX);
      case RDMSR -> guarded(insn, 1 << EAX | 1 << EDX);
      case WRMSR -> guarded(insn, NONE);
      case IN -> guarded(insn, ACCUMULATOR);
      case OUT -> guarded(insn, NONE);
      case INS, STOS, SCAS -> string(insn, 1 << EDI);
      case OUTS, LODS -> string(insn, 1 << ESI);
      case MOVS, CMPS -> string(insn, 1 << ESI | 1 << EDI);
      default -> full(); // LIDT and LTR too: whoever watches may drop regions then
    };
  }

  private static Op full() {
    return new Op.CallOut();
  }

  /**
   * A light callout.
   *
   * @param writes general registers that it writes, besides its operands
   */
  private static Op light(Instruction insn, int writes) {
    final boolean flags = touchesFlags(insn);
    return new Op.LightCallOut(writes | named(insn), flags, flags);
  }

  /** A guarded callout; parameters as {@link #light}. */
  private static Op guarded(Instruction insn, int writes) {
    return new Op.GuardedCallOut(writes | named(insn), touchesFlags(insn));
  }

  /** INS, OUTS, and the repeated string instructions. */
  private static Op string(Instruction insn, int indexes) {
    final int counter = insn.repeat == Instruction.NO_REPEAT ? 0 : 1 << ECX;
    return guarded(insn, counter | indexes);
  }

  private static Op pop(Instruction insn) {
    return switch (insn.operand(0)) {
      case RMV -> light(insn, STACK);
      case SS -> full(); // casts an interrupt shadow
      default -> guarded(insn, STACK);
    };
  }

  private static Op move(Instruction insn) {
    if (insn.operand(1) == OperandKind.CR) {
      return light(insn, NONE);
    }
    final boolean loadsStack = insn.operand(0) == OperandKind.SREG && insn.reg == CpuState.SS;
    return loadsStack ? full() : guarded(insn, NONE);
  }

  /**
   * Whether it reads or writes arithmetic flags, those included that the manual leaves undefined.
   */
  private static boolean touchesFlags(Instruction insn) {
    final Form form = insn.form;
    return ((form.flagsRead() | form.flagsWritten() | form.flagsUndefined()) & Flags.ARITHMETIC)
        != 0;
  }

  /** The general registers that are operands. */
  private static int named(Instruction insn) {
    int registers = 0;
    for (OperandKind kind : insn.form.operands()) {
      registers |=
          switch (kind) {
            case RM8 -> insn.memory ? 0 : 1 << (insn.rm & 3);
            case RM16, RM32, RMV, RV_M16, R32_RM, R32_M8, R32_M16 -> insn.memory ? 0 : 1 << insn.rm;
            case R8, Z8 -> 1 << (insn.reg & 3);
            case R16, R32, RV, ZV -> 1 << insn.reg;
            case AL, AX, AXV -> ACCUMULATOR;
            case CL -> 1 << ECX;
            case DX -> 1 << EDX;
            default -> 0;
          };
    }
    return registers;
  }

  /** x87 instructions commit nothing when they fault, and touch few general registers. */
  private static Op x87(Instruction insn) {
    final boolean storesStatusInAx = insn.mnemonic == Mnemonic.FNSTSW && !insn.memory;
    return new Op.LightCallOut(
        storesStatusInAx ? ACCUMULATOR : NONE,
        insn.form.flagsRead() != 0,
        insn.form.flagsWritten() != 0);
  }

  /** SIMD instructions commit nothing when they fault; few write registers they do not name. */
  private static Op simd(Instruction insn) {
    return switch (insn.mnemonic) {
      case PCMPESTRI, PCMPISTRI -> light(insn, 1 << ECX);
      default -> light(insn, NONE);
    };
  }
}
