package hourglass.runtime.interrupt;

import hourglass.translator.cpu.Segment;

/**
 * What the two doublewords of a descriptor say (Intel SDM volume 3, sections 3.4.5, 3.5 and 5.8.3).
 * Descriptors are not objects: segment loads are frequent, and two ints in locals cost nothing.
 */
public final class Descriptor {
  /** System descriptor types: the four type bits, with S clear. */
  public static final int TSS16_AVAILABLE = 1;

  public static final int LDT = 2;
  public static final int TSS16_BUSY = 3;
  public static final int CALL_GATE16 = 4;
  public static final int TASK_GATE = 5;
  public static final int INTERRUPT_GATE16 = 6;
  public static final int TRAP_GATE16 = 7;
  public static final int TSS32_AVAILABLE = 9;
  public static final int TSS32_BUSY = 11;
  public static final int CALL_GATE32 = 12;
  public static final int INTERRUPT_GATE32 = 14;
  public static final int TRAP_GATE32 = 15;

  /** The accessed bit of a code or data descriptor, in its second doubleword. */
  static final int ACCESSED = 1 << 8;

  /** The busy bit of a TSS descriptor, in its second doubleword. */
  static final int BUSY = 1 << 9;

  private static final int READ_WRITE = 1 << 9;
  private static final int CONFORMING = 1 << 10;
  private static final int CODE = 1 << 11;
  private static final int NOT_SYSTEM = 1 << 12;
  private static final int PRESENT = 1 << 15;
  private static final int GRANULAR = 1 << 23;

  /** The bits of {@link Segment#attributes}: the limit's upper bits lie between them. */
  private static final int ATTRIBUTES = 0xF0FF;

  private Descriptor() {}

  /** The base of a segment. */
  public static int base(int low, int high) {
    return low >>> 16 | (high & 0xFF) << 16 | high & 0xFF00_0000;
  }

  /** The limit of a segment in bytes, granularity applied. */
  public static int limit(int low, int high) {
    final int limit = low & 0xFFFF | high & 0xF_0000;
    return (high & GRANULAR) != 0 ? limit << 12 | 0xFFF : limit;
  }

  /** The attributes as {@link Segment} keeps them. */
  public static int attributes(int high) {
    return high >>> 8 & ATTRIBUTES;
  }

  /** The descriptor privilege level, 0-3. */
  public static int dpl(int high) {
    return high >>> 13 & 3;
  }

  public static boolean isPresent(int high) {
    return (high & PRESENT) != 0;
  }

  /** Whether this is a code or data segment rather than a system descriptor. */
  public static boolean isSegment(int high) {
    return (high & NOT_SYSTEM) != 0;
  }

  public static boolean isCode(int high) {
    return (high & (NOT_SYSTEM | CODE)) == (NOT_SYSTEM | CODE);
  }

  /** A code segment that runs at its caller's privilege level. */
  public static boolean isConforming(int high) {
    return (high & (NOT_SYSTEM | CODE | CONFORMING)) == (NOT_SYSTEM | CODE | CONFORMING);
  }

  /** A data segment, or a code segment that can be read. */
  public static boolean isReadable(int high) {
    return (high & NOT_SYSTEM) != 0 && (high & (CODE | READ_WRITE)) != CODE;
  }

  /** A data segment that can be written. */
  public static boolean isWritable(int high) {
    return (high & (NOT_SYSTEM | CODE | READ_WRITE)) == (NOT_SYSTEM | READ_WRITE);
  }

  /** The type of a system descriptor, 0-15. */
  public static int type(int high) {
    return high >>> 8 & 0xF;
  }

  /** The code segment selector, or TSS selector, of a gate. */
  public static int gateSelector(int low) {
    return low >>> 16;
  }

  /** The entry point of a 16- or 32-bit call, interrupt or trap gate. */
  public static int gateOffset(int low, int high) {
    return (high & CODE) != 0 ? high & 0xFFFF_0000 | low & 0xFFFF : low & 0xFFFF;
  }

  /** Whether a gate or TSS is of the 32-bit kind. */
  public static boolean is32Bit(int high) {
    return (high & CODE) != 0; // the bit that tells code from data in a segment descriptor
  }

  /** The number of parameters that a call gate copies, 0-31. */
  public static int gateParameters(int high) {
    return high & 0x1F;
  }
}
