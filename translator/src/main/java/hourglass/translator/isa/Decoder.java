package hourglass.translator.isa;

/** Decodes instructions from bytes (Intel SDM volume 2, chapter 2). */
public final class Decoder {
  /** The longest an instruction may be, prefixes included (Intel SDM volume 2, section 2.3.11). */
  public static final int MAX_LENGTH = 15;

  private static final int SS = 2;
  private static final int DS = 3;

  private static final int NONE = Instruction.NONE;
  private static final int BX = 3;
  private static final int BP = 5;
  private static final int SI = 6;
  private static final int DI = 7;

  /** Base and index of 16-bit addresses, by ModR/M r/m. */
  private static final int[] BASE_16 = {BX, BX, BP, BP, SI, DI, BP, BX};

  private static final int[] INDEX_16 = {SI, DI, SI, DI, NONE, NONE, NONE, NONE};

  /** Whether all bytes read so far were there to be read. */
  private enum End {
    WITHIN,
    TOO_LONG,
    INCOMPLETE
  }

  private final byte[] code;
  private final CpuModel model;
  private final int start;
  private final int limit;

  /** Where the next byte is read. */
  private int at;

  private End end = End.WITHIN;

  private int operandSize;
  private int addressSize;

  // the address
  private boolean memory;
  private int segment = DS;
  private int base = NONE;
  private int index = NONE;
  private int scale;
  private int displacement;

  private Decoder(byte[] code, int offset, int limit, boolean code32, CpuModel model) {
    this.code = code;
    this.model = model;
    this.start = offset;
    this.limit = limit;
    this.at = offset;
    this.operandSize = code32 ? 32 : 16;
    this.addressSize = code32 ? 32 : 16;
  }

  /**
   * Decodes the instruction at the start of {@code code}.
   *
   * <p>Never fails: what is no instruction decodes to one of three pseudo-mnemonics. {@link
   * Mnemonic#INVALID} is an encoding that does not exist, LOCK where it is not allowed, or an
   * instruction this processor does not have, and executes as #UD; {@link Mnemonic#TOO_LONG} has
   * more than 15 bytes and executes as #GP(0); {@link Mnemonic#INCOMPLETE} goes on beyond {@code
   * limit}.
   *
   * @param code the bytes
   * @param offset where the instruction begins
   * @param limit end (exclusive) of the bytes that can be read
   * @param code32 whether operands and addresses are 32 bits by default (CS.D)
   */
  public static Instruction decode(byte[] code, int offset, int limit, boolean code32) {
    return decode(code, offset, limit, code32, CpuModel.MAX);
  }

  /**
   * As {@link #decode(byte[], int, int, boolean)}, for a model that may lack instructions: they
   * decode to {@link Mnemonic#INVALID}.
   */
  public static Instruction decode(
      byte[] code, int offset, int limit, boolean code32, CpuModel model) {
    return new Decoder(code, offset, limit, code32, model).decode(code32);
  }

  private Instruction decode(boolean code32) {
    final int otherSize = code32 ? 16 : 32;
    boolean lock = false;
    int repeat = Instruction.NO_REPEAT;
    int override = NONE;
    long prefixes = 0;
    int opcode = 0;
    for (boolean more = true; more; ) {
      opcode = nextByte();
      int prefix = 0;
      switch (opcode) {
        case 0x26, 0x2E, 0x36, 0x3E -> {
          override = opcode >> 3 & 3;
          prefix = Prefixes.ES + override;
        }
        case 0x64, 0x65 -> {
          override = opcode - 0x60;
          prefix = Prefixes.ES + override;
        }
        case 0x66 -> {
          operandSize = otherSize;
          prefix = Prefixes.OPERAND_SIZE;
        }
        case 0x67 -> {
          addressSize = otherSize;
          prefix = Prefixes.ADDRESS_SIZE;
        }
        case 0xF0 -> {
          lock = true;
          prefix = Prefixes.LOCK;
        }
        case 0xF2 -> {
          repeat = Instruction.REPEAT_NOT_EQUAL;
          prefix = Prefixes.REPNE;
        }
        case 0xF3 -> {
          repeat = Instruction.REPEAT;
          prefix = Prefixes.REP;
        }
        default -> more = false;
      }
      if (more) {
        prefixes = Prefixes.append(prefixes, prefix);
      }
    }
    if (opcode == 0x0F) {
      opcode = Encoding.MAP_0F + nextByte();
      if (opcode == Encoding.MAP_0F + 0x38) {
        opcode = Encoding.MAP_0F38 + nextByte();
      } else if (opcode == Encoding.MAP_0F + 0x3A) {
        opcode = Encoding.MAP_0F3A + nextByte();
      }
    }
    final int mandatory =
        repeat != Instruction.NO_REPEAT ? 1 + repeat : operandSize == otherSize ? 1 : 0;
    final Encoding[] cells = InstructionTable.lookup(mandatory, opcode);
    if (cells == null || end != End.WITHIN) {
      return pseudo(InstructionTable.INVALID);
    }
    Encoding encoding = cells[0];
    int modrm = NONE;
    int sib = NONE;
    int reg = NONE;
    int rm = NONE;
    if (cells.length > 1) {
      modrm = nextByte();
      encoding = cells[modrm];
      if (encoding == null || end != End.WITHIN) {
        return pseudo(InstructionTable.INVALID);
      }
      if (encoding.regFromModrm) {
        reg = modrm >> 3 & 7;
      }
      if (modrm >= 0xC0 || encoding.rmAlwaysRegister) {
        rm = modrm & 7;
      } else if (addressSize == 32) {
        sib = address32(modrm);
      } else {
        address16(modrm);
      }
    } else if (encoding.memoryOffset) {
      memory = true;
      displacement = nextOf(addressSize);
    }
    if (encoding.regFromOpcode) {
      reg = opcode & 7;
    }
    final int immediate = immediate(encoding.immediate);
    final int immediate2 =
        encoding.immediate == OperandKind.PTR_FAR
            ? nextWord()
            : encoding.immediate2 != null ? nextByte() : 0;
    if (end != End.WITHIN
        || lock && !(encoding.lockable && memory)
        || !model.has(encoding.form.feature())) {
      return pseudo(InstructionTable.INVALID);
    }
    final boolean segmentMatters = memory || encoding.segmentMatters;
    return new Instruction(
        encoding.form,
        at - start,
        operandSize,
        addressSize,
        reg,
        rm,
        memory,
        !segmentMatters ? 0 : override != NONE ? override : segment,
        base,
        index,
        scale,
        displacement,
        immediate,
        immediate2,
        encoding.conditional ? opcode & 15 : 0,
        lock,
        encoding.repeatable ? repeat : Instruction.NO_REPEAT,
        prefixes,
        modrm,
        sib);
  }

