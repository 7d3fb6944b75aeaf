package hourglass.translator.ir;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the common x87 instructions into calls of the unit's methods: all that a compiler's code
 * does with numbers but for the transcendental functions. Memory operands only in flat segments.
 */
final class X87Lowering {
  private static final Value NO = Value.of(0);
  private static final Value YES = Value.of(1);

  private final int modeKey;
  private final BlockBuilder out;
  private final Operands operands;

  X87Lowering(int modeKey, BlockBuilder out, Operands operands) {
    this.modeKey = modeKey;
    this.out = out;
    this.operands = operands;
  }

  /** Lowers an instruction; false where it is none of these. */
  boolean lower(Instruction insn, int offset) {
    if (!insn.form.has(Form.Trait.X87)) {
      return false;
    }
    if (insn.memory) {
      return operands.isFlat(insn) && lowerMemory(insn, offset);
    }
    return lowerRegisters(insn, offset);
  }

  private void perform(X87Routine routine, Value... arguments) {
    out.add(new Op.Perform(new Value.Invoke(routine, List.of(arguments))));
  }

  private Value eip(int offset) {
    final Value eip = Value.add(new Value.CodeBase(), offset);
    return (modeKey & CpuState.MODE_CODE32) != 0 ? eip : Value.zeroExtend(eip, 2);
  }

  /** The operation as {@link hourglass.translator.cpu.x87.X87Operations} numbers it. */
  private static int operation(Instruction insn) {
    return insn.x87Opcode >> 3 & 7;
  }

  // --- without memory operand --------------------------------------------------------------------

