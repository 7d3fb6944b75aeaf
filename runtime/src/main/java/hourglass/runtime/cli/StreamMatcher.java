package hourglass.runtime.cli;

/**
 * Looks for a text in a stream of bytes as they come, with Knuth, Morris and Pratt's failure
 * function.
 */
final class StreamMatcher {
  private final byte[] text;

  /**
   * For each prefix of the text, by length: the length of its longest proper suffix that is a
   * prefix of the text too.
   */
  private final int[] fallback;

  private int matched;

  /**
   * A matcher that has seen nothing yet.
   *
   * @param text what to look for; not empty
   */
  StreamMatcher(byte[] text) {
    if (text.length == 0) {
      throw new IllegalArgumentException("an empty text is found nowhere");
    }
    this.text = text.clone();
    fallback = new int[text.length + 1];
    for (int length = 2; length <= text.length; length++) {
      fallback[length] = extend(fallback[length - 1], text[length - 1]);
    }
  }

  /** Takes the next byte; true where the text ends with it. */
  boolean accept(byte b) {
    matched = extend(matched == text.length ? fallback[matched] : matched, b);
    return matched == text.length;
  }

  /**
   * How much of the text a stream ends with, after {@code b}, when it ended with {@code length}
   * bytes of it before.
   */
  private int extend(int length, byte b) {
    int prefix = length;
    while (prefix > 0 && text[prefix] != b) {
      prefix = fallback[prefix];
    }
    return text[prefix] == b ? prefix + 1 : 0;
  }
}
