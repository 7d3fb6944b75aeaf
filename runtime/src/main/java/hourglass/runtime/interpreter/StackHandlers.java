package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EBP;
import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.SS;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;

/** PUSH and POP of everything but segment registers, PUSHA, POPA, PUSHF, ENTER and LEAVE. */
final class StackHandlers {
  private StackHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case PUSH -> isSegmentRegister(insn) ? null : push(insn);
      case POP -> isSegmentRegister(insn) ? null : pop(insn);
      case PUSHA -> StackHandlers::pushAll;
      case POPA -> StackHandlers::popAll;
      case PUSHF -> StackHandlers::pushFlags;
      case ENTER -> StackHandlers::enter;
      case LEAVE -> StackHandlers::leave;
      default -> null;
    };
  }

  private static boolean isSegmentRegister(Instruction insn) {
    return switch (insn.operand(0)) {
      case SREG, ES, CS, SS, DS, FS, GS -> true;
      default -> false;
    };
  }

  private static Handler push(Instruction insn) {
    final Operand source = Operand.of(insn, 0);
    if (insn.operandSize == 16) {
      return (c, i) -> Stack.push16(c, source.read(c, i));
    }
    return switch (source) {
      case REG32 -> (c, i) -> Stack.push32(c, c.state.reg[i.reg]);
      case IMMEDIATE -> (c, i) -> Stack.push32(c, i.immediate);
      case MEMORY32 -> (c, i) -> Stack.push32(c, Address.load32(c, i));
      default -> (c, i) -> Stack.push32(c, source.read(c, i));
    };
  }

  private static Handler pop(Instruction insn) {
    final Operand destination = Operand.of(insn, 0);
    if (destination.isMemory()) {
      return StackHandlers::popMemory;
    }
    if (destination == Operand.REG32) {
      return (c, i) -> {
        final int value = Stack.top(c, 32);
        Stack.move(c.state, 4);
        c.state.reg[i.reg] = value;
      };
    }
    return (c, i) -> {
      final int value = Stack.top(c, i.operandSize);
      Stack.move(c.state, i.operandSize >> 3);
      destination.write(c, i, value);
    };
  }

  /**
   * An address relative to ESP is worked out with ESP as it is after the pop (Intel SDM volume 2,
   * POP).
   */
  private static void popMemory(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int value = Stack.top(cpu, insn.operandSize);
    final int esp = s.reg[ESP];
    Stack.move(s, insn.operandSize >> 3);
    try {
      if (insn.operandSize == 32) {
        Address.store32(cpu, insn, value);
      } else {
        Address.store16(cpu, insn, value);
      }
    } catch (GuestFault fault) {
      s.reg[ESP] = esp;
      throw fault;
    }
  }

  private static void pushAll(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int size = insn.operandSize >> 3;
    final int old = s.reg[ESP];
    probe(cpu, old - 8 * size, 8, size);
    for (int n = 0; n < 8; n++) {
      Stack.write(cpu, old - (n + 1) * size, s.reg[n], insn.operandSize);
    }
    Stack.move(s, -8 * size);
  }

  /**
   * Makes sure that consecutive elements of the stack can be written before the first of them is:
   * the one that is pushed first, at the highest address, faults first.
   */
  private static void probe(Processor cpu, int offset, int count, int size) {
    final CpuState s = cpu.state;
    for (int n = count - 1; n >= 0; n--) {
      final int at = cpu.linearForWrite(SS, Stack.wrap(s, offset + n * size), size);
      cpu.memory.probe(at, size, s.denyWrite);
    }
  }

  private static void popAll(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int bits = insn.operandSize;
    final int size = bits >> 3;
    final int esp = s.reg[ESP];
    final int edi = Stack.read(cpu, esp, bits);
    final int esi = Stack.read(cpu, esp + size, bits);
    final int ebp = Stack.read(cpu, esp + 2 * size, bits);
    Stack.read(cpu, esp + 3 * size, bits); // the stack pointer, which is read for nothing
    final int ebx = Stack.read(cpu, esp + 4 * size, bits);
    final int edx = Stack.read(cpu, esp + 5 * size, bits);
    final int ecx = Stack.read(cpu, esp + 6 * size, bits);
    final int eax = Stack.read(cpu, esp + 7 * size, bits);
    set(s, CpuState.EDI, edi, bits);
    set(s, CpuState.ESI, esi, bits);
    set(s, EBP, ebp, bits);
    set(s, CpuState.EBX, ebx, bits);
    set(s, CpuState.EDX, edx, bits);
    set(s, CpuState.ECX, ecx, bits);
    set(s, CpuState.EAX, eax, bits);
    Stack.move(s, 8 * size);
  }

  private static void set(CpuState s, int register, int value, int bits) {
    if (bits == 32) {
      s.reg[register] = value;
    } else {
      Registers.set16(s.reg, register, value);
    }
  }

  /**
   * Pushes EFLAGS with VM and RF clear. In virtual-8086 mode with an IOPL below 3 it is #GP(0),
   * except that with CR4.VME a word is pushed in which VIF stands for IF and IOPL is 3 (Intel SDM
   * volume 3, section 21.3).
   */
  private static void pushFlags(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    int flags = s.eflags() & ~(Flags.VM | Flags.RF);
    if (s.isVirtual8086() && (flags & Flags.IOPL) != Flags.IOPL) {
      if ((s.cr4 & CpuState.CR4_VME) == 0 || insn.operandSize == 32) {
        throw s.fault.of(GuestFault.GENERAL_PROTECTION, 0);
      }
      flags = flags & ~Flags.IF | Flags.IOPL | ((flags & Flags.VIF) != 0 ? Flags.IF : 0);
    }
    Stack.push(cpu, flags, insn.operandSize);
  }

  /** ENTER: everything is written below the old ESP, so that it can be done again after a fault. */
  private static void enter(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int bits = insn.operandSize;
    final int size = bits >> 3;
    final int level = insn.immediate2 & 31;
    final int allocated = insn.immediate & 0xFFFF;
    final int esp = s.reg[ESP];
    final int links = level == 0 ? 1 : level + 1;
    probe(cpu, esp - links * size, links, size);
    probe(cpu, esp - links * size - allocated, 1, size);
    final int frame;
    try {
      Stack.push(cpu, s.reg[EBP], bits);
      frame = s.reg[ESP];
      for (int n = 1; n < level; n++) {
        Stack.push(cpu, Stack.read(cpu, s.reg[EBP] - n * size, bits), bits);
      }
      if (level > 0) {
        Stack.push(cpu, frame, bits);
      }
    } catch (GuestFault fault) {
      s.reg[ESP] = esp;
      throw fault;
    }
    set(s, EBP, frame, bits);
    Stack.move(s, -allocated);
  }

  private static void leave(Processor cpu, Instruction insn) {
    final CpuState s = cpu.state;
    final int value = Stack.read(cpu, s.reg[EBP], insn.operandSize);
    Stack.setPointer(s, ESP, s.reg[EBP] + (insn.operandSize >> 3));
    set(s, EBP, value, insn.operandSize);
  }
}
