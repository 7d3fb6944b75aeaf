package hourglass.translator.emit;

/** Numbers of the locals of a region's {@code run} method. */
final class Locals {
  static final int THIS = 0;
  static final int STATE = 1;
  static final int BASE = 2;
  static final int ENTRY = 3;

  /** Eight locals, EAX to EDI. */
  static final int REGISTERS = 4;

  static final int FLAG_RESULT = 12;
  static final int FLAG_AUX = 13;
  static final int STEP = 14;
  static final int NEXT = 15;
  static final int SLOT = 16;

  /** Instructions left of the slice. */
  static final int BUDGET = 17;

  static final int TEMPS = 18;

  /** Names of the general registers. */
  static final String[] NAMES = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

  private Locals() {}
}
