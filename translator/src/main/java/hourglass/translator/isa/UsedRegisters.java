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
  static Registers read(Instruction insn) {
    Registers read = counter(insn);
    boolean addressOnly = false;
    for (final Use use : insn.form.uses()) {
      read = read.and(pointer(insn, use.kind())).and(pointerSegment(insn, use.kind()));
      if (use.access().reads() || use.access().writes() && insn.repeat != Instruction.NO_REPEAT) {
        read = read.and(register(insn, use.kind()));
      }
      addressOnly |= use.access() == Access.ADDRESS;
    }
    return insn.memory ? read.and(address(insn, addressOnly)) : read;
  }

  /** See {@link Instruction#registersWritten}. */
  static Registers written(Instruction insn) {
    Registers written = counter(insn);
    for (final Use use : insn.form.uses()) {
      written = written.and(pointer(insn, use.kind()));
      if (use.access().writes()) {
        written = written.and(register(insn, use.kind()));
      }
    }
    return written;
  }

  /** What a repeat prefix counts down. */
  private static Registers counter(Instruction insn) {
    return insn.repeat == Instruction.NO_REPEAT
        ? Registers.NONE
        : Registers.general(ECX, insn.addressSize);
  }

  /**
   * Base, index and segment of the operand in memory. Of a bare address only so many bits count as
   * its result has.
   */
  private static Registers address(Instruction insn, boolean addressOnly) {
    final int bits = addressOnly ? Math.min(insn.addressSize, insn.operandSize) : insn.addressSize;
    Registers address = addressOnly ? Registers.NONE : Registers.segment(insn.segment);
    if (insn.base != Instruction.NONE) {
      address = address.and(Registers.general(insn.base, bits));
    }
    if (insn.index != Instruction.NONE) {
      address = address.and(Registers.general(insn.index, bits));
    }
    return address;
  }

  /** The register that moves along memory, read and written whatever is done with the memory. */
  private static Registers pointer(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case SRC8, SRCV -> Registers.general(ESI, insn.addressSize);
      case DST8, DSTV -> Registers.general(EDI, insn.addressSize);
      case STACK -> Registers.general(ESP, 32);
      default -> Registers.NONE;
    };
  }

  private static Registers pointerSegment(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case SRC8, SRCV -> Registers.segment(insn.segment);
      case DST8, DSTV -> Registers.segment(CpuState.ES);
      case STACK -> Registers.segment(CpuState.SS);
      default -> Registers.NONE;
    };
  }

  /** The registers that something used is; none where it is memory or a constant. */
  private static Registers register(Instruction insn, OperandKind kind) {
    return switch (kind) {
      case RM8 -> modrm(insn, 8);
      case RM16 -> modrm(insn, 16);
      case RM32, R32_RM, R32_M8, R32_M16 -> modrm(insn, 32);
      case RMV, RV_M16 -> modrm(insn, insn.operandSize);
      case R8, Z8 -> Registers.general(insn.reg, 8);
      case R16 -> Registers.general(insn.reg, 16);
      case R32 -> Registers.general(insn.reg, 32);
      case RV, ZV -> Registers.general(insn.reg, insn.operandSize);
      case AL -> Registers.general(EAX, 8);
      case AH -> Registers.general(EAX + 4, 8);
      case AX -> Registers.general(EAX, 16);
      case AXV -> Registers.general(EAX, insn.operandSize);
      case AXV_LOW -> Registers.general(EAX, insn.operandSize / 2);
      case EAX -> Registers.general(EAX, 32);
      case CL -> Registers.general(ECX, 8);
      case CXA -> Registers.general(ECX, insn.addressSize);
      case ECX -> Registers.general(ECX, 32);
      case DX -> Registers.general(EDX, 16);
      case DXV -> Registers.general(EDX, insn.operandSize);
      case EDX -> Registers.general(EDX, 32);
      case BXA -> Registers.general(EBX, insn.addressSize);
      case EBX -> Registers.general(EBX, 32);
      case ESP -> Registers.general(ESP, 32);
      case BPV -> Registers.general(EBP, insn.operandSize);
      case EBP -> Registers.general(EBP, 32);
      case DIA -> Registers.general(EDI, insn.addressSize);
      case GENERALV -> allButStackPointer(insn.operandSize);
      case SREG -> Registers.segment(insn.reg);
      case ES, CS, SS, DS, FS, GS -> Registers.segment(kind.ordinal() - OperandKind.ES.ordinal());
      case SEGMENT -> Registers.segment(insn.segment);
      case ST0 -> Registers.x87(0);
      case ST1 -> Registers.x87(1);
      case ST7 -> Registers.x87(7);
      case STI -> Registers.x87(insn.rm);
      case ST_ALL -> Registers.ALL_X87;
      case MM -> Registers.mmx(insn.reg);
      case MM_RM, MMM32, MMM64 -> insn.memory ? Registers.NONE : Registers.mmx(insn.rm);
      case MM_ALL -> Registers.ALL_MMX;
      case XMM -> Registers.xmm(insn.reg);
      case XMM_RM, XMMM16, XMMM32, XMMM64, XMMM128 ->
          insn.memory ? Registers.NONE : Registers.xmm(insn.rm);
      case XMM0 -> Registers.xmm(0);
      case XMM_ALL -> Registers.ALL_XMM;
      default -> Registers.NONE;
    };
  }

  private static Registers modrm(Instruction insn, int bits) {
    return insn.memory ? Registers.NONE : Registers.general(insn.rm, bits);
  }

  private static Registers allButStackPointer(int bits) {
    Registers all = Registers.NONE;
    for (int number = EAX; number <= EDI; number++) {
      all = number == ESP ? all : all.and(Registers.general(number, bits));
    }
    return all;
  }
}
