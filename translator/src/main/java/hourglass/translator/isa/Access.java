package hourglass.translator.isa;

/** What an instruction does with an operand; the instruction table has it as a mark before it. */
public enum Access {
  /** Reads it. */
  READ(""),
  /** Writes all of it, always: what was there before makes no difference. */
  WRITE("="),
  /**
   * Reads and writes it, or writes a part of it, or only sometimes: what was there before makes a
   * difference.
   */
  UPDATE("+"),
  /**
   * Neither: only where it is counts, as for LEA. The registers of an address are read, the segment
   * is not.
   */
  ADDRESS("&");

  private final String mark;

  Access(String mark) {
    this.mark = mark;
  }

  /** The access that a word of the table is marked with. */
  static Access of(String word) {
    for (final Access access : values()) {
      if (access != READ && word.startsWith(access.mark)) {
        return access;
      }
    }
    return READ;
  }

  /** A word of the table without its mark. */
  String unmarked(String word) {
    return word.substring(mark.length());
  }

  boolean reads() {
    return this == READ || this == UPDATE;
  }

  boolean writes() {
    return this == WRITE || this == UPDATE;
  }
}
