package hourglass.translator.analysis;

import hourglass.translator.ir.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is known of values along a straight line of code: which of them differ by a constant.
 *
 * <p>Each value is an origin, a number for something unknown, plus a displacement. Two values with
 * the same origin differ by the difference of their displacements, modulo 2<sup>32</sup>.
 */
final class Places {
  /** The origin of constants. */
  private static final int ZERO = 0;

  private final Place[] registers;
  private final Map<Integer, Place> temps;

  /** The origins of what is worked out from known values: the same along all lines. */
  private final Map<Operation, Integer> results;

  /** The next origin. */
  private final AtomicInteger origins;

  /** A value: an unknown one plus a known one. */
  record Place(int origin, int displacement) {
    private Place plus(int more) {
      return new Place(origin, displacement + more);
    }

    private boolean isConstant() {
      return origin == ZERO;
    }
  }

  private record Operation(Value.Operator operator, Place left, Place right) {}

  /** At the beginning nothing is known. */
  Places() {
    registers = new Place[8];
    temps = new HashMap<>();
    results = new HashMap<>();
    origins = new AtomicInteger(ZERO + 1);
    Arrays.setAll(registers, r -> unknown());
  }

  private Places(Places before) {
    registers = before.registers.clone();
    temps = new HashMap<>(before.temps);
    results = before.results;
    origins = before.origins;
  }

  /** What is known at this point, to go on from along another line as well. */
  Places fork() {
    return new Places(this);
  }

  private Place unknown() {
    return new Place(origins.getAndIncrement(), 0);
  }

  /** A register is given a value. */
  void setRegister(int register, Value value) {
    registers[register] = of(value);
  }

  /** A temporary is given a value. */
  void setTemp(int id, Value value) {
    temps.put(id, of(value));
  }

  /** Some registers, a bit each, are given values that nothing is known of. */
  void forget(int mask) {
    for (int r = 0; r < registers.length; r++) {
      if ((mask >> r & 1) != 0) {
        registers[r] = unknown();
      }
    }
  }

  /** A value as it is at this point. */
  Place of(Value value) {
    return switch (value) {
      case Value.Const(int c) -> new Place(ZERO, c);
      case Value.Register(int index) -> registers[index];
      case Value.Temp(int id) -> temps.computeIfAbsent(id, i -> unknown());
      case Value.Binary(Value.Operator operator, Value left, Value right) ->
          result(operator, of(left), of(right));
      default -> unknown();
    };
  }

  private Place result(Value.Operator operator, Place left, Place right) {
    return switch (operator) {
      case ADD -> sum(left, right);
      case SUB ->
          right.isConstant() ? left.plus(-right.displacement) : interned(operator, left, right);
      case SHL -> right.isConstant() ? shifted(left, right) : interned(operator, left, right);
      default -> interned(operator, left, right);
    };
  }

  private Place sum(Place left, Place right) {
    if (left.isConstant()) {
      return right.plus(left.displacement);
    }
    if (right.isConstant()) {
      return left.plus(right.displacement);
    }
    final Place origins =
        interned(Value.Operator.ADD, new Place(left.origin, 0), new Place(right.origin, 0));
    return origins.plus(left.displacement + right.displacement);
  }

  /** Of a value shifted left, so that elements of an array are known to lie side by side. */
  private Place shifted(Place value, Place count) {
    final Place origin = interned(Value.Operator.SHL, new Place(value.origin, 0), count);
    return origin.plus(value.displacement << count.displacement);
  }

  private Place interned(Value.Operator operator, Place left, Place right) {
    final Operation operation = new Operation(operator, left, right);
    return new Place(results.computeIfAbsent(operation, o -> origins.getAndIncrement()), 0);
  }
}
