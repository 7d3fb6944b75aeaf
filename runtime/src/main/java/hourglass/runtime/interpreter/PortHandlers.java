package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.EDX;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESI;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;

import hourglass.runtime.engine.Processor;
import hourglass.runtime.interrupt.TaskSwitch;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;

/**
 * Handlers of IN, OUT, INS and OUTS, with the I/O privilege checks (Intel SDM volume 1, section
 * 18.5).
 */
final class PortHandlers {
  /** How many elements a repeated string instruction does before interrupts get a chance. */
  private static final int CHUNK = 1024;

  private PortHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case IN -> findIn(insn);
      case OUT -> findOut(insn);
      case INS -> {
        final int size = insn.operand(0) == OperandKind.DST8 ? 1 : insn.operandSize >> 3;
        yield (cpu, i) -> ins(cpu, i, size);
      }
      case OUTS -> {
        final int size = insn.operand(1) == OperandKind.SRC8 ? 1 : insn.operandSize >> 3;
        yield (cpu, i) -> outs(cpu, i, size);
      }
      default -> null;
    };
  }

  private static Handler findIn(Instruction insn) {
    final boolean fixed = insn.operand(1) == OperandKind.IMM8;
    return switch (insn.operand(0) == OperandKind.AL ? 8 : insn.operandSize) {
      case 8 -> fixed ? (cpu, i) -> in8(cpu, i.immediate & 0xFF) : (cpu, i) -> in8(cpu, dx(cpu));
      case 16 -> fixed ? (cpu, i) -> in16(cpu, i.immediate & 0xFF) : (cpu, i) -> in16(cpu, dx(cpu));
      default -> fixed ? (cpu, i) -> in32(cpu, i.immediate & 0xFF) : (cpu, i) -> in32(cpu, dx(cpu));
    };
  }

  private static Handler findOut(Instruction insn) {
    final boolean fixed = insn.operand(0) == OperandKind.IMM8;
    final int size = insn.operand(1) == OperandKind.AL ? 1 : insn.operandSize >> 3;
    return fixed
        ? (cpu, i) -> out(cpu, i.immediate & 0xFF, cpu.state.reg[EAX], size)
        : (cpu, i) -> out(cpu, dx(cpu), cpu.state.reg[EAX], size);
  }

  private static int dx(Processor cpu) {
    return cpu.state.reg[EDX] & 0xFFFF;
  }

  private static void in8(Processor cpu, int port) {
    final int value = in(cpu, port, 1) & 0xFF;
    cpu.state.reg[EAX] = cpu.state.reg[EAX] & ~0xFF | value;
  }

  private static void in16(Processor cpu, int port) {
    final int value = in(cpu, port, 2) & 0xFFFF;
    cpu.state.reg[EAX] = cpu.state.reg[EAX] & 0xFFFF_0000 | value;
  }

  private static void in32(Processor cpu, int port) {
    cpu.state.reg[EAX] = in(cpu, port, 4);
  }

  private static int in(Processor cpu, int port, int size) {
    checkPermission(cpu, port, size);
    cpu.debugRegisters.portAccess(port, size);
    return read(cpu, port, size);
  }

  private static void out(Processor cpu, int port, int value, int size) {
    checkPermission(cpu, port, size);
    cpu.debugRegisters.portAccess(port, size);
    write(cpu, port, size == 4 ? value : value & (1 << 8 * size) - 1, size);
  }

  private static int read(Processor cpu, int port, int size) {
    cpu.state.busyWith = CpuState.BUSY_WITH_DEVICES;
    final int value = cpu.ports.read(port, size);
    cpu.state.busyWith = CpuState.BUSY_WITH_CODE;
    return value;
  }

  private static void write(Processor cpu, int port, int value, int size) {
    cpu.state.busyWith = CpuState.BUSY_WITH_DEVICES;
    cpu.ports.write(port, value, size);
    cpu.state.busyWith = CpuState.BUSY_WITH_CODE;
  }

  /**
   * Checks that the current program may use some ports: IOPL allows it, or the TSS's permission
   * bitmap has their bits clear.
   *
   * @throws GuestFault #GP(0), or #PF where the bitmap is not mapped
   */
  private static void checkPermission(Processor cpu, int port, int size) {
    final CpuState state = cpu.state;
    final boolean virtual8086 = state.isVirtual8086();
    if (!virtual8086 && state.cpl <= (state.systemFlags & Flags.IOPL) >> 12) {
      return;
    }
    final Segment tss = state.tr;
    final boolean tss32 = (tss.attributes & Segment.CODE) != 0 && tss.isPresent();
    if (tss32 && Integer.compareUnsigned(tss.limit, TaskSwitch.IO_MAP_BASE + 1) >= 0) {
      final int map = cpu.memory.load16(tss.base + TaskSwitch.IO_MAP_BASE, DENY_READ_SUPERVISOR);
      final int place = map + (port >> 3);
      // Two bytes are read whatever the port is, so the bitmap has to go on for one more byte.
      if (Integer.compareUnsigned(place + 1, tss.limit) <= 0) {
        final int bits = cpu.memory.load16(tss.base + place, DENY_READ_SUPERVISOR);
        if ((bits >> (port & 7) & (1 << size) - 1) == 0) {
          return;
        }
      }
    }
    throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
  }

  // --- strings

  private static void ins(Processor cpu, Instruction insn, int size) {
    final CpuState state = cpu.state;
    final int port = dx(cpu);
    checkPermission(cpu, port, size); // even where there is nothing to do
    int elements = elements(state, insn);
    if (StringHandlers.reachesItself(state, insn, size, elements)) {
      elements = Math.min(elements, 1);
    }
    for (; elements > 0; elements--) {
      final int offset = index(state, EDI, insn);
      final int linear = cpu.linearForWrite(ES, offset, size);
      cpu.memory.probe(linear, size, state.denyWrite); // before the device gives its value away
      cpu.debugRegisters.portAccess(port, size);
      final int value = read(cpu, port, size);
      switch (size) {
        case 1 -> cpu.memory.store8(linear, value, state.denyWrite);
        case 2 -> cpu.memory.store16(linear, value, state.denyWrite);
        default -> cpu.memory.store32(linear, value, state.denyWrite);
      }
      advance(state, EDI, insn, size);
    }
    repeat(state, insn);
  }

  private static void outs(Processor cpu, Instruction insn, int size) {
    final CpuState state = cpu.state;
    final int port = dx(cpu);
    checkPermission(cpu, port, size); // even where there is nothing to do
    for (int elements = elements(state, insn); elements > 0; elements--) {
      final int offset = index(state, ESI, insn);
      final int value =
          switch (size) {
            case 1 -> cpu.read8(insn.segment, offset);
            case 2 -> cpu.read16(insn.segment, offset);
            default -> cpu.read32(insn.segment, offset);
          };
      cpu.debugRegisters.portAccess(port, size);
      write(cpu, port, value, size);
      advance(state, ESI, insn, size);
    }
    repeat(state, insn);
  }

  /** How many elements to do now: one without REP, one at a time while anybody looks at each. */
  private static int elements(CpuState state, Instruction insn) {
    if (insn.repeat == Instruction.NO_REPEAT) {
      return 1;
    }
    final int count = index(state, ECX, insn);
    final boolean watched = (state.systemFlags & Flags.TF) != 0 || (state.dr[7] & 0xFF) != 0;
    final int most = watched ? 1 : CHUNK;
    return Integer.compareUnsigned(count, most) < 0 ? count : most;
  }

  private static int index(CpuState state, int register, Instruction insn) {
    return insn.addressSize == 32 ? state.reg[register] : state.reg[register] & 0xFFFF;
  }

  private static void advance(CpuState state, int register, Instruction insn, int size) {
    final int step = (state.systemFlags & Flags.DF) != 0 ? -size : size;
    SystemHandlers.writeRegister(state, register, state.reg[register] + step, insn.addressSize);
    if (insn.repeat != Instruction.NO_REPEAT) {
      SystemHandlers.writeRegister(state, ECX, state.reg[ECX] - 1, insn.addressSize);
    }
  }

  /** Has a repeated instruction go on where elements are left. */
  private static void repeat(CpuState state, Instruction insn) {
    if (insn.repeat != Instruction.NO_REPEAT && index(state, ECX, insn) != 0) {
      state.nextEip = state.eip;
    }
  }
}
