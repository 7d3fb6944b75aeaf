package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.XMM_OPERAND;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.x87.X87Access;
import hourglass.translator.cpu.x87.X87Operations;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/**
 * Handlers of x87 control instructions: words, environments and whole states in memory (Intel SDM
 * volume 1, sections 8.1.10 and 10.5).
 */
final class X87ControlHandlers {
  private static final int EXTENDED_SIZE = 10;

  /** Size of an FXSAVE image, of which the first 288 bytes are used. */
  private static final int FXSAVE_SIZE = 512;

  private static final int FXSAVE_MXCSR = 24;
  private static final int FXSAVE_REGISTERS = 32;
  private static final int FXSAVE_XMM = 160;

  private X87ControlHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case WAIT -> X87ControlHandlers::await;
      case FNOP ->
          (cpu, i) -> {
            X87Handlers.waiting(cpu);
            X87Handlers.note(cpu, i);
          };
      case FNENI, FNDISI, FNSETPM -> (cpu, i) -> X87Handlers.available(cpu);
      case FNINIT -> (cpu, i) -> X87Handlers.available(cpu).initialize();
      case FNCLEX -> (cpu, i) -> X87Handlers.available(cpu).clearExceptions();
      case FINCSTP -> rotate(1);
      case FDECSTP -> rotate(-1);
      case FFREE -> free(false);
      case FFREEP -> free(true);
      case FLDCW ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            f.setControl(cpu.read16(i.segment, cpu.offset(i)));
          };
      case FNSTCW ->
          (cpu, i) -> cpu.write16(i.segment, cpu.offset(i), X87Handlers.available(cpu).control());
      case FNSTSW -> storeStatus(insn);
      case FNSTENV -> X87ControlHandlers::storeEnvironment;
      case FLDENV -> X87ControlHandlers::loadEnvironment;
      case FNSAVE -> X87ControlHandlers::save;
      case FRSTOR -> X87ControlHandlers::restore;
      case FXSAVE -> X87ControlHandlers::fxsave;
      case FXRSTOR -> X87ControlHandlers::fxrstor;
      default -> null;
    };
  }

  private static void await(Processor cpu, Instruction insn) {
    final CpuState state = cpu.state;
    final int monitored = CpuState.CR0_MP | CpuState.CR0_TS;
    if ((state.cr0 & monitored) == monitored) {
      throw state.fault.of(GuestFault.NO_FPU);
    }
    if (state.fpu.isErrorPending()) {
      X87Access.reportError(state);
    }
  }

  private static Handler rotate(int by) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      X87Operations.rotate(f, by);
    };
  }

  private static Handler free(boolean pop) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      X87Operations.free(f, insn.rm, pop);
    };
  }

  private static Handler storeStatus(Instruction insn) {
    if (insn.operand(0) == OperandKind.AX) {
      return (cpu, i) -> {
        final int status = X87Handlers.available(cpu).statusWord();
        cpu.state.reg[EAX] = cpu.state.reg[EAX] & 0xFFFF_0000 | status;
      };
    }
    return (cpu, i) ->
        cpu.write16(i.segment, cpu.offset(i), X87Handlers.available(cpu).statusWord());
  }

  // --- environments ------------------------------------------------------------------------------

  private static int environmentSize(Instruction insn) {
    return insn.operandSize == 32 ? 28 : 14;
  }

  /** The linear address of a checked and probed area that is going to be written. */
  private static int probed(Processor cpu, Instruction insn, int size) {
    final int linear = cpu.linearForWrite(insn.segment, cpu.offset(insn), size);
    cpu.memory.probe(linear, size, cpu.state.denyWrite);
    return linear;
  }

  private static void storeEnvironment(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.available(cpu);
    writeEnvironment(cpu, insn, f, probed(cpu, insn, environmentSize(insn)));
    f.setControl(f.control() | X87State.EXCEPTIONS);
  }

  private static void loadEnvironment(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.waiting(cpu);
    final int size = environmentSize(insn);
    final int linear = cpu.linearForRead(insn.segment, cpu.offset(insn), size);
    cpu.memory.probe(linear, size, cpu.state.denyRead);
    readEnvironment(cpu, insn, f, linear);
  }

  private static void save(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.available(cpu);
    final int size = environmentSize(insn);
    final int linear = probed(cpu, insn, size + 8 * EXTENDED_SIZE);
    writeEnvironment(cpu, insn, f, linear);
    for (int i = 0; i < 8; i++) {
      writeRegister(cpu, f, i, linear + size + i * EXTENDED_SIZE);
    }
    f.initialize();
  }

  private static void restore(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.waiting(cpu);
    final int size = environmentSize(insn);
    final int all = size + 8 * EXTENDED_SIZE;
    final int linear = cpu.linearForRead(insn.segment, cpu.offset(insn), all);
    cpu.memory.probe(linear, all, cpu.state.denyRead);
    readEnvironment(cpu, insn, f, linear);
    for (int i = 0; i < 8; i++) {
      readRegister(cpu, f, i, linear + size + i * EXTENDED_SIZE);
    }
  }

  // The alignment that matters is that of the whole image, which its first word has shown.

  private static void writeRegister(Processor cpu, X87State f, int i, int linear) {
    final int deny = GuestMemory.anywhere(cpu.state.denyWrite);
    cpu.memory.store64(linear, f.significandOf(i), deny);
    cpu.memory.store16(linear + 8, f.signExponentOf(i), deny);
  }

  private static void readRegister(Processor cpu, X87State f, int i, int linear) {
    final int p = f.physical(i);
    final int deny = GuestMemory.anywhere(cpu.state.denyRead);
    f.significand[p] = cpu.memory.load64(linear, deny);
    f.signExponent[p] = cpu.memory.load16(linear + 8, deny);
  }

  /**
   * Writes the environment in one of its four layouts (Intel SDM volume 1, figures 8-9 to 8-12).
   */
  private static void writeEnvironment(Processor cpu, Instruction insn, X87State f, int linear) {
    final int[] word = new int[7];
    word[0] = f.control();
    word[1] = f.statusWord();
    word[2] = f.tagWord();
    final boolean wide = insn.operandSize == 32;
    if (cpu.state.isRealOrVirtual8086()) {
      final int code = (f.lastInstructionSelector << 4) + f.lastInstructionOffset;
      final int data = (f.lastDataSelector << 4) + f.lastDataOffset;
      word[3] = code & 0xFFFF;
      word[5] = data & 0xFFFF;
      if (wide) {
        word[4] = code >>> 16 << 12 | f.lastOpcode;
        word[6] = data >>> 16 << 12;
      } else {
        word[4] = code >>> 4 & 0xF000 | f.lastOpcode;
        word[6] = data >>> 4 & 0xF000;
      }
    } else {
      word[3] = f.lastInstructionOffset;
      word[4] = f.lastInstructionSelector | f.lastOpcode << 16;
      word[5] = f.lastDataOffset;
      word[6] = f.lastDataSelector | 0xFFFF_0000;
    }
    final int deny = cpu.state.denyWrite;
    for (int i = 0; i < 7; i++) {
      if (wide) {
        // Reserved upper halves are written as ones.
        cpu.memory.store32(linear + 4 * i, i < 3 ? word[i] | 0xFFFF_0000 : word[i], deny);
      } else {
        cpu.memory.store16(linear + 2 * i, word[i], deny);
      }
    }
  }

  private static void readEnvironment(Processor cpu, Instruction insn, X87State f, int linear) {
    final int[] word = new int[7];
    final int deny = cpu.state.denyRead;
    final boolean wide = insn.operandSize == 32;
    for (int i = 0; i < 7; i++) {
      word[i] =
          wide ? cpu.memory.load32(linear + 4 * i, deny) : cpu.memory.load16(linear + 2 * i, deny);
    }
    f.setControl(word[0]);
    f.setStatusWord(word[1]);
    f.setTagWord(word[2]);
    if (cpu.state.isRealOrVirtual8086()) {
      f.lastInstructionSelector = 0;
      f.lastInstructionOffset = word[3] & 0xFFFF | upperHalf(word[4], wide);
      f.lastOpcode = word[4] & 0x7FF;
      f.lastDataSelector = 0;
      f.lastDataOffset = word[5] & 0xFFFF | upperHalf(word[6], wide);
    } else {
      f.lastInstructionOffset = word[3];
      f.lastInstructionSelector = word[4] & 0xFFFF;
      f.lastOpcode = wide ? word[4] >>> 16 & 0x7FF : 0;
      f.lastDataOffset = word[5];
      f.lastDataSelector = word[6] & 0xFFFF;
    }
  }

  /** The upper bits of a real-mode pointer, from bits 27-12 or 15-12 of its second word. */
  private static int upperHalf(int word, boolean wide) {
    return wide ? word << 4 & 0xFFFF_0000 : (word & 0xF000) << 4;
  }

  // --- FXSAVE and FXRSTOR ------------------------------------------------------------------------

  private static int aligned(Processor cpu, int linear) {
    if ((linear & 15) != 0) {
      throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    return linear;
  }

  /** Whether MXCSR and the XMM registers are saved and restored too. */
  private static boolean savesXmm(Processor cpu) {
    return (cpu.state.cr4 & CpuState.CR4_OSFXSR) != 0;
  }

  private static void fxsave(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.available(cpu);
    final int linear =
        aligned(cpu, cpu.linearForWrite(insn.segment, cpu.offset(insn), FXSAVE_SIZE));
    final int deny = cpu.state.denyWrite;
    cpu.memory.probe(linear, FXSAVE_SIZE, deny);
    cpu.memory.store16(linear, f.control(), deny);
    cpu.memory.store16(linear + 2, f.statusWord(), deny);
    cpu.memory.store16(linear + 4, ~f.empty & 0xFF, deny);
    cpu.memory.store16(linear + 6, f.lastOpcode, deny);
    cpu.memory.store32(linear + 8, f.lastInstructionOffset, deny);
    cpu.memory.store32(linear + 12, f.lastInstructionSelector, deny);
    cpu.memory.store32(linear + 16, f.lastDataOffset, deny);
    cpu.memory.store32(linear + 20, f.lastDataSelector, deny);
    for (int i = 0; i < 8; i++) {
      final int at = linear + FXSAVE_REGISTERS + 16 * i;
      cpu.memory.store64(at, f.significandOf(i), deny);
      cpu.memory.store64(at + 8, f.signExponentOf(i), deny);
    }
    if (savesXmm(cpu)) {
      cpu.memory.store32(linear + FXSAVE_MXCSR, cpu.state.mxcsr.value(), deny);
      cpu.memory.store32(linear + FXSAVE_MXCSR + 4, Mxcsr.VALID, deny);
      for (int i = 0; i < XMM_OPERAND; i++) {
        cpu.memory.store64(linear + FXSAVE_XMM + 8 * i, cpu.state.xmm[i], deny);
      }
    }
  }

  private static void fxrstor(Processor cpu, Instruction insn) {
    final X87State f = X87Handlers.available(cpu);
    final int linear = aligned(cpu, cpu.linearForRead(insn.segment, cpu.offset(insn), FXSAVE_SIZE));
    final int deny = cpu.state.denyRead;
    cpu.memory.probe(linear, FXSAVE_SIZE, deny);
    if (savesXmm(cpu)) {
      final int control = cpu.memory.load32(linear + FXSAVE_MXCSR, deny);
      if ((control & ~Mxcsr.VALID) != 0) {
        throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
      }
      cpu.state.mxcsr.set(control);
      for (int i = 0; i < XMM_OPERAND; i++) {
        cpu.state.xmm[i] = cpu.memory.load64(linear + FXSAVE_XMM + 8 * i, deny);
      }
    }
    f.setControl(cpu.memory.load16(linear, deny));
    f.setStatusWord(cpu.memory.load16(linear + 2, deny));
    f.empty = ~cpu.memory.load16(linear + 4, deny) & 0xFF;
    f.lastOpcode = cpu.memory.load16(linear + 6, deny) & 0x7FF;
    f.lastInstructionOffset = cpu.memory.load32(linear + 8, deny);
    f.lastInstructionSelector = cpu.memory.load16(linear + 12, deny);
    f.lastDataOffset = cpu.memory.load32(linear + 16, deny);
    f.lastDataSelector = cpu.memory.load16(linear + 20, deny);
    for (int i = 0; i < 8; i++) {
      final int at = linear + FXSAVE_REGISTERS + 16 * i;
      final int p = f.physical(i);
      f.significand[p] = cpu.memory.load64(at, deny);
      f.signExponent[p] = cpu.memory.load16(at + 8, deny);
    }
  }
}
