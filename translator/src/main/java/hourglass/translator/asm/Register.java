package hourglass.translator.asm;

import java.util.Locale;

/** A register as an operand. */
public enum Register implements Operand {
  AL(Kind.GENERAL, 8, 0),
  CL(Kind.GENERAL, 8, 1),
  DL(Kind.GENERAL, 8, 2),
  BL(Kind.GENERAL, 8, 3),
  AH(Kind.GENERAL, 8, 4),
  CH(Kind.GENERAL, 8, 5),
  DH(Kind.GENERAL, 8, 6),
  BH(Kind.GENERAL, 8, 7),
  AX(Kind.GENERAL, 16, 0),
  CX(Kind.GENERAL, 16, 1),
  DX(Kind.GENERAL, 16, 2),
  BX(Kind.GENERAL, 16, 3),
  SP(Kind.GENERAL, 16, 4),
  BP(Kind.GENERAL, 16, 5),
  SI(Kind.GENERAL, 16, 6),
  DI(Kind.GENERAL, 16, 7),
  EAX(Kind.GENERAL, 32, 0),
  ECX(Kind.GENERAL, 32, 1),
  EDX(Kind.GENERAL, 32, 2),
  EBX(Kind.GENERAL, 32, 3),
  ESP(Kind.GENERAL, 32, 4),
  EBP(Kind.GENERAL, 32, 5),
  ESI(Kind.GENERAL, 32, 6),
  EDI(Kind.GENERAL, 32, 7),
  ES(Kind.SEGMENT, 16, 0),
  CS(Kind.SEGMENT, 16, 1),
  SS(Kind.SEGMENT, 16, 2),
  DS(Kind.SEGMENT, 16, 3),
  FS(Kind.SEGMENT, 16, 4),
  GS(Kind.SEGMENT, 16, 5),
  CR0(Kind.CONTROL, 32, 0),
  CR1(Kind.CONTROL, 32, 1),
  CR2(Kind.CONTROL, 32, 2),
  CR3(Kind.CONTROL, 32, 3),
  CR4(Kind.CONTROL, 32, 4),
  CR5(Kind.CONTROL, 32, 5),
  CR6(Kind.CONTROL, 32, 6),
  CR7(Kind.CONTROL, 32, 7),
  DR0(Kind.DEBUG, 32, 0),
  DR1(Kind.DEBUG, 32, 1),
  DR2(Kind.DEBUG, 32, 2),
  DR3(Kind.DEBUG, 32, 3),
  DR4(Kind.DEBUG, 32, 4),
  DR5(Kind.DEBUG, 32, 5),
  DR6(Kind.DEBUG, 32, 6),
  DR7(Kind.DEBUG, 32, 7),
  ST0(Kind.X87, 80, 0),
  ST1(Kind.X87, 80, 1),
  ST2(Kind.X87, 80, 2),
  ST3(Kind.X87, 80, 3),
  ST4(Kind.X87, 80, 4),
  ST5(Kind.X87, 80, 5),
  ST6(Kind.X87, 80, 6),
  ST7(Kind.X87, 80, 7),
  MM0(Kind.MMX, 64, 0),
  MM1(Kind.MMX, 64, 1),
  MM2(Kind.MMX, 64, 2),
  MM3(Kind.MMX, 64, 3),
  MM4(Kind.MMX, 64, 4),
  MM5(Kind.MMX, 64, 5),
  MM6(Kind.MMX, 64, 6),
  MM7(Kind.MMX, 64, 7),
  XMM0(Kind.XMM, 128, 0),
  XMM1(Kind.XMM, 128, 1),
  XMM2(Kind.XMM, 128, 2),
  XMM3(Kind.XMM, 128, 3),
  XMM4(Kind.XMM, 128, 4),
  XMM5(Kind.XMM, 128, 5),
  XMM6(Kind.XMM, 128, 6),
  XMM7(Kind.XMM, 128, 7);

  /** What an instruction's encoding depends on. */
  public enum Kind {
    GENERAL,
    SEGMENT,
    CONTROL,
    DEBUG,
    X87,
    MMX,
    XMM
  }

  final Kind kind;

  /** Width in bits. */
  final int size;

  /** The register's number in an encoding. */
  final int number;

  Register(Kind kind, int size, int number) {
    this.kind = kind;
    this.size = size;
    this.number = number;
  }

  public Kind kind() {
    return kind;
  }

  /** The width in bits. */
  public int size() {
    return size;
  }

  /**
   * The number in an encoding, 0-7; as in CpuState for 32-bit general and for segment registers.
   */
  public int number() {
    return number;
  }

  boolean isGeneral() {
    return kind == Kind.GENERAL;
  }

  /** AL, AX or EAX. */
  boolean isAccumulator() {
    return isGeneral() && number == 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
