package hourglass.translator.asm;

import hourglass.translator.asm.Register.Kind;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.InstructionTable;
import hourglass.translator.isa.OperandKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * MMX and SSE instructions, and what came with them: hundreds of one shape, so that one method
 * takes their name and finds their encoding in the instruction table.
 */
abstract class SimdInstructions extends X87Instructions {
  SimdInstructions(int origin) {
    super(origin);
  }

  /**
   * An instruction by its name in lower case, such as {@code simd("pshufd", XMM0, mem(EBX),
   * imm(0x1B))}. Operands that are implied (XMM0 of a blend) are left out.
   *
   * @throws IllegalArgumentException where no form has such a name and operands
   */
  public Assembler simd(String name, Operand... operands) {
    final List<Operand> given = List.of(operands);
    final String text =
        given.isEmpty()
            ? name
            : name + " " + given.stream().map(Operand::toString).collect(Collectors.joining(", "));
    final Form form =
        InstructionTable.forms().stream()
            .filter(f -> f.has(Form.Trait.SIMD))
            .filter(f -> f.mnemonic().name().equals(name.toUpperCase(Locale.ROOT)))
            .filter(f -> matches(f, given))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such form: " + text));
    return encode(form, text, given);
  }

  private static List<OperandKind> written(Form form) {
    return form.operands().stream().filter(kind -> kind != OperandKind.XMM0).toList();
  }

  private static boolean matches(Form form, List<Operand> given) {
    final List<OperandKind> kinds = written(form);
    if (kinds.size() != given.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      if (!matches(kinds.get(i), given.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(OperandKind kind, Operand operand) {
    return switch (operand) {
      case Immediate immediate -> kind == OperandKind.IMM8;
      case Memory memory ->
          switch (kind) {
            case RM8 -> memory.size == 8;
            case RMV -> memory.size == 16 || memory.size == 32;
            case RM32, R32_M8, R32_M16, M, M8, M32, M64, M128 -> true;
            case MMM32, MMM64, XMMM16, XMMM32, XMMM64, XMMM128 -> true;
            default -> false;
          };
      case Register register ->
          switch (kind) {
            case MM, MM_RM, MMM32, MMM64 -> register.kind == Kind.MMX;
            case XMM, XMM_RM, XMMM16, XMMM32, XMMM64, XMMM128 -> register.kind == Kind.XMM;
            case R32, RM32, R32_M8, R32_M16 -> register.isGeneral() && register.size == 32;
            case RV, RMV -> register.isGeneral() && register.size >= 16;
            case RM8 -> register.isGeneral() && register.size == 8;
            default -> false;
          };
    };
  }

  private Assembler encode(Form form, String text, List<Operand> given) {
    final List<OperandKind> kinds = written(form);
    int reg = 0;
    Operand rm = null;
    Immediate immediate = null;
    int size = 0;
    for (int i = 0; i < given.size(); i++) {
      final Operand operand = given.get(i);
      switch (kinds.get(i)) {
        case MM, XMM, R32, RV -> reg = ((Register) operand).number;
        case IMM8 -> immediate = (Immediate) operand;
        default -> rm = operand;
      }
      if (kinds.get(i) == OperandKind.RMV) {
        size = operand instanceof Register register ? register.size : ((Memory) operand).size;
      }
    }
    int opcode = 0;
    for (final String word : form.encoding().split(" ")) {
      if (word.startsWith("/")) {
        reg = word.equals("/r") ? reg : word.charAt(1) - '0';
      } else if (opcode == 0 && List.of("66", "F2", "F3").contains(word)) {
        mandatoryPrefix(Integer.parseInt(word, 16));
      } else if (!List.of("NP", "ib").contains(word)) {
        opcode = opcode << 8 | Integer.parseInt(word.substring(0, 2), 16);
      }
    }
    return encode(text, size, opcode, reg, rm, immediate, 1);
  }
}