  private boolean lowerRegisters(Instruction insn, int offset) {
    final Value i = Value.of(insn.rm);
    switch (insn.mnemonic) {
      case FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR -> {
        if (insn.operand(0) == OperandKind.ST0) {
          begin(insn, offset);
          perform(X87Routine.ARITHMETIC, Value.of(operation(insn)), Value.of(0), i, NO);
        } else {
          arithmeticTo(insn, offset, NO);
        }
      }
      case FADDP, FMULP, FSUBP, FSUBRP, FDIVP, FDIVRP -> arithmeticTo(insn, offset, YES);
      case FLD -> simple(insn, offset, X87Routine.LOAD_REGISTER, i);
      case FLD1 -> simple(insn, offset, X87Routine.LOAD_ONE);
      case FLDZ -> simple(insn, offset, X87Routine.LOAD_ZERO);
      case FST -> simple(insn, offset, X87Routine.STORE_REGISTER, i, NO);
      case FSTP -> simple(insn, offset, X87Routine.STORE_REGISTER, i, YES);
      case FXCH -> simple(insn, offset, X87Routine.EXCHANGE, i);
      case FCMOVB -> move(insn, offset, 2);
      case FCMOVNB -> move(insn, offset, 3);
      case FCMOVE -> move(insn, offset, 4);
      case FCMOVNE -> move(insn, offset, 5);
      case FCMOVBE -> move(insn, offset, 6);
      case FCMOVNBE -> move(insn, offset, 7);
      case FCMOVU -> move(insn, offset, 10);
      case FCMOVNU -> move(insn, offset, 11);
      case FCOM -> simple(insn, offset, X87Routine.COMPARE, i, NO, Value.of(0));
      case FCOMP -> simple(insn, offset, X87Routine.COMPARE, i, NO, Value.of(1));
      case FCOMPP -> simple(insn, offset, X87Routine.COMPARE, Value.of(1), NO, Value.of(2));
      case FUCOM -> simple(insn, offset, X87Routine.COMPARE, i, YES, Value.of(0));
      case FUCOMP -> simple(insn, offset, X87Routine.COMPARE, i, YES, Value.of(1));
      case FUCOMPP -> simple(insn, offset, X87Routine.COMPARE, Value.of(1), YES, Value.of(2));
      case FCOMI -> compareFlags(insn, offset, NO, NO);
      case FCOMIP -> compareFlags(insn, offset, NO, YES);
      case FUCOMI -> compareFlags(insn, offset, YES, NO);
      case FUCOMIP -> compareFlags(insn, offset, YES, YES);
      case FTST -> simple(insn, offset, X87Routine.TEST);
      case FXAM -> simple(insn, offset, X87Routine.EXAMINE);
      case FABS -> simple(insn, offset, X87Routine.ABSOLUTE);
      case FCHS -> simple(insn, offset, X87Routine.CHANGE_SIGN);
      case FSQRT -> simple(insn, offset, X87Routine.SQUARE_ROOT);
      case FRNDINT -> simple(insn, offset, X87Routine.ROUND_TO_INTEGRAL);
      case FNSTSW ->
          operands.setRegister(
              EAX, 2, out.temp(new Value.Invoke(X87Routine.STATUS_WORD, List.of())));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void begin(Instruction insn, int offset) {
    perform(X87Routine.BEGIN, Value.of(insn.x87Opcode), eip(offset));
  }

  private void simple(Instruction insn, int offset, X87Routine routine, Value... arguments) {
    begin(insn, offset);
    perform(routine, arguments);
  }

  /** ST(i) = ST(i) op ST(0), whose opcodes have the reversed operations the other way round. */
  private void arithmeticTo(Instruction insn, int offset, Value pop) {
    final int reg = operation(insn);
    final Value operation = Value.of(reg < 4 ? reg : reg ^ 1);
    simple(insn, offset, X87Routine.ARITHMETIC, operation, Value.of(insn.rm), Value.of(0), pop);
  }

  private void move(Instruction insn, int offset, int condition) {
    begin(insn, offset);
    final Value holds = out.temp(out.condition(condition));
    perform(X87Routine.MOVE, Value.of(insn.rm), holds);
  }

  private void compareFlags(Instruction insn, int offset, Value quiet, Value pop) {
    begin(insn, offset);
    final List<Value> arguments = List.of(Value.of(insn.rm), quiet, pop);
    out.setFlags(out.temp(new Value.Invoke(X87Routine.COMPARE_FLAGS, arguments)));
  }

  // --- with memory operand -----------------------------------------------------------------------

  private boolean lowerMemory(Instruction insn, int offset) {
    switch (insn.mnemonic) {
      case FADD, FMUL, FSUB, FSUBR, FDIV, FDIVR, FIADD, FIMUL, FISUB, FISUBR, FIDIV, FIDIVR -> {
        take(insn, offset);
        perform(X87Routine.ARITHMETIC_OPERAND, Value.of(operation(insn)));
      }
      case FCOM, FICOM -> {
        take(insn, offset);
        perform(X87Routine.COMPARE_OPERAND, NO);
      }
      case FCOMP, FICOMP -> {
        take(insn, offset);
        perform(X87Routine.COMPARE_OPERAND, YES);
      }
      case FLD, FILD -> {
        if (insn.operand(0) == OperandKind.M80FP) {
          access(X87Routine.LOAD_EXTENDED, insn, offset);
        } else {
          take(insn, offset);
          perform(X87Routine.LOAD_OPERAND);
        }
      }
      case FST, FIST -> store(insn, offset, NO);
      case FSTP, FISTP -> store(insn, offset, YES);
      case FLDCW -> perform(X87Routine.LOAD_CONTROL, Operands.offset(insn));
      case FNSTCW -> perform(X87Routine.STORE_CONTROL, Operands.offset(insn));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void take(Instruction insn, int offset) {
    switch (insn.operand(0)) {
      case M32FP -> access(X87Routine.TAKE_FLOAT, insn, offset);
      case M64FP -> access(X87Routine.TAKE_DOUBLE, insn, offset);
      default -> access(X87Routine.TAKE_INTEGER, insn, offset, integerBits(insn));
    }
  }

  private void store(Instruction insn, int offset, Value pop) {
    switch (insn.operand(0)) {
      case M32FP -> access(X87Routine.STORE_FLOAT, insn, offset, pop);
      case M64FP -> access(X87Routine.STORE_DOUBLE, insn, offset, pop);
      case M80FP -> access(X87Routine.STORE_EXTENDED, insn, offset);
      default -> access(X87Routine.STORE_INTEGER, insn, offset, integerBits(insn), pop);
    }
  }

  private static Value integerBits(Instruction insn) {
    return Value.of(
        switch (insn.operand(0)) {
          case M16INT -> 16;
          case M32INT -> 32;
          default -> 64;
        });
  }

  private void access(X87Routine routine, Instruction insn, int offset, Value... more) {
    final List<Value> arguments = new ArrayList<>();
    arguments.add(Value.of(insn.x87Opcode));
    arguments.add(eip(offset));
    arguments.add(Value.of(insn.segment));
    arguments.add(Operands.offset(insn));
    arguments.addAll(List.of(more));
    perform(routine, arguments.toArray(Value[]::new));
  }
}
