package hourglass.translator.asm;

/**
 * A condition of Jcc, SETcc and CMOVcc, in the order of its encoding (Intel SDM volume 1, appendix
 * B).
 */
public enum Condition {
  O,
  NO,
  B,
  AE,
  E,
  NE,
  BE,
  A,
  S,
  NS,
  P,
  NP,
  L,
  GE,
  LE,
  G;

  String suffix() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
