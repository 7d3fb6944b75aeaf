package hourglass.runtime.interpreter;

import hourglass.translator.isa.Instruction;
import java.util.function.Function;

/**
 * Where the two operands of an instruction of the arithmetic and logic group are: what its handlers
 * are specialised on.
 */
enum BinaryShape {
  /** ModR/M r/m, a register, and ModR/M reg. */
  RM_REG,
  /** ModR/M reg, and r/m, a register. */
  REG_RM,
  REG_MEMORY,
  MEMORY_REG,
  RM_IMMEDIATE,
  /** AL, AX or EAX, whichever the width says, and an immediate. */
  EAX_IMMEDIATE,
  MEMORY_IMMEDIATE;

  static BinaryShape of(Instruction insn) {
    final Operand first = Operand.of(insn, 0);
    final Operand second = Operand.of(insn, 1);
    if (second == Operand.IMMEDIATE) {
      if (first.isMemory()) {
        return MEMORY_IMMEDIATE;
      }
      return first == Operand.AL || first == Operand.AX || first == Operand.EAX
          ? EAX_IMMEDIATE
          : RM_IMMEDIATE;
    }
    if (first.isMemory()) {
      return MEMORY_REG;
    }
    if (second.isMemory()) {
      return REG_MEMORY;
    }
    return first == Operand.REG8 || first == Operand.REG16 || first == Operand.REG32
        ? REG_RM
        : RM_REG;
  }

  /** The handler for 32 bits that {@code specialised} knows, the generic one for 8 and 16. */
  static Handler choose(
      Instruction insn,
      Function<BinaryShape, Handler> specialised,
      Alu.Binary op8,
      Alu.Binary op16,
      Alu.Binary op32) {
    return Operand.of(insn, 0).bits == 32
        ? specialised.apply(of(insn))
        : generic(insn, op8, op16, op32);
  }

  /** A handler that writes what the operation makes of the two operands into the first. */
  static Handler generic(Instruction insn, Alu.Binary op8, Alu.Binary op16, Alu.Binary op32) {
    final Operand destination = Operand.of(insn, 0);
    final Operand source = Operand.of(insn, 1);
    return switch (destination.bits) {
      case 8 -> generic(destination, source, op8);
      case 16 -> generic(destination, source, op16);
      default -> generic(destination, source, op32);
    };
  }

  private static Handler generic(Operand destination, Operand source, Alu.Binary op) {
    if (source.isMemory()) {
      return (c, i) -> {
        final int b = source.read(c, i);
        destination.write(c, i, op.apply(c.state, destination.read(c, i), b));
      };
    }
    return (c, i) -> {
      final int a = destination.readForWrite(c, i);
      destination.write(c, i, op.apply(c.state, a, source.read(c, i)));
    };
  }

  /** A handler that sets flags only. */
  static Handler withoutResult(Instruction insn, Alu.Binary op8, Alu.Binary op16, Alu.Binary op32) {
    final Operand first = Operand.of(insn, 0);
    final Operand second = Operand.of(insn, 1);
    final Alu.Binary op =
        switch (first.bits) {
          case 8 -> op8;
          case 16 -> op16;
          default -> op32;
        };
    return (c, i) -> op.apply(c.state, first.read(c, i), second.read(c, i));
  }

  /** A handler that replaces its one operand. */
  static Handler unary(Instruction insn, Alu.Unary op8, Alu.Unary op16, Alu.Unary op32) {
    final Operand operand = Operand.of(insn, 0);
    final Alu.Unary op =
        switch (operand.bits) {
          case 8 -> op8;
          case 16 -> op16;
          default -> op32;
        };
    return (c, i) -> operand.write(c, i, op.apply(c.state, operand.readForWrite(c, i)));
  }
}
