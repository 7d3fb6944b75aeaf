package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.CS;
import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESI;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;

/**
 * MOVS, STOS, LODS, CMPS and SCAS, alone and repeated.
 *
 * <p>A repeated instruction commits ECX, ESI and EDI with every element, so that a fault leaves the
 * state the manual asks for; it does a page's worth of elements and then starts anew, so that
 * interrupts get their turn. {@link StringBulk} does elements that lie in one page of RAM at once,
 * with the same bytes as a result.
 */
final class StringHandlers {
  /**
   * Does one element of {@code size} bytes and moves the registers on; commits nothing where it
   * faults.
   */
  @FunctionalInterface
  private interface Element {
    void run(Processor cpu, Instruction insn, int size);
  }

  /**
   * Does up to {@code count} elements at once without faulting; returns how many, 0 where that is
   * not possible.
   */
  @FunctionalInterface
  private interface Bulk {
    int run(Processor cpu, Instruction insn, int size, int count);
  }

  private StringHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOVS -> repeated(insn, StringHandlers::move, StringBulk::move);
      case STOS -> repeated(insn, StringHandlers::store, StringBulk::store);
      case LODS -> repeated(insn, StringHandlers::load, (c, i, size, count) -> 0);
      case CMPS -> repeatedWhile(insn, StringHandlers::compare, StringBulk::compare);
      case SCAS -> repeatedWhile(insn, StringHandlers::scan, StringBulk::scan);
      default -> null;
    };
  }

  private static int elementSize(Instruction insn) {
    for (OperandKind kind : insn.form.operands()) {
      if (kind == OperandKind.SRC8 || kind == OperandKind.DST8) {
        return 1;
      }
    }
    return insn.operandSize >> 3;
  }

  // --- repetition ------------------------------------------------------------------------------

  private static Handler repeated(Instruction insn, Element element, Bulk bulk) {
    final int size = elementSize(insn);
    if (insn.repeat == Instruction.NO_REPEAT) {
      return (c, i) -> element.run(c, i, size);
    }
    return (c, i) -> {
      final CpuState s = c.state;
      int left = turn(c, i, size);
      if (i.mnemonic != Mnemonic.LODS && reachesItself(s, i, size, left)) {
        left = 1;
      }
      while (left > 0) {
        int done = left > 1 ? bulk.run(c, i, size, left) : 0;
        if (done == 0) {
          element.run(c, i, size);
          done = 1;
        }
        setCounter(s, i, s.reg[ECX] - done);
        left -= done;
      }
      if (counter(s, i) != 0) {
        s.nextEip = s.eip;
      }
    };
  }

  private static Handler repeatedWhile(Instruction insn, Element element, Bulk bulk) {
    final int size = elementSize(insn);
    if (insn.repeat == Instruction.NO_REPEAT) {
      return (c, i) -> element.run(c, i, size);
    }
    final boolean whileEqual = insn.repeat == Instruction.REPEAT;
    return (c, i) -> {
      final CpuState s = c.state;
      final int result = s.flagResult;
      final int aux = s.flagAux;
      try {
        int left = turn(c, i, size);
        while (left > 0) {
          final int passed = left > 1 ? bulk.run(c, i, size, left) : 0;
          setCounter(s, i, s.reg[ECX] - passed);
          element.run(c, i, size);
          setCounter(s, i, s.reg[ECX] - 1);
          left -= passed + 1;
          if ((s.flagResult == 0) != whileEqual) {
            return;
          }
        }
      } catch (GuestFault fault) { // the flags are as before (Intel SDM volume 2, REP)
        s.flagResult = result;
        s.flagAux = aux;
        throw fault;
      }
      if (counter(s, i) != 0) {
        s.nextEip = s.eip;
      }
    };
  }

  private static int counter(CpuState s, Instruction insn) {
    return insn.addressSize == 32 ? s.reg[ECX] : s.reg[ECX] & 0xFFFF;
  }

  private static void setCounter(CpuState s, Instruction insn, int value) {
    set(s, insn, ECX, value);
  }

  /**
   * How many elements this execution does: just one while debug traps, which come after each, are
   * to be expected.
   */
  private static int turn(Processor cpu, Instruction insn, int size) {
    final int most = cpu.debugRegisters.isActive() ? 1 : GuestMemory.PAGE_SIZE / size;
    final int count = counter(cpu.state, insn);
    return Integer.compareUnsigned(count, most) < 0 ? count : most;
  }

  /**
   * Whether some elements written at ES:EDI overlap the instruction's own bytes: what it has become
   * is then what goes on after each of them, as the prefix of a repetition is fetched anew (Intel
   * SDM volume 3, section 11.6).
   */
  static boolean reachesItself(CpuState s, Instruction insn, int size, int count) {
    final int bytes = size * count;
    final int first = s.segment[ES].base + index(s, insn, EDI);
    final int lowest = isBackward(s) ? first + size - bytes : first;
    final int own = s.segment[CS].base + s.eip;
    // Two ranges overlap where one's start lies in the other.
    return Integer.compareUnsigned(own - lowest, bytes) < 0
        || bytes != 0 && Integer.compareUnsigned(lowest - own, insn.length) < 0;
  }

  // --- registers ---------------------------------------------------------------------------------

  static int index(CpuState s, Instruction insn, int register) {
    return insn.addressSize == 32 ? s.reg[register] : s.reg[register] & 0xFFFF;
  }

  private static void set(CpuState s, Instruction insn, int register, int value) {
    if (insn.addressSize == 32) {
      s.reg[register] = value;
    } else {
      Registers.set16(s.reg, register, value);
    }
  }

  static void advance(CpuState s, Instruction insn, int register, int bytes) {
    final int delta = isBackward(s) ? -bytes : bytes;
    set(s, insn, register, s.reg[register] + delta);
  }

  static boolean isBackward(CpuState s) {
    return (s.systemFlags & Flags.DF) != 0;
  }

  // --- one element -------------------------------------------------------------------------------

  static int read(Processor cpu, int segment, int offset, int size) {
    return switch (size) {
      case 1 -> cpu.read8(segment, offset);
      case 2 -> cpu.read16(segment, offset);
      default -> cpu.read32(segment, offset);
    };
  }

  private static void write(Processor cpu, int offset, int value, int size) {
    switch (size) {
      case 1 -> cpu.write8(ES, offset, value);
      case 2 -> cpu.write16(ES, offset, value);
      default -> cpu.write32(ES, offset, value);
    }
  }

  private static void move(Processor cpu, Instruction insn, int size) {
    final CpuState s = cpu.state;
    final int value = read(cpu, insn.segment, index(s, insn, ESI), size);
    write(cpu, index(s, insn, EDI), value, size);
    advance(s, insn, ESI, size);
    advance(s, insn, EDI, size);
  }

  private static void store(Processor cpu, Instruction insn, int size) {
    final CpuState s = cpu.state;
    write(cpu, index(s, insn, EDI), s.reg[EAX], size);
    advance(s, insn, EDI, size);
  }

  private static void load(Processor cpu, Instruction insn, int size) {
    final CpuState s = cpu.state;
    final int value = read(cpu, insn.segment, index(s, insn, ESI), size);
    switch (size) {
      case 1 -> Registers.set8(s.reg, EAX, value);
      case 2 -> Registers.set16(s.reg, EAX, value);
      default -> s.reg[EAX] = value;
    }
    advance(s, insn, ESI, size);
  }

  private static void compare(Processor cpu, Instruction insn, int size) {
    final CpuState s = cpu.state;
    final int a = read(cpu, insn.segment, index(s, insn, ESI), size);
    final int b = read(cpu, ES, index(s, insn, EDI), size);
    subtract(s, a, b, size);
    advance(s, insn, ESI, size);
    advance(s, insn, EDI, size);
  }

  private static void scan(Processor cpu, Instruction insn, int size) {
    final CpuState s = cpu.state;
    subtract(s, s.reg[EAX], read(cpu, ES, index(s, insn, EDI), size), size);
    advance(s, insn, EDI, size);
  }

  private static void subtract(CpuState s, int a, int b, int size) {
    switch (size) {
      case 1 -> Alu.sub8(s, a, b);
      case 2 -> Alu.sub16(s, a, b);
      default -> Alu.sub32(s, a, b);
    }
  }
}
