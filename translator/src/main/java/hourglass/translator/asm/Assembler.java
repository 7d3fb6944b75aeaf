package hourglass.translator.asm;

/**
 * Assembles i386 code written as a chain of calls: a method an instruction, operands in Intel
 * order.
 *
 * <p>Registers are the constants of {@link Register}; memory is built with {@link Memory#mem}; a
 * label is a string, and may be used before it is defined. The methods take the shortest encoding,
 * except that branches to labels that come later are near ones. What has no method goes through
 * {@link #db}.
 *
 * <p>Not checked: whether the processor accepts the instruction. Operands that have no encoding
 * give an {@link IllegalArgumentException}, a label that is missing or defined twice an {@link
 * IllegalStateException}.
 */
public final class Assembler extends SimdInstructions {
  /**
   * Begins at an address, with 32-bit code.
   *
   * @param origin the offset in the code segment at which the code will lie; labels count from it
   */
  public Assembler(int origin) {
    super(origin);
  }

  @Override
  Assembler self() {
    return this;
  }
}
