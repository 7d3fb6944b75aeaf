package hourglass.translator.ir;

import hourglass.translator.isa.Instruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Collects a block's steps while its instructions are lowered, and remembers where the flags came
 * from, so that a condition can become a comparison of the operands themselves.
 */
final class BlockBuilder {
  /**
   * Where the arithmetic flags came from; operands are temporaries or constants and so still hold.
   */
  sealed interface FlagSource {
    /**
     * A comparison or subtraction.
     *
     * @param size of the operands in bytes; they are zero-extended
     */
    record Comparison(int size, Value left, Value right) implements FlagSource {}

    /**
     * A result that ZF and SF tell of.
     *
     * @param value the result, sign-extended
     * @param logical whether CF and OF are clear
     */
    record Result(Value value, boolean logical) implements FlagSource {}
  }

  private final int offset;
  private final List<Step> steps = new ArrayList<>();
  private List<Op> ops = new ArrayList<>();
  private final BitSet tempsInUse = new BitSet();
  private Optional<FlagSource> flagSource;

  /**
   * Begins a block.
   *
   * @param inherited where the flags came from at the end of the only block that leads here
   */
  BlockBuilder(int offset, Optional<FlagSource> inherited) {
    this.offset = offset;
    flagSource = inherited;
    keepFlagSource();
  }

  /**
   * Ends the ops of one instruction; its temporaries are free again, but for what the flags came
   * from.
   */
  void endStep(Instruction instruction, int instructionOffset) {
    steps.add(new Step(instruction, instructionOffset, List.copyOf(ops)));
    ops = new ArrayList<>();
    keepFlagSource();
  }

  private void keepFlagSource() {
    tempsInUse.clear();
    flagSource.ifPresent(source -> {
      switch (source) {
        case FlagSource.Comparison(int size, Value left, Value right) -> {
          keep(left);
          keep(right);
        }
        case FlagSource.Result(Value value, boolean logical) -> keep(value);
      }
    });
  }

  /** Keeps the temporary that a value is, or is the extension of. */
  private void keep(Value value) {
    switch (value) {
      case Value.Temp(int id) -> tempsInUse.set(id);
      case Value.Call call -> call.arguments().forEach(this::keep);
      default -> {
        // a constant
      }
    }
  }

  Block build(Terminal terminal) {
    return new Block(offset, List.copyOf(steps), terminal);
  }

  Optional<FlagSource> flagSource() {
    return flagSource;
  }

  void add(Op op) {
    ops.add(op);
  }

  void set(int register, Value value) {
    add(new Op.SetRegister(register, value));
  }

  void store(int size, Value address, Value value) {
    add(new Op.Store(size, address, value));
  }

  /** Puts a value into a temporary, unless it is one already or a constant. */
  Value temp(Value value) {
    if (value instanceof Value.Const || value instanceof Value.Temp) {
      return value;
    }
    final int id = tempsInUse.nextClearBit(0);
    tempsInUse.set(id);
    add(new Op.SetTemp(id, value));
    return new Value.Temp(id);
  }

  void setFlags(Op.FlagKind kind, Value result, Value auxiliary) {
    add(new Op.SetFlags(kind, result, auxiliary));
    flagSource = Optional.empty();
  }

  /** Sets all flags from their places in EFLAGS. */
  void setFlags(Value eflags) {
    setFlags(
        Op.FlagKind.ALL,
        Value.call(Function.RESULT_FOR, eflags),
        Value.call(Function.AUX_FOR, eflags));
  }

  /** Sets all flags, and remembers what they came from. */
  void setFlags(Value result, Value auxiliary, FlagSource source) {
    setFlags(Op.FlagKind.ALL, result, auxiliary);
    flagSource = Optional.of(source);
  }

  /** Sets the flags of a logical operation's result of {@code size} bytes. */
  void setLogicalFlags(Value result, int size) {
    final Value extended = Value.signExtend(result, size);
    setFlags(extended, Value.of(0), new FlagSource.Result(extended, true));
  }

