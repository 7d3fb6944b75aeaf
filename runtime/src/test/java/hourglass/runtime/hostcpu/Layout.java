package hourglass.runtime.hostcpu;

/**
 * Where things lie, in the native program as in the guest: two pages of data between pages that are
 * not mapped, and a page of code, all of it breakpoints but for the instruction in its middle.
 */
final class Layout {
  static final int DATA = 0x2_0000;
  static final int DATA_BYTES = 0x2000;
  static final int DATA_END = DATA + DATA_BYTES;
  static final int CODE_PAGE = 0x3_0000;
  static final int CODE = 0x3_0800;

  /** Memory that is filled before an instruction and compared after it, around a page's end. */
  static final int FIRST_WINDOW = 0x2_0F00;

  static final int FIRST_BYTES = 0x200;

  /** The same, up to the end of what is mapped. */
  static final int SECOND_WINDOW = 0x2_1F00;

  static final int SECOND_BYTES = 0x100;
  static final int MEMORY_BYTES = FIRST_BYTES + SECOND_BYTES;

  /** The longest instruction, and one more. */
  static final int CODE_BYTES = 16;

  private Layout() {}

  /** The index of a linear address in what the windows hold together, or -1. */
  static int indexOf(int linear) {
    if (linear >= FIRST_WINDOW && linear < FIRST_WINDOW + FIRST_BYTES) {
      return linear - FIRST_WINDOW;
    }
    return linear >= SECOND_WINDOW && linear < DATA_END ? linear - SECOND_WINDOW + FIRST_BYTES : -1;
  }
}
