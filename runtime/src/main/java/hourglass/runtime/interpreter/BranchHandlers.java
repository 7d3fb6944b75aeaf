package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.ECX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Registers;
import hourglass.translator.isa.Instruction;

/** Near JMP, CALL and RET, Jcc, JCXZ and the LOOP family. */
final class BranchHandlers {
  private BranchHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case JMP -> jump(insn);
      case CALL -> call(insn);
      case RET -> ret(insn);
      case JCC ->
          insn.operandSize == 32 ? conditional32(insn.condition) : BranchHandlers::conditional;
      case JCXZ ->
          (c, i) -> {
            if (counter(c.state, i) == 0) {
              branch(c.state, i);
            }
          };
      case LOOP -> (c, i) -> loop(c.state, i, true);
      case LOOPE -> (c, i) -> loop(c.state, i, c.state.flagResult == 0);
      case LOOPNE -> (c, i) -> loop(c.state, i, c.state.flagResult != 0);
      default -> null;
    };
  }

  /** A branch target cut to the operand size, once CS is known to allow it. */
  private static int target(CpuState s, Instruction insn, int target) {
    final int offset = insn.operandSize == 32 ? target : target & 0xFFFF;
    return checked(s, offset);
  }

  private static int checked(CpuState s, int offset) {
    if (Integer.compareUnsigned(offset, s.segment[CpuState.CS].highest) > 0) {
      throw s.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    return offset;
  }

  private static void branch(CpuState s, Instruction insn) {
    s.nextEip = target(s, insn, s.nextEip + insn.immediate);
  }

  private static void branch32(CpuState s, Instruction insn) {
    s.nextEip = checked(s, s.nextEip + insn.immediate);
  }

  private static Handler jump(Instruction insn) {
    final Operand operand = Operand.of(insn, 0);
    if (operand != Operand.IMMEDIATE) {
      return (c, i) -> c.state.nextEip = target(c.state, i, operand.read(c, i));
    }
    return insn.operandSize == 32 ? (c, i) -> branch32(c.state, i) : (c, i) -> branch(c.state, i);
  }

  private static Handler call(Instruction insn) {
    final Operand operand = Operand.of(insn, 0);
    if (operand != Operand.IMMEDIATE) {
      return (c, i) -> {
        final int target = target(c.state, i, operand.read(c, i));
        Stack.push(c, c.state.nextEip, i.operandSize);
        c.state.nextEip = target;
      };
    }
    if (insn.operandSize == 32) {
      return (c, i) -> {
        final int target = checked(c.state, c.state.nextEip + i.immediate);
        Stack.push32(c, c.state.nextEip);
        c.state.nextEip = target;
      };
    }
    return (c, i) -> {
      final int target = target(c.state, i, c.state.nextEip + i.immediate);
      Stack.push16(c, c.state.nextEip);
      c.state.nextEip = target;
    };
  }

  private static Handler ret(Instruction insn) {
    if (insn.operandSize == 32 && insn.operandCount() == 0) {
      return (c, i) -> {
        c.state.nextEip = checked(c.state, Stack.top(c, 32));
        Stack.move(c.state, 4);
      };
    }
    final int released = insn.operandCount() == 0 ? 0 : insn.immediate & 0xFFFF;
    return (c, i) -> {
      c.state.nextEip = target(c.state, i, Stack.top(c, i.operandSize));
      Stack.move(c.state, (i.operandSize >> 3) + released);
    };
  }

  private static void conditional(Processor cpu, Instruction insn) {
    if (cpu.state.condition(insn.condition)) {
      branch(cpu.state, insn);
    }
  }

  private static Handler conditional32(int condition) {
    return switch (condition) {
      case 2 ->
          (c, i) -> {
            if (Flags.carry(c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 3 ->
          (c, i) -> {
            if (!Flags.carry(c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 4 ->
          (c, i) -> {
            if (c.state.flagResult == 0) {
              branch32(c.state, i);
            }
          };
      case 5 ->
          (c, i) -> {
            if (c.state.flagResult != 0) {
              branch32(c.state, i);
            }
          };
      case 6 ->
          (c, i) -> {
            if (c.state.flagResult == 0 || Flags.carry(c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 7 ->
          (c, i) -> {
            if (c.state.flagResult != 0 && !Flags.carry(c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 8 ->
          (c, i) -> {
            if (Flags.sign(c.state.flagResult, c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 9 ->
          (c, i) -> {
            if (!Flags.sign(c.state.flagResult, c.state.flagAux)) {
              branch32(c.state, i);
            }
          };
      case 12 ->
          (c, i) -> {
            if (less(c.state)) {
              branch32(c.state, i);
            }
          };
      case 13 ->
          (c, i) -> {
            if (!less(c.state)) {
              branch32(c.state, i);
            }
          };
      case 14 ->
          (c, i) -> {
            if (c.state.flagResult == 0 || less(c.state)) {
              branch32(c.state, i);
            }
          };
      case 15 ->
          (c, i) -> {
            if (c.state.flagResult != 0 && !less(c.state)) {
              branch32(c.state, i);
            }
          };
      default -> BranchHandlers::conditional; // overflow and parity
    };
  }

  /** SF differs from OF. */
  private static boolean less(CpuState s) {
    return Flags.sign(s.flagResult, s.flagAux) != Flags.overflow(s.flagAux);
  }

  private static int counter(CpuState s, Instruction insn) {
    return insn.addressSize == 32 ? s.reg[ECX] : s.reg[ECX] & 0xFFFF;
  }

  /** The counter is committed after the branch target is known to be good. */
  private static void loop(CpuState s, Instruction insn, boolean condition) {
    final int mask = insn.addressSize == 32 ? -1 : 0xFFFF;
    final int count = s.reg[ECX] - 1;
    if ((count & mask) != 0 && condition) {
      branch(s, insn);
    }
    if (insn.addressSize == 32) {
      s.reg[ECX] = count;
    } else {
      Registers.set16(s.reg, ECX, count);
    }
  }
}
