package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;

/**
 * Where an operand is, found once when an instruction is decoded, so that the less frequent
 * instructions need one handler for all their forms.
 *
 * <p>Values read are zero-extended (immediates: as the decoder extended them); of values written
 * the upper bits are ignored.
 */
enum Operand {
  /** ModR/M r/m as a register. */
  RM8(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Registers.get8(cpu.state.reg, insn.rm);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set8(cpu.state.reg, insn.rm, value);
    }
  },
  RM16(16) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Registers.get16(cpu.state.reg, insn.rm);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set16(cpu.state.reg, insn.rm, value);
    }
  },
  RM32(32) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[insn.rm];
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      cpu.state.reg[insn.rm] = value;
    }
  },
  /** ModR/M reg, or the register in the opcode. */
  REG8(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Registers.get8(cpu.state.reg, insn.reg);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set8(cpu.state.reg, insn.reg, value);
    }
  },
  REG16(16) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Registers.get16(cpu.state.reg, insn.reg);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set16(cpu.state.reg, insn.reg, value);
    }
  },
  REG32(32) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[insn.reg];
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      cpu.state.reg[insn.reg] = value;
    }
  },
  MEMORY8(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Address.load8(cpu, insn);
    }

    @Override
    int readForWrite(Processor cpu, Instruction insn) {
      return cpu.memory.load8(Address.forWrite(cpu, insn, 1), cpu.state.denyWrite);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Address.store8(cpu, insn, value);
    }
  },
  MEMORY16(16) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Address.load16(cpu, insn);
    }

    @Override
    int readForWrite(Processor cpu, Instruction insn) {
      return cpu.memory.load16(Address.forWrite(cpu, insn, 2), cpu.state.denyWrite);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Address.store16(cpu, insn, value);
    }
  },
  MEMORY32(32) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return Address.load32(cpu, insn);
    }

    @Override
    int readForWrite(Processor cpu, Instruction insn) {
      return cpu.memory.load32(Address.forWrite(cpu, insn, 4), cpu.state.denyWrite);
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Address.store32(cpu, insn, value);
    }
  },
  AL(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[CpuState.EAX] & 0xFF;
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set8(cpu.state.reg, CpuState.EAX, value);
    }
  },
  AX(16) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[CpuState.EAX] & 0xFFFF;
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      Registers.set16(cpu.state.reg, CpuState.EAX, value);
    }
  },
  EAX(32) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[CpuState.EAX];
    }

    @Override
    void write(Processor cpu, Instruction insn, int value) {
      cpu.state.reg[CpuState.EAX] = value;
    }
  },
  CL(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return cpu.state.reg[CpuState.ECX] & 0xFF;
    }
  },
  ONE(8) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return 1;
    }
  },
  IMMEDIATE(32) {
    @Override
    int read(Processor cpu, Instruction insn) {
      return insn.immediate;
    }
  };

  /** The operand's width: 8, 16 or 32; of no meaning for {@link #IMMEDIATE}. */
  final int bits;

  Operand(int bits) {
    this.bits = bits;
  }

  abstract int read(Processor cpu, Instruction insn);

  /**
   * Reads what is going to be written: where it is memory that cannot be written, this faults as
   * the write would.
   */
  int readForWrite(Processor cpu, Instruction insn) {
    return read(cpu, insn);
  }

  void write(Processor cpu, Instruction insn, int value) {
    throw new IllegalStateException(this + " is not a destination");
  }

  boolean isMemory() {
    return this == MEMORY8 || this == MEMORY16 || this == MEMORY32;
  }

  /** The place of operand {@code i}, 0 being the destination. */
  static Operand of(Instruction insn, int i) {
    final boolean wide = insn.operandSize == 32;
    return switch (insn.operand(i)) {
      case RM8 -> insn.memory ? MEMORY8 : RM8;
      case RM16 -> insn.memory ? MEMORY16 : RM16;
      case RM32 -> insn.memory ? MEMORY32 : RM32;
      case RMV -> insn.memory ? wide ? MEMORY32 : MEMORY16 : wide ? RM32 : RM16;
      case R8, Z8 -> REG8;
      case R16 -> REG16;
      case R32 -> REG32;
      case RV, ZV -> wide ? REG32 : REG16;
      case M8, MOFFS8 -> MEMORY8;
      case M16 -> MEMORY16;
      case M32 -> MEMORY32;
      case MOFFSV -> wide ? MEMORY32 : MEMORY16;
      case AL -> AL;
      case AX -> AX;
      case AXV -> wide ? EAX : AX;
      case CL -> CL;
      case ONE -> ONE;
      case IMM8, IMM8_SX, IMM16, IMMV, REL8, RELV -> IMMEDIATE;
      default -> throw new IllegalStateException("operand " + i + " of " + insn.form);
    };
  }
}
