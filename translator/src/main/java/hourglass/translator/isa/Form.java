package hourglass.translator.isa;

import java.util.List;
import java.util.Set;

/**
 * A row of the instruction table: one encoding of an instruction, and what is known about it
 * without decoding its operands.
 *
 * @param mnemonic the instruction's name
 * @param encoding the opcode in the manual's notation, such as {@code 0F B6 /r}, {@code 80 /0 ib},
 *     {@code 50+r}
 * @param operands in Intel order, destination first; at most three
 * @param uses what it does with its operands, in their order, and after them with what it uses
 *     without naming it
 * @param flagsRead arithmetic flags and DF that the result depends on, as a mask of EFLAGS bits
 * @param flagsWritten arithmetic flags that get a defined value
 * @param flagsUndefined arithmetic flags that the manual leaves undefined
 * @param ending how the instruction ends a block
 * @param traits what else there is to know
 * @param feature what a processor must have to have it
 */
public record Form(
    Mnemonic mnemonic,
    String encoding,
    List<OperandKind> operands,
    List<Use> uses,
    int flagsRead,
    int flagsWritten,
    int flagsUndefined,
    Ending ending,
    Set<Trait> traits,
    Feature feature) {

  /** What an instruction does with something, an operand or not. */
  public record Use(OperandKind kind, Access access) {}

  /** How an instruction ends a block. */
  public enum Ending {
    /** It does not: execution goes on with the next instruction. */
    NONE,
    /** A direct jump. */
    JUMP,
    /** A direct jump or the next instruction: Jcc, LOOP, JCXZ. */
    CONDITIONAL,
    /** A direct near call. */
    CALL,
    /** An indirect near jump. */
    INDIRECT_JUMP,
    /** An indirect near call. */
    INDIRECT_CALL,
    /** A near return. */
    RETURN,
    /** A change of code segment or privilege: far transfers, INT, IRET, SYSENTER. */
    FAR,
    /**
     * The next instruction may run in another mode, or interrupts may have become possible: MOV to
     * CR, STI, POPF, HLT.
     */
    SERIALIZE
  }

  /** What else there is to know about a form. */
  public enum Trait {
    /** LOCK is allowed with a memory destination. */
    LOCKABLE,
    /** REP repeats it. */
    REP,
    /** REPE and REPNE repeat it while a comparison holds. */
    REP_WHILE,
    /** #GP(0) unless CPL is 0. */
    PRIVILEGED,
    /** #UD in real and virtual-8086 mode. */
    PROTECTED_ONLY,
    /** x87: #NM when CR0.EM or CR0.TS is set. */
    X87,
    /** MMX, SSE and what came with them: commits nothing when it faults. */
    SIMD,
    /** Touches a port or depends on IOPL. */
    IO
  }

  public boolean has(Trait trait) {
    return traits.contains(trait);
  }
}
