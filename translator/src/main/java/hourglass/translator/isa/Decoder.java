package hourglass.translator.isa;

/** Decodes instructions from bytes. */
public final class Decoder {
  /** The longest an instruction may be, prefixes included (Intel SDM volume 2, section 2.3.11). */
  public static final int MAX_LENGTH = 15;

  private Decoder() {}

  /**
   * Decodes the instruction at the start of {@code code}.
   *
   * <p>Never fails: what is no instruction decodes to one of three pseudo-mnemonics. {@link Mnemonic#INVALID} is an encoding
   * that does not exist, LOCK where it is not allowed, or an instruction this processor does not have, and executes as #UD;
   * {@link Mnemonic#TOO_LONG} has more than 15 bytes and executes as #GP(0); {@link Mnemonic#INCOMPLETE} goes on beyond
   * {@code limit}.
   *
   * @param code the bytes
   * @param offset where the instruction begins
   * @param limit end (exclusive) of the bytes that can be read
   * @param code32 whether operands and addresses are 32 bits by default (CS.D)
   */
  public static Instruction decode(byte[] code, int offset, int limit, boolean code32) {
    throw new UnsupportedOperationException("the decoder is being written");
  }
}
