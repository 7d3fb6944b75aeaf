package hourglass.translator.analysis;

import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A single page of guest code.
 *
 * @param bytes the page's 4,096 bytes
 * @param modeKey the mode key it runs under
 * @param reached which offsets are worth following a branch to
 */
public record CodeSnapshot(byte[] bytes, int modeKey, IntPredicate reached) implements CodeSource {
  @Override
  public Optional<Page> page(int number) {
    return number == 0 ? Optional.of(new Page(0, bytes)) : Optional.empty();
  }

  @Override
  public boolean isReached(int offset) {
    return offset >= 0 && offset < bytes.length && reached.test(offset);
  }
}
