package hourglass.runtime.memory;

import hourglass.translator.cpu.Ram;

/**
 * The physical address space as the processor's slow paths, the boot loaders and device DMA see it:
 * RAM, memory-mapped devices, and open bus (reads give all ones, writes vanish) in between.
 *
 * <p>Addresses are unsigned 32-bit values in an {@code int}. Sizes are 1, 2 or 4 bytes,
 * little-endian.
 */
public interface PhysicalMemory {
  /** RAM from physical address 0 up: a whole number of pages. */
  Ram ram();

  int read(int address, int size);

  /** Writes; where the address holds translated code, its translations are dropped. */
  void write(int address, int value, int size);

  /**
   * Copies bytes into RAM, dropping translations; for loaders and DMA. The range must lie in RAM.
   */
  void copyIn(int address, byte[] bytes, int offset, int length);
}
