package hourglass.runtime.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Makes a failing program smaller and simpler for as long as it still fails. */
final class Minimizer {
  private static final byte NOP = (byte) 0x90;

  private final Predicate<FuzzProgram> fails;
  private FuzzProgram program;

  private Minimizer(FuzzProgram program, Predicate<FuzzProgram> fails) {
    this.program = program;
    this.fails = fails;
  }

  /** The smallest program found that {@code fails}; the given one must. */
  static FuzzProgram minimize(FuzzProgram program, Predicate<FuzzProgram> fails) {
    final Minimizer minimizer = new Minimizer(program, fails);
    while (minimizer.round()) {
      // once more
    }
    return minimizer.program;
  }

  /** Tries everything once; whether anything has helped. */
  private boolean round() {
    boolean better = false;
    for (int length = program.code().size() / 2; length > 0; length /= 2) {
      for (int at = program.code().size() - length; at >= 0; at -= length) {
        final int from = at;
        final int to = at + length;
        better |= attempt(p -> without(p, from, to)) || attempt(p -> withNops(p, from, to));
      }
    }
    for (int register = 0; register < 8; register++) {
      final int number = register;
      if (program.registers().get(number) != 0) {
        better |= attempt(p -> p.withRegister(number, 0));
      }
    }
    if (program.eflags() != 2) {
      better |= attempt(p -> p.withEflags(2));
    }
    if (program.dataSeed() != 0) {
      better |= attempt(FuzzProgram::withoutData);
    }
    if (program.sliceSeed() != 0) {
      better |= attempt(FuzzProgram::withoutSlices);
    }
    if (program.paging()) {
      better |= attempt(FuzzProgram::withoutPaging);
    }
    return better;
  }

  private boolean attempt(UnaryOperator<FuzzProgram> change) {
    final FuzzProgram changed = change.apply(program);
    if (changed == program || !fails.test(changed)) {
      return false;
    }
    program = changed;
    return true;
  }

  private static FuzzProgram without(FuzzProgram program, int from, int to) {
    final List<byte[]> code = new ArrayList<>(program.code());
    if (to > code.size()) {
      return program;
    }
    code.subList(from, to).clear();
    return program.withCode(code);
  }

  /** Replaces pieces by NOPs, so that the others stay where they are. */
  private static FuzzProgram withNops(FuzzProgram program, int from, int to) {
    final List<byte[]> code = new ArrayList<>(program.code());
    boolean changes = false;
    for (int i = from; i < Math.min(to, code.size()); i++) {
      final byte[] nops = new byte[code.get(i).length];
      Arrays.fill(nops, NOP);
      changes |= !Arrays.equals(code.get(i), nops);
      code.set(i, nops);
    }
    return changes ? program.withCode(code) : program;
  }
}
