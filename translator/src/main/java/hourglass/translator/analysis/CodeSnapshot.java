package hourglass.translator.analysis;

import java.util.function.IntPredicate;

/**
 * A copy of a page of guest code, taken so that it can be translated while the guest goes on.
 *
 * @param bytes the page's 4,096 bytes
 * @param modeKey the mode key it runs under
 * @param reached which offsets are worth following a branch to: those that the guest has executed
 */
public record CodeSnapshot(byte[] bytes, int modeKey, IntPredicate reached) {}
