package hourglass.translator.isa;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBP;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ESI;
import static hourglass.translator.cpu.CpuState.ESP;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Form.Use;

/** Works out which registers an instruction reads and writes, from what its form says it uses. */
final class UsedRegisters {
  private UsedRegisters() {}

  /** See {@link Instruction#registersRead}. */
  static RegisterSet read(Instruction insn) {
    RegisterSet read = counter(insn);
    boolean addressOnly = false;
    for (final Use use : insn.form.uses()) {
      read = read.with(pointer(insn, use.kind())).with(pointerSegment(insn, use.kind()));
      if (use.access().reads() || use.access().writes() && insn.repeat != Instruction.NO_REPEAT) {
        read = read.with(register(insn, use.kind()));
      }
      addressOnly |= use.access() == Access.ADDRESS;
    }
    return insn.memory ? read.with(address(insn, addressOnly)) : read;
  }

  /** See {@link Instruction#registersWritten}. */
  static RegisterSet written(Instruction insn) {
    RegisterSet written = counter(insn);
    for (final Use use : insn.form.uses()) {
      written = written.with(pointer(insn, use.kind()));
      if (use.access().writes()) {
        written = written.with(register(insn, use.kind()));
      }
    }
    return written;
  }

  /** What a repeat prefix counts down. */
  private static RegisterSet counter(Instruction insn) {
    return insn.repeat == Instruction.NO_REPEAT
        ? RegisterSet.NONE
        : RegisterSet.general(ECX, insn.addressSize);
  }

  /**
   * Base, index and segment of the operand in memory. Of a bare address only so many bits count as
   * its result has.
   */
  private static RegisterSet address(Instruction insn, boolean addressOnly) {
    final int bits = addressOnly ? Math.min(insn.addressSize, insn.operandSize) : insn.addressSize;
    RegisterSet address = addressOnly ? RegisterSet.NONE : RegisterSet.segment(insn.segment);
    if (insn.base != Instruction.NONE) {
      address = address.with(RegisterSet.general(insn.base, bits));
    }
    if (insn.index != Instruction.NONE) {
      address = address.with(RegisterSet.general(insn.index, bits));
    }
    return address;
  }

  /** The register that moves along memory, read and written whatever is done with the memory. */
  private static RegisterSet pointer(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case SRC8, SRCV -> RegisterSet.general(ESI, insn.addressSize);
      case DST8, DSTV -> RegisterSet.general(EDI, insn.addressSize);
      case STACK -> RegisterSet.general(ESP, 32);
      default -> RegisterSet.NONE;
    };
  }

  private static RegisterSet pointerSegment(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case SRC8, SRCV -> RegisterSet.segment(insn.segment);
      case DST8, DSTV -> RegisterSet.segment(CpuState.ES);
      case STACK -> RegisterSet.segment(CpuState.SS);
      default -> RegisterSet.NONE;
    };
  }

  /** The registers that something used is; none where it is memory or a constant. */
  private static RegisterSet register(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case RM8 -> modrm(insn, 8);
      case RM16 -> modrm(insn, 16);
      case RM32, R32_RM, R32_M8, R32_M16 -> modrm(insn, 32);
      case RMV, RV_M16 -> modrm(insn, insn.operandSize);
      case R8, Z8 -> RegisterSet.general(insn.reg, 8);
      case R16 -> RegisterSet.general(insn.reg, 16);
      case R32 -> RegisterSet.general(insn.reg, 32);
      case RV, ZV -> RegisterSet.general(insn.reg, insn.operandSize);
      case AL -> RegisterSet.general(EAX, 8);
      case AH -> RegisterSet.general(EAX + 4, 8);
      case AX -> RegisterSet.general(EAX, 16);
      case AXV -> RegisterSet.general(EAX, insn.operandSize);
      case AXV_LOW -> RegisterSet.general(EAX, insn.operandSize / 2);
      case EAX -> RegisterSet.general(EAX, 32);
      case CL -> RegisterSet.general(ECX, 8);
      case CXA -> RegisterSet.general(ECX, insn.addressSize);
      case ECX -> RegisterSet.general(ECX, 32);
      case DX -> RegisterSet.general(EDX, 16);
      case DXV -> RegisterSet.general(EDX, insn.operandSize);
      case EDX -> RegisterSet.general(EDX, 32);
      case BXA -> RegisterSet.general(EBX, insn.addressSize);
      case EBX -> RegisterSet.general(EBX, 32);
      case ESP -> RegisterSet.general(ESP, 32);
      case BPV -> RegisterSet.general(EBP, insn.operandSize);
      case EBP -> RegisterSet.general(EBP, 32);
      case DIA -> RegisterSet.general(EDI, insn.addressSize);
      case GENERALV -> allButStackPointer(insn.operandSize);
      case SREG -> RegisterSet.segment(insn.reg);
      case ES, CS, SS, DS, FS, GS -> RegisterSet.segment(kind.ordinal() - OperandKind.ES.ordinal());
      case SEGMENT -> RegisterSet.segment(insn.segment);
      case ST0 -> RegisterSet.x87(0);
      case ST1 -> RegisterSet.x87(1);
      case ST7 -> RegisterSet.x87(7);
      case STI -> RegisterSet.x87(insn.rm);
      case ST_ALL -> RegisterSet.ALL_X87;
      case MM -> RegisterSet.mmx(insn.reg);
      case MM_RM, MMM32, MMM64 -> insn.memory ? RegisterSet.NONE : RegisterSet.mmx(insn.rm);
      case MM_ALL -> RegisterSet.ALL_MMX;
      case XMM -> RegisterSet.xmm(insn.reg);
      case XMM_RM, XMMM16, XMMM32, XMMM64, XMMM128 ->
          insn.memory ? RegisterSet.NONE : RegisterSet.xmm(insn.rm);
      case XMM0 -> RegisterSet.xmm(0);
      case XMM_ALL -> RegisterSet.ALL_XMM;
      default -> RegisterSet.NONE;
    };
  }

  private static RegisterSet modrm(Instruction insn, int bits) {
    return insn.memory ? RegisterSet.NONE : RegisterSet.general(insn.rm, bits);
  }

  private static RegisterSet allButStackPointer(int bits) {
    RegisterSet all = RegisterSet.NONE;
    for (int number = EAX; number <= EDI; number++) {
      all = number == ESP ? all : all.with(RegisterSet.general(number, bits));
    }
    return all;
  }
}
