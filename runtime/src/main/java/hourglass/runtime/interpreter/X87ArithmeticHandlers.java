package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.x87.X87Operations.ADD;
import static hourglass.translator.cpu.x87.X87Operations.DIVIDE;
import static hourglass.translator.cpu.x87.X87Operations.DIVIDE_REVERSED;
import static hourglass.translator.cpu.x87.X87Operations.MULTIPLY;
import static hourglass.translator.cpu.x87.X87Operations.SUBTRACT;
import static hourglass.translator.cpu.x87.X87Operations.SUBTRACT_REVERSED;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.x87.X87Operations;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.util.function.Consumer;

/** Handlers of x87 arithmetic, comparisons and transcendental functions. */
final class X87ArithmeticHandlers {
  private X87ArithmeticHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case FADD, FIADD -> arithmetic(insn, ADD);
      case FMUL, FIMUL -> arithmetic(insn, MULTIPLY);
      case FSUB, FISUB -> arithmetic(insn, SUBTRACT);
      case FSUBR, FISUBR -> arithmetic(insn, SUBTRACT_REVERSED);
      case FDIV, FIDIV -> arithmetic(insn, DIVIDE);
      case FDIVR, FIDIVR -> arithmetic(insn, DIVIDE_REVERSED);
      case FADDP -> toRegister(ADD, true);
      case FMULP -> toRegister(MULTIPLY, true);
      case FSUBP -> toRegister(SUBTRACT, true);
      case FSUBRP -> toRegister(SUBTRACT_REVERSED, true);
      case FDIVP -> toRegister(DIVIDE, true);
      case FDIVRP -> toRegister(DIVIDE_REVERSED, true);
      case FCOM, FICOM -> insn.memory ? compareMemory(insn, false) : compare(false, 0);
      case FCOMP, FICOMP -> insn.memory ? compareMemory(insn, true) : compare(false, 1);
      case FCOMPP -> compare(false, 2);
      case FUCOM -> compare(true, 0);
      case FUCOMP -> compare(true, 1);
      case FUCOMPP -> compare(true, 2);
      case FCOMI -> compareFlags(false, false);
      case FCOMIP -> compareFlags(false, true);
      case FUCOMI -> compareFlags(true, false);
      case FUCOMIP -> compareFlags(true, true);
      case FTST -> operation(X87Operations::test);
      case FXAM -> operation(X87Operations::examine);
      case FABS -> operation(X87Operations::absolute);
      case FCHS -> operation(X87Operations::changeSign);
      case FSQRT -> operation(X87Operations::squareRoot);
      case FRNDINT -> operation(X87Operations::roundToIntegral);
      case FSCALE -> operation(X87Operations::scale);
      case FXTRACT -> operation(X87Operations::extract);
      case FPREM -> operation(f -> X87Operations.remainder(f, false));
      case FPREM1 -> operation(f -> X87Operations.remainder(f, true));
      case F2XM1 -> operation(X87Operations::powerOfTwoMinusOne);
      case FYL2X -> operation(X87Operations::yLog2x);
      case FYL2XP1 -> operation(X87Operations::yLog2xPlus1);
      case FPATAN -> operation(X87Operations::arctangent);
      case FPTAN -> operation(X87Operations::tangent);
      case FSIN -> operation(f -> X87Operations.sine(f, false));
      case FCOS -> operation(f -> X87Operations.sine(f, true));
      case FSINCOS -> operation(X87Operations::sineCosine);
      default -> null;
    };
  }

  private static Handler operation(Consumer<X87State> operation) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      operation.accept(f);
    };
  }

  private static Handler arithmetic(Instruction insn, int operation) {
    return switch (insn.operand(0)) {
      case ST0 ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            X87Handlers.note(cpu, i);
            X87Operations.arithmetic(f, operation, 0, i.rm, false);
          };
      case STI -> toRegister(operation, false);
      case M64FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            takeDouble(cpu, i, f);
            X87Operations.arithmeticOperand(f, operation);
          };
      case M32FP ->
          (cpu, i) -> {
            final X87State f = X87Handlers.waiting(cpu);
            takeFloat(cpu, i, f);
            X87Operations.arithmeticOperand(f, operation);
          };
      default -> {
        final boolean wide = insn.operand(0) == OperandKind.M32INT;
        yield (cpu, i) -> {
          final X87State f = X87Handlers.waiting(cpu);
          takeInteger(cpu, i, f, wide);
          X87Operations.arithmeticOperand(f, operation);
        };
      }
    };
  }

  private static Handler toRegister(int operation, boolean pop) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      X87Operations.arithmetic(f, operation, insn.rm, 0, pop);
    };
  }

  private static Handler compareMemory(Instruction insn, boolean pop) {
    final OperandKind kind = insn.operand(0);
    return (cpu, i) -> {
      final X87State f = X87Handlers.waiting(cpu);
      switch (kind) {
        case M32FP -> takeFloat(cpu, i, f);
        case M64FP -> takeDouble(cpu, i, f);
        default -> takeInteger(cpu, i, f, kind == OperandKind.M32INT);
      }
      X87Operations.compareOperand(f, pop);
    };
  }

  private static Handler compare(boolean quiet, int pops) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      X87Operations.compare(f, pops == 2 ? 1 : insn.rm, quiet, pops);
    };
  }

  private static Handler compareFlags(boolean quiet, boolean pop) {
    return (cpu, insn) -> {
      final X87State f = X87Handlers.waiting(cpu);
      X87Handlers.note(cpu, insn);
      cpu.state.setArithmeticFlags(X87Operations.compareFlags(f, insn.rm, quiet, pop));
    };
  }

  static void takeFloat(Processor cpu, Instruction insn, X87State f) {
    final int offset = cpu.offset(insn);
    final int bits = cpu.read32(insn.segment, offset);
    X87Handlers.note(cpu, insn, offset);
    X87Operations.operandFloat(f, bits);
  }

  static void takeDouble(Processor cpu, Instruction insn, X87State f) {
    final int offset = cpu.offset(insn);
    final long bits = cpu.read64(insn.segment, offset);
    X87Handlers.note(cpu, insn, offset);
    X87Operations.operandDouble(f, bits);
  }

  static void takeInteger(Processor cpu, Instruction insn, X87State f, boolean wide) {
    final int offset = cpu.offset(insn);
    final int value =
        wide ? cpu.read32(insn.segment, offset) : (short) cpu.read16(insn.segment, offset);
    X87Handlers.note(cpu, insn, offset);
    X87Operations.operandInteger(f, value);
  }
}
