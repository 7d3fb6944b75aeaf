package hourglass.translator.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.BlockBuilder.FlagSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A condition that has become a comparison of operands holds exactly when its flags say so. */
class FusedConditionTest {
  private static final int CONDITIONS = 16;
  private static final int[] EDGES = {
    0, 1, 2, 0x7F, 0x80, 0x81, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, -2, -1
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void comparisonsHoldAsTheFlagsOfASubtractionDo(int size) {
    for (int a : EDGES) {
      for (int b : EDGES) {
        final int left = a & Value.mask(size);
        final int right = b & Value.mask(size);
        final int difference = left - right;
        final FlagSource source = new FlagSource.Comparison(size, Value.of(left), Value.of(right));
        check(
            source, extended(difference, size), auxSub(size, left, right, difference), left, right);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void resultsHoldAsTheFlagsOfALogicalOperationDo(int size) {
    for (int value : EDGES) {
      final int result = extended(value, size);
      check(new FlagSource.Result(Value.of(result), true), result, 0, value, value);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void resultsHoldAsTheFlagsOfAnAdditionDo(int size) {
    for (int a : EDGES) {
      for (int b : EDGES) {
        final int left = a & Value.mask(size);
        final int right = b & Value.mask(size);
        final int result = extended(left + right, size);
        final int aux =
            switch (size) {
              case 1 -> Flags.auxAdd8(left, right, result);
              case 2 -> Flags.auxAdd16(left, right, result);
              default -> Flags.auxAdd32(left, right, result);
            };
        check(new FlagSource.Result(Value.of(result), false), result, aux, left, right);
      }
    }
  }

  @Test
  void conditionsOfFlagsThatWereForgottenAreLeftToTheFlags() {
    final BlockBuilder block = builder(new FlagSource.Result(Value.of(0), true));
    block.forgetFlags();
    assertEquals(new Value.FlagCondition(4), block.condition(4));
  }

  private static void check(FlagSource source, int result, int aux, int left, int right) {
    final BlockBuilder block = builder(source);
    for (int condition = 0; condition < CONDITIONS; condition++) {
      final boolean expected = Flags.test(condition, result, aux);
      assertEquals(
          expected ? 1 : 0,
          evaluate(block.condition(condition), result, aux),
          "condition %d of %s with %x and %x".formatted(condition, source, left, right));
    }
    assertEquals(Flags.carry(aux) ? 1 : 0, evaluate(block.carry(), result, aux), "carry");
  }

  private static BlockBuilder builder(FlagSource source) {
    return new BlockBuilder(0, Optional.of(source));
  }

  private static int extended(int value, int size) {
    return size == 1 ? (byte) value : size == 2 ? (short) value : value;
  }

  private static int auxSub(int size, int left, int right, int result) {
    return switch (size) {
      case 1 -> Flags.auxSub8(left, right, result);
      case 2 -> Flags.auxSub16(left, right, result);
      default -> Flags.auxSub32(left, right, result);
    };
  }

  /** What generated code makes of a value that has no registers and no memory in it. */
  private static int evaluate(Value value, int result, int aux) {
    return switch (value) {
      case Value.Const(int constant) -> constant;
      case Value.FlagCondition(int condition) -> Flags.test(condition, result, aux) ? 1 : 0;
      case Value.Carry c -> Flags.carry(aux) ? 1 : 0;
      case Value.Binary(Value.Operator operator, Value left, Value right) -> {
        assertEquals(Value.Operator.SUB, operator);
        yield evaluate(left, result, aux) - evaluate(right, result, aux);
      }
      case Value.Call call -> {
        final int argument = evaluate(call.arguments().getFirst(), result, aux);
        yield switch (call.function()) {
          case SIGN_EXTEND_8 -> (byte) argument;
          case SIGN_EXTEND_16 -> (short) argument;
          default -> throw new AssertionError("no function of a condition: " + call);
        };
      }
      case Value.Comparison(Value.Relation relation, Value left, Value right) ->
          holds(relation, evaluate(left, result, aux), evaluate(right, result, aux)) ? 1 : 0;
      default -> throw new AssertionError("no part of a condition: " + value);
    };
  }

  private static boolean holds(Value.Relation relation, int a, int b) {
    return switch (relation) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case GREATER_OR_EQUAL -> a >= b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case BELOW -> Integer.compareUnsigned(a, b) < 0;
      case ABOVE_OR_EQUAL -> Integer.compareUnsigned(a, b) >= 0;
      case BELOW_OR_EQUAL -> Integer.compareUnsigned(a, b) <= 0;
      case ABOVE -> Integer.compareUnsigned(a, b) > 0;
    };
  }
}
