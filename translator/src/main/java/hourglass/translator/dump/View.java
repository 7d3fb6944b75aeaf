package hourglass.translator.dump;

/** A way of looking at a region. */
public enum View {
  /** The guest's instructions. */
  ASM,
  /** What each of them does, in the translator's intermediate representation. */
  IR,
  /** The generated class's {@code run} method. */
  BYTECODE
}
