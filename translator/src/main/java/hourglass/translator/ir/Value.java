package hourglass.translator.ir;

import java.util.List;
import java.util.function.UnaryOperator;

/** An expression of 32 bits. */
public sealed interface Value {
  /** A constant. */
  record Const(int value) implements Value {}

  /** A general register, all 32 bits: 0-7 as in CpuState. */
  record Register(int index) implements Value {}

  /** A temporary, assigned once in its step; a later step may assign it anew. */
  record Temp(int id) implements Value {}

  /**
   * The base of the root's page: the offset in CS of its first byte. Guest addresses of code are
   * this plus a constant.
   */
  record CodeBase() implements Value {}

  /** What a segment register holds, 0 to FFFFh; by its number as in CpuState. */
  record Selector(int segment) implements Value {}

  /** EFLAGS without the six arithmetic flags. */
  record SystemFlags() implements Value {}

  /** CPL. */
  record PrivilegeLevel() implements Value {}

  /** An operation on one or two values. */
  record Binary(Operator operator, Value left, Value right) implements Value {}

  /** A call of a static method of ints that returns an int. */
  record Call(Function function, List<Value> arguments) implements Value {}

  /** A call of a routine, which can fault and has effects: only as the whole value of an op. */
  record Invoke(Routine routine, List<Value> arguments) implements Value {}

  /**
   * The linear address of an access through a segment whose limit and type need checking; can
   * fault.
   *
   * @param size in bytes
   */
  record Checked(int segment, Value offset, int size, boolean write) implements Value {}

  /**
   * A load, zero-extended; can fault.
   *
   * @param size 1, 2 or 4 bytes
   * @param address linear
   * @param forWrite whether a store to the same place follows, so that a fault is a write fault
   */
  record Load(int size, Value address, boolean forWrite) implements Value {}

  /**
   * Where in RAM a window lies: the index of its first cell, where it begins with a cell and lies
   * in one page that the page map lets the region access; can fault. What is loaded and stored
   * there needs no further look at the page map until an op of the block may change it.
   *
   * @param address linear, of the first byte
   * @param span how many bytes, at most a page
   * @param write whether any of them is to be written
   */
  record Window(Value address, int span, boolean write) implements Value {}

  /**
   * A load from one cell of RAM, zero-extended; cannot fault.
   *
   * @param size 1, 2 or 4 bytes
   * @param window index of a {@link Window}'s first cell
   * @param offset of the first byte from the beginning of the window
   */
  record RamLoad(int size, Value window, int offset) implements Value {}

  /** 1 where a condition of the guest's flags holds, else 0; reads the flag words. */
  record FlagCondition(int condition) implements Value {}

  /** 1 where a relation between two values holds, else 0. */
  record Comparison(Relation relation, Value left, Value right) implements Value {}

  /** The carry flag as 0 or 1; reads the flag words. */
  record Carry() implements Value {}

  /** The flags' result word; reads the flag words. */
  record FlagResult() implements Value {}

  /** The flags' auxiliary word; reads the flag words. */
  record FlagAuxiliary() implements Value {}

  /** One of two values by a condition; both are evaluated, so neither may load. */
  record Select(Value condition, Value ifTrue, Value ifFalse) implements Value {}

  /** This value, made of what {@code change} makes of the values that it is made of. */
  default Value map(UnaryOperator<Value> change) {
    return switch (this) {
      case Binary(Operator operator, Value left, Value right) ->
          new Binary(operator, change.apply(left), change.apply(right));
      case Comparison(Relation relation, Value left, Value right) ->
          new Comparison(relation, change.apply(left), change.apply(right));
      case Call(Function function, List<Value> arguments) ->
          new Call(function, arguments.stream().map(change).toList());
      case Invoke(Routine routine, List<Value> arguments) ->
          new Invoke(routine, arguments.stream().map(change).toList());
      case Checked(int segment, Value offset, int size, boolean write) ->
          new Checked(segment, change.apply(offset), size, write);
      case Load(int size, Value address, boolean forWrite) ->
          new Load(size, change.apply(address), forWrite);
      case Window(Value address, int span, boolean write) ->
          new Window(change.apply(address), span, write);
      case RamLoad(int size, Value window, int offset) ->
          new RamLoad(size, change.apply(window), offset);
      case Select(Value condition, Value ifTrue, Value ifFalse) ->
          new Select(change.apply(condition), change.apply(ifTrue), change.apply(ifFalse));
      default -> this;
    };
  }

  /** Operators of {@link Binary}; shifts take their count modulo 32. */
  enum Operator {
    ADD,
    SUB,
    MUL,
    AND,
    OR,
    XOR,
    SHL,
    SHR,
    SAR
  }

  /** Relations of {@link Comparison}, each beside its negation. */
  enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    GREATER_OR_EQUAL,
    LESS_OR_EQUAL,
    GREATER,
    BELOW,
    ABOVE_OR_EQUAL,
    BELOW_OR_EQUAL,
    ABOVE;

    /** The relation that holds exactly where this one does not. */
    public Relation negated() {
      return values()[ordinal() ^ 1];
    }
  }

  static Value of(int constant) {
    return new Const(constant);
  }

  static Value reg(int index) {
    return new Register(index);
  }

  /** A sum, worked out where it can be. */
  static Value add(Value left, Value right) {
    if (right instanceof Const(int r)) {
      if (r == 0) {
        return left;
      }
      if (left instanceof Const(int l)) {
        return new Const(l + r);
      }
      if (left instanceof Binary(Operator o, Value l, Const(int c)) && o == Operator.ADD) {
        return add(l, c + r);
      }
    }
    return new Binary(Operator.ADD, left, right);
  }

  static Value add(Value left, int right) {
    return add(left, new Const(right));
  }

  static Value sub(Value left, Value right) {
    return new Binary(Operator.SUB, left, right);
  }

  static Value and(Value left, int mask) {
    if (left instanceof Const(int l)) {
      return new Const(l & mask);
    }
    return mask == -1 ? left : new Binary(Operator.AND, left, new Const(mask));
  }

  static Value or(Value left, Value right) {
    return new Binary(Operator.OR, left, right);
  }

  static Value xor(Value left, Value right) {
    return new Binary(Operator.XOR, left, right);
  }

  static Value shl(Value left, int count) {
    return count == 0 ? left : new Binary(Operator.SHL, left, new Const(count));
  }

  static Value shr(Value left, int count) {
    return count == 0 ? left : new Binary(Operator.SHR, left, new Const(count));
  }

  static Value call(Function function, Value... arguments) {
    return new Call(function, List.of(arguments));
  }

  /** The low {@code size} bytes, sign-extended. */
  static Value signExtend(Value value, int size) {
    if (value instanceof Const(int c)) {
      return new Const(size == 1 ? (byte) c : size == 2 ? (short) c : c);
    }
    return switch (size) {
      case 1 -> call(Function.SIGN_EXTEND_8, value);
      case 2 -> call(Function.SIGN_EXTEND_16, value);
      default -> value;
    };
  }

  /** The low {@code size} bytes, zero-extended. */
  static Value zeroExtend(Value value, int size) {
    return and(value, mask(size));
  }

  /** The mask of the low {@code size} bytes. */
  static int mask(int size) {
    return size == 4 ? -1 : (1 << 8 * size) - 1;
  }
}
