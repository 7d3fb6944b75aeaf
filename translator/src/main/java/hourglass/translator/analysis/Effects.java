package hourglass.translator.analysis;

import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import java.util.function.Consumer;

/** What values, ops and terminals read, and whether they can fault. */
public final class Effects {
  /** Flags that a condition depends on, by the condition's number without its negation. */
  private static final int[] CONDITION_FLAGS = {
    Flags.OF,
    Flags.CF,
    Flags.ZF,
    Flags.CF | Flags.ZF,
    Flags.SF,
    Flags.PF,
    Flags.SF | Flags.OF,
    Flags.ZF | Flags.SF | Flags.OF
  };

  private Effects() {}

  /** Visits all values an op is made of, and those that they are made of. */
  public static void visit(Op op, Consumer<Value> visitor) {
    switch (op) {
      case Op.SetTemp(int id, Value value) -> visit(value, visitor);
      case Op.SetRegister(int index, Value value) -> visit(value, visitor);
      case Op.Store(int size, Value address, Value value) -> {
        visit(address, visitor);
        visit(value, visitor);
      }
      case Op.RamStore(int size, Value window, int offset, Value value) -> {
        visit(window, visitor);
        visit(value, visitor);
      }
      case Op.Perform(Value.Invoke call) -> visit(call, visitor);
      case Op.SetFlags(Op.FlagKind kind, Value result, Value auxiliary) -> {
        visit(result, visitor);
        visit(auxiliary, visitor);
      }
      case Op.Require(Value condition, int vector) -> visit(condition, visitor);
      case Op.SetSystemFlag s -> {}
      case Op.CallOut c -> {}
      case Op.LightCallOut c -> {}
      case Op.GuardedCallOut c -> {}
    }
  }

  /** Visits all values a terminal is made of, and those that they are made of. */
  public static void visit(Terminal terminal, Consumer<Value> visitor) {
    switch (terminal) {
      case Terminal.Branch(Value condition, int taken, int notTaken) -> visit(condition, visitor);
      case Terminal.Indirect(Value target) -> visit(target, visitor);
      case Terminal.Jump j -> {}
      case Terminal.Left l -> {}
    }
  }

  /** Visits a value and all values it is made of. */
  public static void visit(Value value, Consumer<Value> visitor) {
    visitor.accept(value);
    switch (value) {
      case Value.Binary(Value.Operator operator, Value left, Value right) -> {
        visit(left, visitor);
        visit(right, visitor);
      }
      case Value.Comparison(Value.Relation relation, Value left, Value right) -> {
        visit(left, visitor);
        visit(right, visitor);
      }
      case Value.Call call -> call.arguments().forEach(a -> visit(a, visitor));
      case Value.Invoke invoke -> invoke.arguments().forEach(a -> visit(a, visitor));
      case Value.Checked checked -> visit(checked.offset(), visitor);
      case Value.Load load -> visit(load.address(), visitor);
      case Value.Window window -> visit(window.address(), visitor);
      case Value.RamLoad load -> visit(load.window(), visitor);
      case Value.Select(Value condition, Value ifTrue, Value ifFalse) -> {
        visit(condition, visitor);
        visit(ifTrue, visitor);
        visit(ifFalse, visitor);
      }
      default -> {
        // a leaf
      }
    }
  }

  /** Whether a value, itself and not what it is made of, can fault. */
  public static boolean isFaulting(Value value) {
    return value instanceof Value.Load
        || value instanceof Value.Window
        || value instanceof Value.Checked
        || value instanceof Value.Invoke;
  }

  /** Whether carrying out an op can fault in the region's own code. */
  public static boolean canFault(Op op) {
    final boolean[] found = {
      op instanceof Op.Store || op instanceof Op.LightCallOut || op instanceof Op.Require
    };
    visit(op, v -> found[0] |= isFaulting(v));
    return found[0];
  }

  /** The arithmetic flags that a value, itself and not what it is made of, reads. */
  public static int flagsRead(Value value) {
    return switch (value) {
      case Value.FlagCondition(int condition) -> CONDITION_FLAGS[condition >> 1];
      case Value.Carry c -> Flags.CF;
      case Value.FlagResult r -> Flags.ARITHMETIC;
      case Value.FlagAuxiliary a -> Flags.ARITHMETIC;
      default -> 0;
    };
  }
}
