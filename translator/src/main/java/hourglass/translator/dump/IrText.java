package hourglass.translator.dump;

import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.Function;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.Routine;
import hourglass.translator.ir.SimdRoutine;
import hourglass.translator.ir.StringRoutine;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import hourglass.translator.ir.X87Routine;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes IR as text, close to Java.
 *
 * <p>{@code eax} is a register, {@code t3} a temporary, {@code base} the offset in CS of the code
 * page; {@code load32(a)} and {@code store32(a, v)} access memory at a linear address, {@code
 * physical(a, 8)} finds where in RAM 8 bytes from there lie, {@code ram32[p]} is RAM itself, {@code
 * readable(ds, o, 4)} checks the segment and gives that address, {@code flags.be} is a condition;
 * operators are Java's, and a {@code u} after a relation says that it is unsigned.
 */
public final class IrText {
  private static final String[] REGISTERS = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"
  };
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
  private static final String[] CONDITIONS = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };

  /** From here on a negative number is rather an address. */
  private static final int LARGEST_SUBTRACTED = 1 << 16;

  private final IntFunction<String> places;

  /**
   * A printer.
   *
   * @param places the name of an offset in the root's page, for the targets of terminals
   */
  public IrText(IntFunction<String> places) {
    this.places = places;
  }

  /** An op, on one line. */
  public String of(Op op) {
    return switch (op) {
      case Op.SetTemp(int id, Value value) -> "t" + id + " = " + of(value);
      case Op.SetRegister(int index, Value value) -> REGISTERS[index] + " = " + of(value);
      case Op.Store(int size, Value address, Value value) ->
          "store" + 8 * size + "(" + of(address) + ", " + of(value) + ")";
      case Op.RamStore(int size, Value window, int offset, Value value) ->
          "ram" + 8 * size + "[" + of(Value.add(window, offset)) + "] = " + of(value);
      case Op.Perform(Value.Invoke call) -> of(call);
      case Op.SetFlags(Op.FlagKind kind, Value result, Value auxiliary) ->
          switch (kind) {
            case ALL -> "flags = (" + of(result) + ", " + of(auxiliary) + ")";
            case ALL_BUT_CARRY -> "flags but c = (" + of(result) + ", " + of(auxiliary) + ")";
            case CARRY_AND_OVERFLOW -> "flagAux = " + of(auxiliary);
            case CARRY -> "flags.c = " + of(auxiliary);
          };
      case Op.SetSystemFlag(int flag, boolean set) ->
          (flag == Flags.DF ? "df" : "eflags[" + hex(flag) + "]") + (set ? " = 1" : " = 0");
      case Op.Require(Value condition, int vector) ->
          "require " + of(condition) + ", else exception " + vector;
      case Op.CallOut c -> "call out";
      case Op.LightCallOut light ->
          "call out, "
              + (light.readsFlags() ? "reading flags, " : "")
              + "writing "
              + state(light.writes(), light.writesFlags());
      case Op.GuardedCallOut guarded ->
          "call out and look, "
              + (guarded.flags() ? "reading flags, " : "")
              + "writing "
              + state(guarded.writes(), guarded.flags());
    };
  }

  private static String state(int registers, boolean flags) {
    final String named =
        IntStream.range(0, REGISTERS.length)
            .filter(r -> (registers >> r & 1) != 0)
            .mapToObj(r -> REGISTERS[r])
            .collect(Collectors.joining(" "));
    final String all = flags ? (named + " flags").strip() : named;
    return all.isEmpty() ? "nothing" : all;
  }

  /** How a block ends, on one line. */
  public String of(Terminal terminal) {
    return switch (terminal) {
      case Terminal.Jump(int target) -> "goto " + places.apply(target);
      case Terminal.Branch(Value condition, int taken, int notTaken) ->
          "if (%s) goto %s else %s"
              .formatted(of(condition), places.apply(taken), places.apply(notTaken));
      case Terminal.Indirect(Value target) -> "goto [" + of(target) + "]";
      case Terminal.Left l -> "leave";
    };
  }

  /** A value. */
  public String of(Value value) {
    return switch (value) {
      case Value.Const(int c) -> number(c);
      case Value.Register(int index) -> REGISTERS[index];
      case Value.Temp(int id) -> "t" + id;
      case Value.CodeBase b -> "base";
      case Value.Selector(int segment) -> SEGMENTS[segment];
      case Value.SystemFlags f -> "systemFlags";
      case Value.PrivilegeLevel p -> "cpl";
      case Value.Binary(Value.Operator operator, Value left, Value right) ->
          binary(operator, left, right);
      case Value.Call(Function function, var arguments) ->
          name(function)
              + arguments.stream().map(this::of).collect(Collectors.joining(", ", "(", ")"));
      case Value.Invoke(Routine routine, var arguments) ->
          owner(routine)
              + "."
              + routine.target().method()
              + arguments.stream().map(this::of).collect(Collectors.joining(", ", "(", ")"));
      case Value.Checked(int segment, Value offset, int size, boolean write) ->
          "%s(%s, %s, %d)"
              .formatted(write ? "writable" : "readable", SEGMENTS[segment], of(offset), size);
      case Value.Load(int size, Value address, boolean forWrite) ->
          "load" + 8 * size + (forWrite ? "ForWrite(" : "(") + of(address) + ")";
      case Value.Window(Value address, int span, boolean write) ->
          "window" + (write ? "ForWrite(" : "(") + of(address) + ", " + span + ")";
      case Value.RamLoad(int size, Value window, int offset) ->
          "ram" + 8 * size + "[" + of(Value.add(window, offset)) + "]";
      case Value.FlagCondition(int condition) -> "flags." + CONDITIONS[condition];
      case Value.Comparison(Value.Relation relation, Value left, Value right) ->
          operand(left) + " " + symbol(relation) + " " + operand(right);
      case Value.Carry c -> "flags.c";
      case Value.FlagResult r -> "flagResult";
      case Value.FlagAuxiliary a -> "flagAux";
      case Value.Select(Value condition, Value ifTrue, Value ifFalse) ->
          operand(condition) + " ? " + operand(ifTrue) + " : " + operand(ifFalse);
    };
  }

  private String binary(Value.Operator operator, Value left, Value right) {
    if (operator == Value.Operator.ADD
        && right instanceof Value.Const(int c)
        && c < 0
        && c > -LARGEST_SUBTRACTED) {
      return operand(left) + " - " + number(-c);
    }
    final String symbol =
        switch (operator) {
          case ADD -> "+";
          case SUB -> "-";
          case MUL -> "*";
          case AND -> "&";
          case OR -> "|";
          case XOR -> "^";
          case SHL -> "<<";
          case SHR -> ">>>";
          case SAR -> ">>";
        };
    return operand(left) + " " + symbol + " " + operand(right);
  }

  /** A value inside another one: in parentheses where it has an operator of its own. */
  private String operand(Value value) {
    return switch (value) {
      case Value.Binary b -> "(" + of(b) + ")";
      case Value.Comparison c -> "(" + of(c) + ")";
      case Value.Select s -> "(" + of(s) + ")";
      default -> of(value);
    };
  }

  private static String owner(Routine routine) {
    return switch (routine) {
      case X87Routine r -> "fpu";
      case SimdRoutine r -> "xmm";
      case StringRoutine r -> "repeated";
    };
  }

  private static String name(Function function) {
    return switch (function) {
      case SIGN_EXTEND_8 -> "signExtend8";
      case SIGN_EXTEND_16 -> "signExtend16";
      default -> function.method();
    };
  }

  private static String symbol(Value.Relation relation) {
    return switch (relation) {
      case EQUAL -> "==";
      case NOT_EQUAL -> "!=";
      case LESS -> "<";
      case GREATER_OR_EQUAL -> ">=";
      case LESS_OR_EQUAL -> "<=";
      case GREATER -> ">";
      case BELOW -> "<u";
      case ABOVE_OR_EQUAL -> ">=u";
      case BELOW_OR_EQUAL -> "<=u";
      case ABOVE -> ">u";
    };
  }

  /** Small numbers in decimal, others in hexadecimal. */
  private static String number(int value) {
    return value > -10 && value < 10 ? Integer.toString(value) : hex(value);
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }
}
