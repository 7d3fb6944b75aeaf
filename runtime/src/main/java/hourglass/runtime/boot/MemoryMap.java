package hourglass.runtime.boot;

import java.util.List;

/**
 * The PC's memory map as BIOS call E820 reports it to a boot loader (ACPI specification, "System
 * Address Map Interfaces").
 *
 * @param ranges in order of address, not overlapping
 */
record MemoryMap(List<Range> ranges) {
  /** Where conventional memory ends and the extended BIOS data area begins. */
  static final long LOW_END = 0x9_FC00;

  /** Where extended memory begins. */
  static final long HIGH_START = 0x10_0000;

  /**
   * A range of addresses.
   *
   * @param size in bytes
   * @param type one of the E820 types
   */
  record Range(long start, long size, int type) {
    static final int RAM = 1;
    static final int RESERVED = 2;
  }

  /** The map of a board with {@code ramBytes} of RAM, more than 1 MiB. */
  static MemoryMap of(long ramBytes) {
    return new MemoryMap(
        List.of(
            new Range(0, LOW_END, Range.RAM),
            new Range(LOW_END, 0xA_0000 - LOW_END, Range.RESERVED),
            new Range(0xF_0000, 0x1_0000, Range.RESERVED),
            new Range(HIGH_START, ramBytes - HIGH_START, Range.RAM)));
  }

  /** Whether a kernel may be loaded to {@code [start, end)}: it lies in one range of RAM. */
  boolean isRam(long start, long end) {
    for (Range range : ranges) {
      if (range.type() == Range.RAM
          && start >= range.start()
          && end <= range.start() + range.size()) {
        return start <= end;
      }
    }
    return false;
  }
}
