package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.sse.PackedIntegers;
import hourglass.translator.cpu.sse.XmmOperations;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/** Handlers of moves between MMX, XMM and general registers and memory. */
final class SimdMoveHandlers {
  private static final long HIGH = 0xFFFF_FFFF_0000_0000L;
  private static final long LOW = 0xFFFF_FFFFL;

  private SimdMoveHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA -> moveAll(insn, true);
      case MOVUPS, MOVUPD, MOVDQU, LDDQU -> moveAll(insn, false);
      case MOVSS -> moveSingle(insn);
      case MOVSD -> moveDouble(insn);
      case MOVLPS, MOVLPD -> moveHalf(insn, 0);
      case MOVHPS, MOVHPD -> moveHalf(insn, 1);
      case MOVHLPS -> moveQuadword(0, 1);
      case MOVLHPS -> moveQuadword(1, 0);
      case MOVD ->
          insn.operand(0) == OperandKind.RM32 ? storeDoubleword(insn) : loadDoubleword(insn);
      case MOVQ -> isMmx(insn) ? moveMmx(insn) : moveLow(insn);
      case MOVNTQ -> moveMmx(insn);
      case MOVNTI -> (cpu, i) -> cpu.write32(i.segment, cpu.offset(i), cpu.state.reg[i.reg]);
      case MOVQ2DQ -> SimdMoveHandlers::fromMmx;
      case MOVDQ2Q -> SimdMoveHandlers::toMmx;
      case MASKMOVQ -> SimdMoveHandlers::storeMaskedMmx;
      case MASKMOVDQU -> SimdMoveHandlers::storeMasked;
      case MOVMSKPS -> SimdMoveHandlers::signsOfSingles;
      case MOVMSKPD ->
          (cpu, i) -> {
            final long[] x = SimdOperands.xmm(cpu);
            final int s = 2 * i.rm;
            cpu.state.reg[i.reg] = (int) (x[s] >>> 63 | x[s + 1] >>> 63 << 1);
          };
      case PMOVMSKB -> signsOfBytes(insn);
      case PINSRB -> insert(8);
      case PINSRW -> isMmx(insn) ? SimdMoveHandlers::insertMmx : insert(16);
      case PINSRD -> insert(32);
      case PEXTRB -> extract(8);
      case PEXTRW -> extractWord(insn);
      case PEXTRD, EXTRACTPS -> extract(32);
      default -> null;
    };
  }

  private static boolean isMmx(Instruction insn) {
    return insn.form.operands().stream()
        .anyMatch(kind ->
            switch (kind) {
              case MM, MM_RM, MMM64 -> true;
              default -> false;
            });
  }

  private static boolean isLoad(Instruction insn) {
    return insn.operand(0) == OperandKind.XMM || insn.operand(0) == OperandKind.MM;
  }

  private static Handler moveAll(Instruction insn, boolean mustBeAligned) {
    if (isLoad(insn)) {
      return (cpu, i) -> {
        final long[] x = SimdOperands.xmm(cpu);
        final int at =
            mustBeAligned ? SimdOperands.source(cpu, i) : SimdOperands.sourceUnaligned(cpu, i);
        final int d = SimdOperands.destination(i);
        x[d] = x[at];
        x[d + 1] = x[at + 1];
      };
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int s = 2 * i.reg;
      if (i.memory) {
        SimdOperands.store(cpu, i, s, mustBeAligned);
      } else {
        x[2 * i.rm] = x[s];
        x[2 * i.rm + 1] = x[s + 1];
      }
    };
  }

  /** MOVSS: a load from memory clears what a move between registers leaves. */
  private static Handler moveSingle(Instruction insn) {
    if (insn.memory) {
      return isLoad(insn)
          ? (cpu, i) -> {
            final long[] x = SimdOperands.xmm(cpu);
            x[2 * i.reg] = cpu.read32(i.segment, cpu.offset(i)) & LOW;
            x[2 * i.reg + 1] = 0;
          }
          : (cpu, i) ->
              cpu.write32(i.segment, cpu.offset(i), (int) SimdOperands.xmm(cpu)[2 * i.reg]);
    }
    final int to = 2 * (isLoad(insn) ? insn.reg : insn.rm);
    final int from = 2 * (isLoad(insn) ? insn.rm : insn.reg);
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      x[to] = x[to] & HIGH | x[from] & LOW;
    };
  }

  /** MOVSD, as MOVSS. */
  private static Handler moveDouble(Instruction insn) {
    if (insn.memory) {
      return moveLow(insn);
    }
    final int to = 2 * (isLoad(insn) ? insn.reg : insn.rm);
    final int from = 2 * (isLoad(insn) ? insn.rm : insn.reg);
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      x[to] = x[from];
    };
  }

  /** MOVQ with XMM registers: the high quadword becomes zero. */
  private static Handler moveLow(Instruction insn) {
    if (isLoad(insn)) {
      return (cpu, i) -> {
        final long[] x = SimdOperands.xmm(cpu);
        x[2 * i.reg] = x[SimdOperands.source64(cpu, i)];
        x[2 * i.reg + 1] = 0;
      };
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      if (i.memory) {
        cpu.write64(i.segment, cpu.offset(i), x[2 * i.reg]);
      } else {
        x[2 * i.rm] = x[2 * i.reg];
        x[2 * i.rm + 1] = 0;
      }
    };
  }

  /** Between memory and the low (0) or high (1) quadword. */
  private static Handler moveHalf(Instruction insn, int half) {
    if (isLoad(insn)) {
      return (cpu, i) -> {
        final long[] x = SimdOperands.xmm(cpu);
        x[2 * i.reg + half] = cpu.read64(i.segment, cpu.offset(i));
      };
    }
    return (cpu, i) ->
        cpu.write64(i.segment, cpu.offset(i), SimdOperands.xmm(cpu)[2 * i.reg + half]);
  }

  private static Handler moveQuadword(int to, int from) {
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      x[2 * i.reg + to] = x[2 * i.rm + from];
    };
  }

  private static int general(Processor cpu, Instruction insn) {
    return insn.memory ? cpu.read32(insn.segment, cpu.offset(insn)) : cpu.state.reg[insn.rm];
  }

  private static Handler loadDoubleword(Instruction insn) {
    if (isMmx(insn)) {
      return (cpu, i) -> {
        final X87State fpu = SimdOperands.mmx(cpu);
        SimdOperands.setMmx(fpu, i.reg, general(cpu, i) & LOW);
      };
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      x[2 * i.reg] = general(cpu, i) & LOW;
      x[2 * i.reg + 1] = 0;
    };
  }

  private static Handler storeDoubleword(Instruction insn) {
    if (isMmx(insn)) {
      return (cpu, i) -> {
        final X87State fpu = SimdOperands.mmx(cpu);
        storeGeneral(cpu, i, (int) fpu.significand[i.reg]);
        SimdOperands.enterMmx(fpu);
      };
    }
    return (cpu, i) -> storeGeneral(cpu, i, (int) SimdOperands.xmm(cpu)[2 * i.reg]);
  }

  private static void storeGeneral(Processor cpu, Instruction insn, int value) {
    if (insn.memory) {
      cpu.write32(insn.segment, cpu.offset(insn), value);
    } else {
      cpu.state.reg[insn.rm] = value;
    }
  }

  private static Handler moveMmx(Instruction insn) {
    if (isLoad(insn)) {
      return (cpu, i) -> {
        final X87State fpu = SimdOperands.mmx(cpu);
        SimdOperands.setMmx(fpu, i.reg, SimdOperands.mmxSource(cpu, i));
      };
    }
    return (cpu, i) -> {
      final X87State fpu = SimdOperands.mmx(cpu);
      final long value = fpu.significand[i.reg];
      if (i.memory) {
        cpu.write64(i.segment, cpu.offset(i), value);
        SimdOperands.enterMmx(fpu);
      } else {
        SimdOperands.setMmx(fpu, i.rm, value);
      }
    };
  }

  private static void fromMmx(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final X87State fpu = SimdOperands.mmx(cpu);
    SimdOperands.enterMmx(fpu);
    x[2 * insn.reg] = fpu.significand[insn.rm];
    x[2 * insn.reg + 1] = 0;
  }

  private static void toMmx(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    SimdOperands.setMmx(SimdOperands.mmx(cpu), insn.reg, x[2 * insn.rm]);
  }

  // --- masked stores -----------------------------------------------------------------------------

  private static void storeMaskedMmx(Processor cpu, Instruction insn) {
    final X87State fpu = SimdOperands.mmx(cpu);
    final int mask = PackedIntegers.signsOfBytes(fpu.significand[insn.rm]);
    storeBytes(cpu, insn, fpu.significand[insn.reg], 0, mask);
    SimdOperands.enterMmx(fpu);
  }

  private static void storeMasked(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final int mask = XmmOperations.signsOfBytes(cpu.state, 2 * insn.rm);
    storeBytes(cpu, insn, x[2 * insn.reg], x[2 * insn.reg + 1], mask);
  }

  /** Stores the bytes whose bits in the mask are set at seg:eDI, once all of them can be. */
  private static void storeBytes(Processor cpu, Instruction insn, long low, long high, int mask) {
    final CpuState state = cpu.state;
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      cpu.memory.probe(
          maskedByte(cpu, insn, Integer.numberOfTrailingZeros(rest)), 1, state.denyWrite);
    }
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      final int i = Integer.numberOfTrailingZeros(rest);
      final int value = (int) ((i < 8 ? low : high) >>> 8 * (i & 7));
      cpu.memory.store8(maskedByte(cpu, insn, i), value, state.denyWrite);
    }
  }

  private static int maskedByte(Processor cpu, Instruction insn, int index) {
    final int offset = cpu.state.reg[CpuState.EDI] + index;
    return cpu.linearForWrite(insn.segment, insn.addressSize == 32 ? offset : offset & 0xFFFF, 1);
  }

  // --- signs -------------------------------------------------------------------------------------

  private static void signsOfSingles(Processor cpu, Instruction insn) {
    final long[] x = SimdOperands.xmm(cpu);
    final long low = x[2 * insn.rm];
    final long high = x[2 * insn.rm + 1];
    cpu.state.reg[insn.reg] =
        (int) (low >>> 31 & 1 | low >>> 62 & 2 | high >>> 29 & 4 | high >>> 60 & 8);
  }

  private static Handler signsOfBytes(Instruction insn) {
    if (isMmx(insn)) {
      return (cpu, i) -> {
        final X87State fpu = SimdOperands.mmx(cpu);
        SimdOperands.enterMmx(fpu);
        cpu.state.reg[i.reg] = PackedIntegers.signsOfBytes(fpu.significand[i.rm]);
      };
    }
    return (cpu, i) -> cpu.state.reg[i.reg] = XmmOperations.signsOfBytes(cpu.state, 2 * i.rm);
  }

  // --- single elements ---------------------------------------------------------------------------

  /** The low bits of ModR/M r/m, in a general register or memory, that an insertion takes. */
  private static int narrow(Processor cpu, Instruction insn, int bits) {
    if (!insn.memory) {
      return cpu.state.reg[insn.rm];
    }
    return switch (bits) {
      case 8 -> Address.load8(cpu, insn);
      case 16 -> Address.load16(cpu, insn);
      default -> Address.load32(cpu, insn);
    };
  }

  private static long inserted(long quadword, int value, int bits, int index) {
    final int shift = bits * index & 63;
    final long mask = (1L << bits) - 1;
    return quadword & ~(mask << shift) | (value & mask) << shift;
  }

  private static Handler insert(int bits) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int value = narrow(cpu, insn, bits);
      final int index = insn.immediate & 128 / bits - 1;
      final int at = 2 * insn.reg + index * bits / 64;
      x[at] = inserted(x[at], value, bits, index);
    };
  }

  private static void insertMmx(Processor cpu, Instruction insn) {
    final X87State fpu = SimdOperands.mmx(cpu);
    final int value = narrow(cpu, insn, 16);
    SimdOperands.setMmx(
        fpu, insn.reg, inserted(fpu.significand[insn.reg], value, 16, insn.immediate & 3));
  }

  /** PEXTRW comes from ModR/M r/m to reg, as in SSE, and from reg to r/m, as in SSE4.1. */
  private static Handler extractWord(Instruction insn) {
    if (insn.operand(0) == OperandKind.R32_M16) {
      return extract(16);
    }
    if (isMmx(insn)) {
      return (cpu, i) -> {
        final X87State fpu = SimdOperands.mmx(cpu);
        SimdOperands.enterMmx(fpu);
        cpu.state.reg[i.reg] = extracted(fpu.significand[i.rm], 16, i.immediate & 3);
      };
    }
    return (cpu, i) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int index = i.immediate & 7;
      cpu.state.reg[i.reg] = extracted(x[2 * i.rm + index / 4], 16, index);
    };
  }

  private static int extracted(long quadword, int bits, int index) {
    return (int) (quadword >>> (bits * index & 63) & (1L << bits) - 1);
  }

  private static Handler extract(int bits) {
    return (cpu, insn) -> {
      final long[] x = SimdOperands.xmm(cpu);
      final int index = insn.immediate & 128 / bits - 1;
      final int value = extracted(x[2 * insn.reg + index * bits / 64], bits, index);
      if (!insn.memory) {
        cpu.state.reg[insn.rm] = value;
        return;
      }
      switch (bits) {
        case 8 -> Address.store8(cpu, insn, value);
        case 16 -> Address.store16(cpu, insn, value);
        default -> Address.store32(cpu, insn, value);
      }
    };
  }
}
