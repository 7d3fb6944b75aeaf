package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EDI;
import static hourglass.translator.cpu.CpuState.ES;
import static hourglass.translator.cpu.CpuState.ESI;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Segment;
import hourglass.translator.cpu.Shifts;
import hourglass.translator.isa.Instruction;

/**
 * Elements of repeated string instructions that can be done at once: those in one page of RAM, of
 * each operand, which permits the access and holds no code. Nothing here faults; each method moves
 * ESI and EDI on and returns how many elements it has done, 0 where it could do none.
 */
final class StringBulk {
  private StringBulk() {}

  /** MOVS. */
  static int move(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment from = s.segment[insn.segment];
    final Segment to = s.segment[ES];
    final int source = StringHandlers.index(s, insn, ESI);
    final int destination = StringHandlers.index(s, insn, EDI);
    final int most = Math.min(count, withinPage(s, insn, from, source, size));
    int elements = Math.min(most, withinPage(s, insn, to, destination, size));
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
    final int sourceAt = GuestMemory.ramOffset(sourceEntry, from.base + source);
    final int destinationAt = GuestMemory.ramOffset(destinationEntry, to.base + destination);
    final int ahead =
        StringHandlers.isBackward(s) ? sourceAt - destinationAt : destinationAt - sourceAt;
    if (ahead > 0) { // later elements read what earlier ones have written
      elements = Math.min(elements, ahead / size);
    }
    final int bytes = elements * size;
    memory.ram.copy(lowest(s, sourceAt, size, bytes), lowest(s, destinationAt, size, bytes), bytes);
    StringHandlers.advance(s, insn, ESI, bytes);
    StringHandlers.advance(s, insn, EDI, bytes);
    return elements;
  }

  /** STOS. */
  static int store(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment to = s.segment[ES];
    final int destination = StringHandlers.index(s, insn, EDI);
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
    final int at = lowest(s, GuestMemory.ramOffset(entry, to.base + destination), size, bytes);
    memory.ram.fill(at, bytes, s.reg[EAX], size);
    StringHandlers.advance(s, insn, EDI, bytes);
    return elements;
  }

  /**
   * REPE CMPS, upwards: passes over equal elements. The element after them is left, and lies in the
   * same pages: it is the one that sets the flags.
   */
  static int compare(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment from = s.segment[insn.segment];
    final Segment to = s.segment[ES];
    final int left = StringHandlers.index(s, insn, ESI);
    final int right = StringHandlers.index(s, insn, EDI);
    final int most = Math.min(count, withinPage(s, insn, from, left, size));
    final int elements = Math.min(most, withinPage(s, insn, to, right, size));
    if (elements < 2
        || insn.repeat != Instruction.REPEAT
        || StringHandlers.isBackward(s)
        || !allows(from, from.readable, s, left, size, elements)
        || !allows(to, to.readable, s, right, size, elements)) {
      return 0;
    }
    final GuestMemory memory = cpu.memory;
    final int leftEntry = memory.pageMap[from.base + left >>> GuestMemory.PAGE_SHIFT];
    final int rightEntry = memory.pageMap[to.base + right >>> GuestMemory.PAGE_SHIFT];
    if (((leftEntry | rightEntry) & s.denyRead) != 0) {
      return 0;
    }
    final int leftAt = GuestMemory.ramOffset(leftEntry, from.base + left);
    final int rightAt = GuestMemory.ramOffset(rightEntry, to.base + right);
    final int bytes = (elements - 1) * size;
    final int passed = memory.ram.same(leftAt, memory.ram, rightAt, bytes) / size;
    StringHandlers.advance(s, insn, ESI, passed * size);
    StringHandlers.advance(s, insn, EDI, passed * size);
    return passed;
  }

  /** REPE and REPNE SCAS, upwards: passes over elements as {@link #compare} does. */
  static int scan(Processor cpu, Instruction insn, int size, int count) {
    final CpuState s = cpu.state;
    final Segment in = s.segment[ES];
    final int start = StringHandlers.index(s, insn, EDI);
    final int elements = Math.min(count, withinPage(s, insn, in, start, size));
    if (elements < 2
        || StringHandlers.isBackward(s)
        || !allows(in, in.readable, s, start, size, elements)
        || (cpu.memory.pageMap[in.base + start >>> GuestMemory.PAGE_SHIFT] & s.denyRead) != 0) {
      return 0;
    }
    final boolean whileEqual = insn.repeat == Instruction.REPEAT;
    final int sought = Shifts.zeroExtend(s.reg[EAX], 8 * size);
    int passed = 0;
    while (passed < elements - 1
        && (StringHandlers.read(cpu, ES, start + passed * size, size) == sought) == whileEqual) {
      passed++;
    }
    StringHandlers.advance(s, insn, EDI, passed * size);
    return passed;
  }

  /**
   * The lowest address of a run of bytes whose first element is at {@code first} in the direction
   * of the copy.
   */
  private static int lowest(CpuState s, int first, int size, int bytes) {
    return StringHandlers.isBackward(s) ? first + size - bytes : first;
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
    if (StringHandlers.isBackward(s)) {
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
