package hourglass.runtime.engine;

import static hourglass.translator.cpu.CpuState.EBP;
import static hourglass.translator.cpu.CpuState.ESP;

import hourglass.runtime.interpreter.Alu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.QuickMemory;
import hourglass.translator.cpu.Registers;
import hourglass.translator.cpu.Shifts;
import hourglass.translator.isa.Instruction;

/**
 * Interprets what is not worth translating, or not yet: instructions of {@link QuickForms} on the
 * spot, the others by their handlers, and goes on from block to block while these are cold.
 *
 * <p>It is one method, so that HotSpot has what it needs in locals, with a look at the way maps for
 * each access, as regions have. An instruction whose access is not to be had that way has done
 * nothing yet, and is left to its handler.
 */
final class QuickInterpreter extends BlockInterpreter {
  private final QuickMemory supervisor;
  private final QuickMemory user;

  /** The heat of a block that is to be translated when it begins again. */
  private final int hottest;

  /**
   * Makes one.
   *
   * @param heat how often a block is interpreted before it is translated
   */
  QuickInterpreter(Processor cpu, CodeCache cache, int heat) {
    super(cpu, cache);
    supervisor = cpu.memory.quick(false);
    user = cpu.memory.quick(true);
    hottest = heat - 1;
  }

  @Override
  void interpret(CachedInstruction first, boolean onward) {
    final CpuState s = state;
    final int[] reg = s.reg;
    final QuickMemory memory = (s.modeKey & CpuState.MODE_USER) != 0 ? user : supervisor;
    final int[] readable = memory.readable();
    final int[] writable = memory.writable();
    CachedInstruction at = first;
    int eip = s.eip;
    int budget = s.budget;
    while (true) {
      int next = eip + at.length;
      boolean done = true;
      try {
        final int a = reg[at.first];
        final int b =
            switch (at.source) {
              case QuickForms.REGISTER -> reg[at.second];
              case QuickForms.IMMEDIATE -> at.immediate;
              default -> memory.load32(address(at, reg), readable);
            };
        switch (at.form) {
          case QuickForms.ADD -> reg[at.first] = Alu.add32(s, a, b);
          case QuickForms.SUBTRACT -> reg[at.first] = Alu.sub32(s, a, b);
          case QuickForms.COMPARE -> Alu.sub32(s, a, b);
          case QuickForms.AND -> reg[at.first] = Alu.and32(s, a, b);
          case QuickForms.OR -> reg[at.first] = Alu.or32(s, a, b);
          case QuickForms.XOR -> reg[at.first] = Alu.xor32(s, a, b);
          case QuickForms.TEST -> Alu.and32(s, a, b);
          case QuickForms.MOVE -> reg[at.first] = b;
          case QuickForms.PUSH -> push(memory, reg, b, writable);
          case QuickForms.STORE -> memory.store32(address(at, reg), b, writable);
          case QuickForms.LOAD_BYTE ->
              Registers.set8(reg, at.first, memory.load8(address(at, reg), readable));
          case QuickForms.STORE_BYTE ->
              memory.store8(address(at, reg), Registers.get8(reg, at.second), writable);
          case QuickForms.ZERO_EXTEND_BYTE -> reg[at.first] = Registers.get8(reg, at.second);
          case QuickForms.ZERO_EXTEND_WORD -> reg[at.first] = b & 0xFFFF;
          case QuickForms.LOAD_ZERO_EXTENDED_BYTE ->
              reg[at.first] = memory.load8(address(at, reg), readable);
          case QuickForms.LOAD_ZERO_EXTENDED_WORD ->
              reg[at.first] = memory.load16(address(at, reg), readable);
          case QuickForms.ADDRESS -> reg[at.first] = address(at, reg);
          case QuickForms.COMPARE_MEMORY ->
              Alu.sub32(s, memory.load32(address(at, reg), readable), b);
          case QuickForms.COMPARE_MEMORY_BYTE ->
              Alu.sub8(s, memory.load8(address(at, reg), readable), b);
          case QuickForms.TEST_MEMORY_BYTE ->
              Alu.and8(s, memory.load8(address(at, reg), readable), b);
          case QuickForms.TEST_BYTE ->
              Alu.and8(s, Registers.get8(reg, at.first), Registers.get8(reg, at.second));
          case QuickForms.INCREMENT -> reg[at.first] = Alu.inc32(s, a);
          case QuickForms.DECREMENT -> reg[at.first] = Alu.dec32(s, a);
          case QuickForms.SHIFT_LEFT -> {
            s.flagAux = Shifts.auxShl(a, b & 31, 32);
            reg[at.first] = s.flagResult = a << b;
          }
          case QuickForms.SHIFT_RIGHT -> {
            s.flagAux = Shifts.auxShr(a, b & 31, 32);
            reg[at.first] = s.flagResult = a >>> b;
          }
          case QuickForms.SHIFT_RIGHT_ARITHMETIC -> {
            s.flagAux = Shifts.auxSar(a, b & 31, 32);
            reg[at.first] = s.flagResult = a >> b;
          }
          case QuickForms.ROTATE_LEFT -> {
            final int result = Integer.rotateLeft(a, b);
            s.flagAux = Shifts.auxRolImmediate(s.flagAux, result);
            reg[at.first] = result;
          }
          case QuickForms.ROTATE_RIGHT -> {
            final int result = Integer.rotateRight(a, b);
            s.flagAux = Shifts.auxRorImmediate(s.flagAux, result, 32);
            reg[at.first] = result;
          }
          case QuickForms.POP -> {
            final int value = memory.load32(reg[ESP], readable);
            reg[ESP] += 4;
            reg[at.first] = value;
          }
          case QuickForms.LEAVE -> {
            final int value = memory.load32(reg[EBP], readable);
            reg[ESP] = reg[EBP] + 4;
            reg[EBP] = value;
          }
          case QuickForms.CALL -> {
            push(memory, reg, next, writable);
            next += at.immediate;
          }
          case QuickForms.RETURN -> {
            next = memory.load32(reg[ESP], readable);
            reg[ESP] += 4;
          }
          case QuickForms.JUMP -> next += at.immediate;
          case QuickForms.BRANCH_IF_ZERO -> next += s.flagResult == 0 ? at.immediate : 0;
          case QuickForms.BRANCH_UNLESS_ZERO -> next += s.flagResult == 0 ? 0 : at.immediate;
          case QuickForms.BRANCH ->
              next += s.condition(at.instruction.condition) ? at.immediate : 0;
          default -> done = false;
        }
      } catch (GuestFault miss) {
        done = false;
      }
      budget--;
      if (!done) {
        s.eip = eip;
        s.nextEip = next;
        s.budget = budget;
        at.handler.execute(cpu, at.instruction);
        next = s.nextEip;
        budget = s.budget;
      }
      eip = next;
      CachedInstruction following = at.next;
      if (at.endsBlock) {
        following = onward && done ? coldBlock(at, eip, memory) : null;
        if (following == null || budget <= 0) {
          s.eip = eip;
          s.budget = budget;
          end(at);
          return;
        }
        goOnAt(following);
      } else if (budget <= 0 || following == null) {
        s.eip = eip;
        s.budget = budget;
        if (budget <= 0) {
          return;
        }
        following = following(at);
        if (following == null) {
          return;
        }
      }
      at = following;
    }
  }

  /**
   * The block that a branch has led to, if that is known and cold and can be interpreted; else
   * null.
   */
  private CachedInstruction coldBlock(CachedInstruction branch, int linear, QuickMemory memory) {
    final int offset = linear & GuestMemory.OFFSET_MASK;
    final CachedInstruction known = branch.ledTo(offset);
    return known != null
            && known.offset == offset
            && known.page != null
            && known.region == null
            && known.heat != hottest
            && !known.crossesPage
            && memory.isMapped(linear, known.page.frame)
            && !cpu.needsCare()
        ? known
        : null;
  }

  private static int address(CachedInstruction at, int[] reg) {
    int address = at.displacement;
    if (at.base != Instruction.NONE) {
      address += reg[at.base];
    }
    if (at.index != Instruction.NONE) {
      address += reg[at.index] << at.scale;
    }
    return address;
  }

  private static void push(QuickMemory memory, int[] reg, int value, int[] writable) {
    final int esp = reg[ESP] - 4;
    memory.store32(esp, value, writable);
    reg[ESP] = esp;
  }
}
