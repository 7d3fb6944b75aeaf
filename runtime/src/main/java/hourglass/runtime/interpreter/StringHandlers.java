package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESI;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Registers;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.Arrays;

/**
 * MOVS, STOS, LODS, CMPS and SCAS, alone and repeated.
 *
 * <p>A repeated instruction commits ECX, ESI and EDI with every element, so that a fault leaves the
 * state the manual asks for; it does a page's worth of elements and then starts anew, so that
 * interrupts get their turn. MOVS and STOS do all elements that lie in one page of RAM at once,
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

  private static final Bulk NO_BULK = (cpu, insn, size, count) -> 0;

  private StringHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case MOVS -> repeated(insn, StringHandlers::move, StringHandlers::moveBulk);
      case STOS -> repeated(insn, StringHandlers::store, StringHandlers::storeBulk);
      case LODS -> repeated(insn, StringHandlers::load, NO_BULK);
      case CMPS -> repeatedWhile(insn, StringHandlers::compare);
      case SCAS -> repeatedWhile(insn, StringHandlers::scan);
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

  private static Handler repeatedWhile(Instruction insn, Element element) {
    final int size = elementSize(insn);
    if (insn.repeat == Instruction.NO_REPEAT) {
      return (c, i) -> element.run(c, i, size);
    }
    final boolean whileEqual = insn.repeat == Instruction.REPEAT;
    return (c, i) -> {
      final CpuState s = c.state;
      for (int left = turn(c, i, size); left > 0; left--) {
        element.run(c, i, size);
        setCounter(s, i, s.reg[ECX] - 1);
        if ((s.flagResult == 0) != whileEqual) {
          return;
        }
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

  // --- registers ---------------------------------------------------------------------------------

  private static int index(CpuState s, Instruction insn, int register) {
    return insn.addressSize == 32 ? s.reg[register] : s.reg[register] & 0xFFFF;
  }

  private static void set(CpuState s, Instruction insn, int register, int value) {
    if (insn.addressSize == 32) {
      s.reg[register] = value;
    } else {
      Registers.set16(s.reg, register, value);
    }
  }

  private static void advance(CpuState s, Instruction insn, int register, int bytes) {
    final int delta = isBackward(s) ? -bytes : bytes;
    set(s, insn, register, s.reg[register] + delta);
  }

  private static boolean isBackward(CpuState s) {
    return (s.systemFlags & Flags.DF) != 0;
  }

  // --- one element -------------------------------------------------------------------------------

  private static int read(Processor cpu, int segment, int offset, int size) {
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

  // --- all elements in a page --------------------------------------------------------------------

  private static int moveBulk(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment from = s.segment[insn.segment];
    final Segment to = s.segment[ES];
    final int source = index(s, insn, ESI);
    final int destination = index(s, insn, EDI);
    final int most = Math.min(count, withinPage(s, insn, from, source, size));
    final int elements = Math.min(most, withinPage(s, insn, to, destination, size));
    if (elements == 0
        || !allows(from, from.readable, s, source, size, elements)
        || !allows(to, to.writable, s, destination, size, elements)) {
      return 0;
    }
    final GuestMemory memory = cpu.memory;
    final int sourceEntry = memory.pageMap[from.base + source >>> GuestMemory.PAGE_SHIFT];
    final int destinationEntry = memory.pageMap[to.base + destination >>> GuestMemory.PAGE_SHIFT];
    if ((sourceEntry & s.denyRead) != 0 || (destinationEntry & s.denyWrite) != 0) {
      return 0;
    }
    final int bytes = elements * size;
    final int sourceAt = lowest(s, ramOffset(sourceEntry, from.base + source), size, bytes);
    final int destinationAt =
        lowest(s, ramOffset(destinationEntry, to.base + destination), size, bytes);
    final int ahead = isBackward(s) ? sourceAt - destinationAt : destinationAt - sourceAt;
    if (ahead > 0 && ahead < bytes) { // later elements read what earlier ones have written
      return 0;
    }
    System.arraycopy(memory.ram, sourceAt, memory.ram, destinationAt, bytes);
    advance(s, insn, ESI, bytes);
    advance(s, insn, EDI, bytes);
    return elements;
  }

  private static int storeBulk(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment to = s.segment[ES];
    final int destination = index(s, insn, EDI);
    final int elements = Math.min(count, withinPage(s, insn, to, destination, size));
    if (elements == 0 || !allows(to, to.writable, s, destination, size, elements)) {
      return 0;
    }
    final GuestMemory memory = cpu.memory;
    final int entry = memory.pageMap[to.base + destination >>> GuestMemory.PAGE_SHIFT];
    if ((entry & s.denyWrite) != 0) {
      return 0;
    }
    final int bytes = elements * size;
    final int at = lowest(s, ramOffset(entry, to.base + destination), size, bytes);
    fill(memory.ram, at, bytes, s.reg[EAX], size);
    advance(s, insn, EDI, bytes);
    return elements;
  }

  /** Fills with an element's bytes: the first element singly, then what is there doubled. */
  private static void fill(byte[] ram, int at, int bytes, int value, int size) {
    if (size == 1) {
      Arrays.fill(ram, at, at + bytes, (byte) value);
      return;
    }
    for (int i = 0; i < size; i++) {
      ram[at + i] = (byte) (value >>> 8 * i);
    }
    for (int filled = size; filled < bytes; filled *= 2) {
      System.arraycopy(ram, at, ram, at + filled, Math.min(filled, bytes - filled));
    }
  }

  private static int ramOffset(int entry, int linear) {
    return entry & ~GuestMemory.OFFSET_MASK | linear & GuestMemory.OFFSET_MASK;
  }

  /**
   * The lowest address of a run of bytes whose first element is at {@code first} in the direction
   * of the copy.
   */
  private static int lowest(CpuState s, int first, int size, int bytes) {
    return isBackward(s) ? first + size - bytes : first;
  }

  /**
   * How many elements from an offset on lie in its page and do not wrap around the address size.
   */
  private static int withinPage(
      CpuState s, Instruction insn, Segment segment, int offset, int size) {
    final int inPage = segment.base + offset & GuestMemory.OFFSET_MASK;
    if (inPage > GuestMemory.PAGE_SIZE - size) {
      return 0;
    }
    final boolean narrow = insn.addressSize == 16;
    if (isBackward(s)) {
      final int room = narrow ? Math.min(inPage, offset) : inPage;
      return room / size + 1;
    }
    final int room = GuestMemory.PAGE_SIZE - inPage;
    return (narrow ? Math.min(room, 0x1_0000 - offset) : room) / size;
  }

  /**
   * Whether a segment permits all elements; asked without faulting, the fault is for the first
   * element that it concerns.
   */
  private static boolean allows(
      Segment segment, boolean permitted, CpuState s, int offset, int size, int elements) {
    final int first = lowest(s, offset, size, elements * size);
    final int last = first + elements * size - 1;
    return permitted
        && Integer.compareUnsigned(first, last) <= 0
        && Integer.compareUnsigned(first, segment.lowest) >= 0
        && Integer.compareUnsigned(last, segment.highest) <= 0;
  }
}
