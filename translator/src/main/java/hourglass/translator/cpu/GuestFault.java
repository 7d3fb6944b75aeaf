package hourglass.translator.cpu;

import java.util.List;

/**
 * A guest exception on its way to delivery (Intel SDM volume 3, chapter 6).
 *
 * <p>One instance belongs to each {@link CpuState} and is reused, without a stack trace, so that a
 * page fault costs no allocation. Whoever catches it delivers it before anything else can fault.
 */
public final class GuestFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public static final int DIVIDE_ERROR = 0;
  public static final int DEBUG = 1;
  public static final int NMI = 2;
  public static final int BREAKPOINT = 3;
  public static final int OVERFLOW = 4;
  public static final int BOUND = 5;
  public static final int INVALID_OPCODE = 6;
  public static final int NO_FPU = 7;
  public static final int DOUBLE_FAULT = 8;
  public static final int INVALID_TSS = 10;
  public static final int NOT_PRESENT = 11;
  public static final int STACK_FAULT = 12;
  public static final int GENERAL_PROTECTION = 13;
  public static final int PAGE_FAULT = 14;
  public static final int FPU_ERROR = 16;
  public static final int ALIGNMENT_CHECK = 17;
  public static final int MACHINE_CHECK = 18;
  public static final int SIMD_ERROR = 19;

  /**
   * No exception: an access of translated code needs the slow path, or was about to store into code
   * that is kept decoded or translated; the instruction has done nothing and is to be done by the
   * interpreter.
   */
  public static final int REEXECUTE = -1;

  /**
   * No exception: the processor waits before the instruction for an interrupt, as with HLT, and
   * comes back to it (Intel SDM volume 1, section 8.7.2).
   */
  public static final int FROZEN = -2;

  private static final List<String> NAMES =
      List.of(
          "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS",
          "#GP", "#PF", "15", "#MF", "#AC", "#MC", "#XM");

  private int vector;
  private boolean hasErrorCode;
  private int errorCode;

  GuestFault() {
    super(null, null, false, false);
  }

  /** Sets this fault to a vector without an error code and returns it, ready to be thrown. */
  public GuestFault of(int vector) {
    this.vector = vector;
    hasErrorCode = false;
    errorCode = 0;
    return this;
  }

  /** Sets this fault to a vector with an error code and returns it, ready to be thrown. */
  public GuestFault of(int vector, int errorCode) {
    this.vector = vector;
    hasErrorCode = true;
    this.errorCode = errorCode;
    return this;
  }

  /** What the manual calls an exception: #UD, say; the number where it has no name. */
  public static String name(int vector) {
    return vector < NAMES.size() ? NAMES.get(vector) : String.valueOf(vector);
  }

  /** The exception vector, 0-31. */
  public int vector() {
    return vector;
  }

  public boolean hasErrorCode() {
    return hasErrorCode;
  }

  /** The error code to push, 0 where there is none. */
  public int errorCode() {
    return errorCode;
  }

  @Override
  public String getMessage() {
    return "guest exception "
        + vector
        + (hasErrorCode ? " error code 0x" + Integer.toHexString(errorCode) : "");
  }
}
