package hourglass.translator.emit;

/** Numbers of the locals of a region's {@code run} method. */
final class Locals {
  static final int THIS = 0;
  static final int STATE = 1;
  static final int MEMORY = 2;
  static final int RUNTIME = 3;
  static final int ENTRY = 4;

  /** Eight locals, EAX to EDI. */
  static final int REGISTERS = 5;

  static final int FLAG_RESULT = 13;
  static final int FLAG_AUX = 14;
  static final int BASE = 15;
  static final int STEP = 16;
  static final int NEXT = 17;
  static final int SLOT = 18;

  /** Instructions left of the slice. */
  static final int BUDGET = 19;

  static final int TEMPS = 20;

  /** Names of the general registers. */
  static final String[] NAMES = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

  private Locals() {}
}
