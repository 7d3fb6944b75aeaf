package hourglass.runtime.memory;

import static hourglass.translator.cpu.GuestMemory.PAGE_SHIFT;
import static hourglass.translator.cpu.GuestMemory.PAGE_SIZE;

import hourglass.translator.cpu.Ram;
import java.util.ArrayList;
import java.util.List;

/**
 * The physical address space of a PC: RAM from 0 up, memory-mapped devices, open bus elsewhere, and
 * the A20 gate.
 *
 * <p>A device hides the RAM at its addresses. There is no ROM: on a board without a BIOS the
 * addresses from A0000 to FFFFF are RAM like any other.
 */
public final class PhysicalBus implements PhysicalMemory {
  private static final int A20 = 1 << 20;

  private record Region(int first, int last, MmioDevice device) {
    boolean contains(int address) {
      return Integer.compareUnsigned(address, first) >= 0
          && Integer.compareUnsigned(address, last) <= 0;
    }
  }

  private final Ram ram;
  private final List<Region> regions = new ArrayList<>();

  /** Frames of RAM that some device hides a part of. */
  private final boolean[] hidden;

  private final WatchedCode watchedCode;
  private Runnable remapListener = () -> {};

  /**
   * What physical addresses are and-ed with: all ones, or bit 20 clear while the A20 gate is
   * closed.
   */
  private int addressMask = -1;

  /**
   * Makes an address space with the A20 gate open and no devices.
   *
   * @param ramSize how much RAM there is, in bytes: a whole number of pages, at most 2 GiB less one
   *     page
   */
  public PhysicalBus(int ramSize) {
    if (ramSize <= 0 || ramSize % PAGE_SIZE != 0) {
      throw new IllegalArgumentException(
          "RAM is not a whole number of pages: " + ramSize + " bytes");
    }
    ram = Ram.of(ramSize);
    hidden = new boolean[ramSize >>> PAGE_SHIFT];
    watchedCode = new WatchedCode(hidden.length);
  }

  /**
   * Gives the physical addresses from {@code first} to {@code last} to a device; a later device
   * hides an earlier one.
   *
   * @param last the last address, inclusive, so that a region may end at the top of the address
   *     space
   */
  public void attach(int first, int last, MmioDevice device) {
    if (Integer.compareUnsigned(first, last) > 0) {
      throw new IllegalArgumentException(
          "region ends before it begins: %08x to %08x".formatted(first, last));
    }
    regions.addFirst(new Region(first, last, device));
    final int lastFrame = Math.min(last >>> PAGE_SHIFT, hidden.length - 1);
    for (int frame = first >>> PAGE_SHIFT; frame <= lastFrame; frame++) {
      hidden[frame] = true;
    }
    remapListener.run();
  }

  /**
   * Opens (true) or closes the A20 gate; closed, bit 20 of every physical address of the processor
   * is 0.
   */
  public void setA20(boolean open) {
    final int mask = open ? -1 : ~A20;
    if (mask != addressMask) {
      addressMask = mask;
      remapListener.run();
    }
  }

  /** Whether the A20 gate is open. */
  public boolean isA20() {
    return addressMask == -1;
  }

  @Override
  public Ram ram() {
    return ram;
  }

  @Override
  public int read(int address, int size) {
    final int at = address & addressMask;
    if (isRam(at, size)) {
      return switch (size) {
        case 1 -> ram.load8(at);
        case 2 -> ram.load16(at);
        default -> ram.load32(at);
      };
    }
    return readOutsideRam(at, size);
  }

  private int readOutsideRam(int at, int size) {
    for (int i = 0; i < regions.size(); i++) {
      final Region region = regions.get(i);
      if (region.contains(at) && region.contains(at + size - 1)) {
        return region.device.read(at, size) & mask(size);
      }
    }
    if (size > 1) { // may lie half in one place, half in another
      int value = 0;
      for (int i = 0; i < size; i++) {
        value |= read(at + i, 1) << 8 * i;
      }
      return value;
    }
    return isBackedByRam(at) ? ram.load8(at) : 0xFF;
  }

  @Override
  public void write(int address, int value, int size) {
    final int at = address & addressMask;
    if (isRam(at, size)) {
      switch (size) {
        case 1 -> ram.store8(at, value);
        case 2 -> ram.store16(at, value);
        default -> ram.store32(at, value);
      }
      watchedCode.written(at, size);
    } else {
      writeOutsideRam(at, value, size);
    }
  }

  private void writeOutsideRam(int at, int value, int size) {
    for (int i = 0; i < regions.size(); i++) {
      final Region region = regions.get(i);
      if (region.contains(at) && region.contains(at + size - 1)) {
        region.device.write(at, value & mask(size), size);
        return;
      }
    }
    if (size > 1) {
      for (int i = 0; i < size; i++) {
        write(at + i, value >>> 8 * i & 0xFF, 1);
      }
    } else if (isBackedByRam(at)) {
      ram.store8(at, value);
      watchedCode.written(at, 1);
    }
  }

  @Override
  public void copyIn(int address, byte[] bytes, int offset, int length) {
    ram.copyIn(address, bytes, offset, length);
    watchedCode.written(address, length);
  }

  // --- for the MMU -----------------------------------------------------------------------------

  WatchedCode watchedCode() {
    return watchedCode;
  }

  /**
   * Sets what is run when addresses that were RAM may have become something else, or another place
   * in RAM.
   */
  void setRemapListener(Runnable listener) {
    remapListener = listener;
  }

  int addressMask() {
    return addressMask;
  }

  /** Whether a physical page is RAM and nothing else; the A20 gate is applied already. */
  boolean isRamPage(int page) {
    return Integer.compareUnsigned(page, hidden.length) < 0 && !hidden[page];
  }

  private boolean isRam(int at, int size) {
    final int last = at + size - 1;
    return last >= 0
        && at >= 0
        && last < ram.size()
        && !hidden[at >>> PAGE_SHIFT]
        && !hidden[last >>> PAGE_SHIFT];
  }

  private boolean isBackedByRam(int at) {
    return at >= 0 && at < ram.size();
  }

  private static int mask(int size) {
    return -1 >>> 32 - 8 * size;
  }
}