  /** Sets the flags of {@code left - right = result}, of {@code size} bytes. */
  void setComparisonFlags(int size, Value left, Value right, Value result) {
    setFlags(
        Value.signExtend(result, size),
        Value.call(Function.auxSub(size), left, right, result),
        new FlagSource.Comparison(size, left, right));
  }

  /** Sets all flags but CF, and remembers what they came from. */
  void setFlagsButCarry(Value result, Value auxiliary) {
    setFlags(Op.FlagKind.ALL_BUT_CARRY, result, auxiliary);
    flagSource = Optional.of(new FlagSource.Result(result, false));
  }

  /** The flags may have changed in ways not known here. */
  void forgetFlags() {
    flagSource = Optional.empty();
  }

  /**
   * A condition as a value of 0 or 1: a comparison where the flags' source allows it, else the
   * flags themselves.
   */
  Value condition(int condition) {
    return flagSource
        .flatMap(source -> fused(source, condition))
        .orElseGet(() -> new Value.FlagCondition(condition));
  }

  /** CF as a value of 0 or 1. */
  Value carry() {
    return flagSource.flatMap(source -> fused(source, 2)).orElseGet(Value.Carry::new);
  }

  private static Optional<Value> fused(FlagSource source, int condition) {
    final boolean negated = (condition & 1) != 0;
    return (switch (source) {
          case FlagSource.Comparison c -> fusedComparison(c, condition >> 1);
          case FlagSource.Result r -> fusedResult(r, condition >> 1);
        })
        .map(v ->
            !negated
                ? v
                : v instanceof Value.Const(int truth)
                    ? Value.of(1 - truth)
                    : negate((Value.Comparison) v));
  }

  private static Value negate(Value.Comparison c) {
    return new Value.Comparison(c.relation().negated(), c.left(), c.right());
  }

  private static Optional<Value> fusedComparison(FlagSource.Comparison c, int pair) {
    final Value left = c.left();
    final Value right = c.right();
    final int size = c.size();
    return switch (pair) {
      case 1 -> Optional.of(new Value.Comparison(Value.Relation.BELOW, left, right));
      case 2 -> Optional.of(new Value.Comparison(Value.Relation.EQUAL, left, right));
      case 3 -> Optional.of(new Value.Comparison(Value.Relation.BELOW_OR_EQUAL, left, right));
      case 4 ->
          Optional.of(
              new Value.Comparison(
                  Value.Relation.LESS,
                  Value.signExtend(Value.sub(left, right), size),
                  Value.of(0)));
      case 6 ->
          Optional.of(
              new Value.Comparison(
                  Value.Relation.LESS,
                  Value.signExtend(left, size),
                  Value.signExtend(right, size)));
      case 7 ->
          Optional.of(
              new Value.Comparison(
                  Value.Relation.LESS_OR_EQUAL,
                  Value.signExtend(left, size),
                  Value.signExtend(right, size)));
      default -> Optional.empty(); // OF and PF are left to the flag words
    };
  }

  private static Optional<Value> fusedResult(FlagSource.Result r, int pair) {
    final Value zero = Value.of(0);
    return switch (pair) {
      case 2 -> Optional.of(new Value.Comparison(Value.Relation.EQUAL, r.value(), zero));
      case 4 -> Optional.of(new Value.Comparison(Value.Relation.LESS, r.value(), zero));
      case 0, 1 -> r.logical() ? Optional.of(Value.of(0)) : Optional.empty();
      case 3 ->
          r.logical()
              ? Optional.of(new Value.Comparison(Value.Relation.EQUAL, r.value(), zero))
              : Optional.empty();
      case 6 ->
          r.logical()
              ? Optional.of(new Value.Comparison(Value.Relation.LESS, r.value(), zero))
              : Optional.empty();
      case 7 ->
          r.logical()
              ? Optional.of(new Value.Comparison(Value.Relation.LESS_OR_EQUAL, r.value(), zero))
              : Optional.empty();
      default -> Optional.empty();
    };
  }
}
