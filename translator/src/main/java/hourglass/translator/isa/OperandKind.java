package hourglass.translator.isa;

/**
 * Where an operand comes from and how wide it is. A kind that ends in V has the instruction's
 * operand size, 16 or 32 bits.
 */
public enum OperandKind {
  /** ModR/M r/m: a register or memory. */
  RM8,
  RM16,
  RM32,
  RMV,
  /**
   * ModR/M r/m: a register of the operand size, or 16 bits of memory (MOV r/m, Sreg; SLDT, STR,
   * SMSW).
   */
  RV_M16,
  /** ModR/M reg. */
  R8,
  R16,
  R32,
  RV,
  /** ModR/M r/m that must be a register (MOV to and from control and debug registers). */
  R32_RM,
  /** Register in the opcode's low three bits. */
  Z8,
  ZV,
  /**
   * Memory only; the number is the width in bits, none where only the address counts or the size is
   * the instruction's own.
   */
  M,
  M8,
  M16,
  M32,
  M64,
  M80,
  M128,
  /** A far pointer in memory: 16:16 or 16:32. */
  M_FAR,
  /** Two operand-sized bounds in memory. */
  M_BOUND,
  /** Limit and base of a descriptor table in memory. */
  M_TABLE,
  /**
   * x87 memory operands whose format tells more than the width: m32fp, m64fp, m80fp, integers of
   * 16, 32, 64 bits, BCD.
   */
  M32FP,
  M64FP,
  M80FP,
  M16INT,
  M32INT,
  M64INT,
  M80BCD,
  /** Fixed registers. */
  AL,
  AX,
  AXV,
  CL,
  DX,
  /** The constant 1 of the D0 and D1 shifts. */
  ONE,
  /** The constant 3 of INT3. */
  THREE,
  /** Immediates: a byte, a byte sign-extended to the operand size, a word, the operand size. */
  IMM8,
  IMM8_SX,
  IMM16,
  IMMV,
  /** Second immediate byte of ENTER. */
  IMM8_SECOND,
  /** Branch displacements relative to the next instruction, already sign-extended. */
  REL8,
  RELV,
  /**
   * A far pointer in the instruction: offset in the immediate, selector in the second immediate.
   */
  PTR_FAR,
  /** Memory at an address in the instruction. */
  MOFFS8,
  MOFFSV,
  /** ModR/M reg as a segment, control or debug register. */
  SREG,
  CR,
  DR,
  /** Segment registers named by the opcode. */
  ES,
  CS,
  SS,
  DS,
  FS,
  GS,
  /** String operands: the source at seg:eSI and the destination at ES:eDI. */
  SRC8,
  SRCV,
  DST8,
  DSTV,
  /** x87 stack: the top, and ModR/M r/m counted from the top. */
  ST0,
  STI,
  /** ModR/M reg as an MMX or XMM register. */
  MM,
  XMM,
  /** ModR/M r/m that must be an MMX or XMM register. */
  MM_RM,
  XMM_RM,
  /**
   * ModR/M r/m: an MMX or XMM register, or memory; the number is the width in bits of what is used
   * of either.
   */
  MMM32,
  MMM64,
  XMMM16,
  XMMM32,
  XMMM64,
  XMMM128,
  /** XMM0, implied. */
  XMM0,
  /** ModR/M r/m: a general register of 32 bits, or memory of 8 or 16 (PINSRB, PEXTRW). */
  R32_M8,
  R32_M16,

  // What instructions use without naming it, besides the fixed registers above; never operands.

  /** Registers of a fixed width. */
  AH,
  EAX,
  ECX,
  EDX,
  EBX,
  ESP,
  EBP,
  /** Of the operand size: DX or EDX, BP or EBP. */
  DXV,
  BPV,
  /** The lower half of AXV: AL or AX. */
  AXV_LOW,
  /** All general registers but the stack pointer, of the operand size. */
  GENERALV,
  /** Of the address size: CX or ECX, BX or EBX, DI or EDI. */
  CXA,
  BXA,
  DIA,
  /**
   * The stack: ESP is read and written, SS read. ESP counts whole, since an instruction does not
   * tell whether the stack has 16 bits.
   */
  STACK,
  /** The segment that is DS unless a prefix says otherwise. */
  SEGMENT,
  /** x87 registers counted from the top; ST7 is what a push fills. */
  ST1,
  ST7,
  /** All registers of a kind. */
  ST_ALL,
  MM_ALL,
  XMM_ALL
}