  /**
   * What is no instruction, for the reason given unless the bytes ended before it could be told.
   */
  private Instruction pseudo(Form reason) {
    final Form form =
        switch (end) {
          case WITHIN -> reason;
          case TOO_LONG -> InstructionTable.TOO_LONG;
          case INCOMPLETE -> InstructionTable.INCOMPLETE;
        };
    return new Instruction(
        form,
        at - start,
        operandSize,
        addressSize,
        NONE,
        NONE,
        false,
        0,
        NONE,
        NONE,
        0,
        0,
        0,
        0,
        0,
        false,
        Instruction.NO_REPEAT,
        0,
        NONE,
        NONE);
  }

  /**
   * Reads the rest of an address that ModR/M begins. Returns the SIB byte, or NONE where there is
   * none.
   */
  private int address32(int modrm) {
    memory = true;
    final int mod = modrm >> 6;
    int sib = NONE;
    base = modrm & 7;
    if (base == 4) {
      sib = nextByte();
      base = sib & 7;
      if ((sib >> 3 & 7) != 4) {
        index = sib >> 3 & 7;
        scale = sib >> 6;
      }
    }
    if (mod == 0 && base == BP) {
      base = NONE;
      displacement = nextOf(32);
    } else if (mod == 1) {
      displacement = (byte) nextByte();
    } else if (mod == 2) {
      displacement = nextOf(32);
    }
    segment = base == 4 || base == BP ? SS : DS;
    return sib;
  }

  private void address16(int modrm) {
    memory = true;
    final int mod = modrm >> 6;
    base = BASE_16[modrm & 7];
    index = INDEX_16[modrm & 7];
    if (mod == 0 && (modrm & 7) == 6) {
      base = NONE;
      displacement = (short) nextWord();
    } else if (mod == 1) {
      displacement = (byte) nextByte();
    } else if (mod == 2) {
      displacement = (short) nextWord();
    }
    segment = base == BP ? SS : DS;
  }

  private int immediate(OperandKind kind) {
    if (kind == null) {
      return 0;
    }
    return switch (kind) {
      case IMM8 -> nextByte();
      case IMM8_SX, REL8 -> (byte) nextByte();
      case IMM16 -> nextWord();
      case RELV -> operandSize == 16 ? (short) nextWord() : nextOf(32);
      default -> nextOf(operandSize);
    };
  }

  /** Reads 16 bits, zero-extended, or 32 bits. */
  private int nextOf(int bits) {
    final int low = nextWord();
    return bits == 16 ? low : low | nextWord() << 16;
  }

  private int nextWord() {
    final int low = nextByte();
    return low | nextByte() << 8;
  }

  /**
   * The next byte, unsigned. At an end it is 0x90, which is no prefix, and {@link #end} says so.
   */
  private int nextByte() {
    if (end == End.WITHIN) {
      if (at - start >= MAX_LENGTH) {
        end = End.TOO_LONG;
      } else if (at >= limit) {
        end = End.INCOMPLETE;
      } else {
        return code[at++] & 0xFF;
      }
    }
    return 0x90;
  }
}
