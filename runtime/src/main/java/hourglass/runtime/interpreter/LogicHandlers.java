package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;

import hourglass.translator.isa.Instruction;

/** AND, OR, XOR, TEST and NOT. */
final class LogicHandlers {
  private LogicHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case AND -> BinaryShape.choose(insn, LogicHandlers::and32, Alu::and8, Alu::and16, Alu::and32);
      case OR -> BinaryShape.choose(insn, LogicHandlers::or32, Alu::or8, Alu::or16, Alu::or32);
      case XOR -> BinaryShape.choose(insn, LogicHandlers::xor32, Alu::xor8, Alu::xor16, Alu::xor32);
      case TEST -> test(insn);
      case NOT -> BinaryShape.unary(insn, (s, a) -> ~a, (s, a) -> ~a, (s, a) -> ~a);
      default -> null;
    };
  }

  private static Handler and32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG ->
          (c, i) -> c.state.reg[i.rm] = Alu.and32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM ->
          (c, i) -> c.state.reg[i.reg] = Alu.and32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY ->
          (c, i) -> {
            final int b = Address.load32(c, i);
            c.state.reg[i.reg] = Alu.and32(c.state, c.state.reg[i.reg], b);
          };
      case MEMORY_REG ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.and32(c.state, a, c.state.reg[i.reg]), c.state.denyWrite);
          };
      case RM_IMMEDIATE ->
          (c, i) -> c.state.reg[i.rm] = Alu.and32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE ->
          (c, i) -> c.state.reg[EAX] = Alu.and32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.and32(c.state, a, i.immediate), c.state.denyWrite);
          };
    };
  }

  private static Handler or32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG ->
          (c, i) -> c.state.reg[i.rm] = Alu.or32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM ->
          (c, i) -> c.state.reg[i.reg] = Alu.or32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY ->
          (c, i) -> {
            final int b = Address.load32(c, i);
            c.state.reg[i.reg] = Alu.or32(c.state, c.state.reg[i.reg], b);
          };
      case MEMORY_REG ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.or32(c.state, a, c.state.reg[i.reg]), c.state.denyWrite);
          };
      case RM_IMMEDIATE ->
          (c, i) -> c.state.reg[i.rm] = Alu.or32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE ->
          (c, i) -> c.state.reg[EAX] = Alu.or32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.or32(c.state, a, i.immediate), c.state.denyWrite);
          };
    };
  }

  private static Handler xor32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG ->
          (c, i) -> c.state.reg[i.rm] = Alu.xor32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_RM ->
          (c, i) -> c.state.reg[i.reg] = Alu.xor32(c.state, c.state.reg[i.reg], c.state.reg[i.rm]);
      case REG_MEMORY ->
          (c, i) -> {
            final int b = Address.load32(c, i);
            c.state.reg[i.reg] = Alu.xor32(c.state, c.state.reg[i.reg], b);
          };
      case MEMORY_REG ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.xor32(c.state, a, c.state.reg[i.reg]), c.state.denyWrite);
          };
      case RM_IMMEDIATE ->
          (c, i) -> c.state.reg[i.rm] = Alu.xor32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE ->
          (c, i) -> c.state.reg[EAX] = Alu.xor32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE ->
          (c, i) -> {
            final int at = Address.forWrite(c, i, 4);
            final int a = c.memory.load32(at, c.state.denyWrite);
            c.memory.store32(at, Alu.xor32(c.state, a, i.immediate), c.state.denyWrite);
          };
    };
  }

  private static Handler test(Instruction insn) {
    return switch (Operand.of(insn, 0).bits) {
      case 32 -> test32(BinaryShape.of(insn));
      case 8 -> test8(BinaryShape.of(insn));
      default -> BinaryShape.withoutResult(insn, Alu::and8, Alu::and16, Alu::and32);
    };
  }

  private static Handler test32(BinaryShape shape) {
    return switch (shape) {
      case RM_REG, REG_RM -> (c, i) -> Alu.and32(c.state, c.state.reg[i.rm], c.state.reg[i.reg]);
      case REG_MEMORY, MEMORY_REG ->
          (c, i) -> Alu.and32(c.state, Address.load32(c, i), c.state.reg[i.reg]);
      case RM_IMMEDIATE -> (c, i) -> Alu.and32(c.state, c.state.reg[i.rm], i.immediate);
      case EAX_IMMEDIATE -> (c, i) -> Alu.and32(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE -> (c, i) -> Alu.and32(c.state, Address.load32(c, i), i.immediate);
    };
  }

  private static Handler test8(BinaryShape shape) {
    return switch (shape) {
      case RM_REG, REG_RM ->
          (c, i) -> Alu.and8(c.state, Operand.RM8.read(c, i), Operand.REG8.read(c, i));
      case REG_MEMORY, MEMORY_REG ->
          (c, i) -> Alu.and8(c.state, Address.load8(c, i), Operand.REG8.read(c, i));
      case RM_IMMEDIATE -> (c, i) -> Alu.and8(c.state, Operand.RM8.read(c, i), i.immediate);
      case EAX_IMMEDIATE -> (c, i) -> Alu.and8(c.state, c.state.reg[EAX], i.immediate);
      case MEMORY_IMMEDIATE -> (c, i) -> Alu.and8(c.state, Address.load8(c, i), i.immediate);
    };
  }
}
