package hourglass.runtime.memory;

/** A device that answers at physical addresses rather than ports. */
public interface MmioDevice {
  /**
   * Reads from the device.
   *
   * @param address the physical address; the bytes read all lie in the range that was attached
   * @param size 1, 2 or 4 bytes; upper bits of the result beyond it are ignored
   */
  int read(int address, int size);

  /**
   * Writes to the device.
   *
   * @param address the physical address; the bytes written all lie in the range that was attached
   * @param value the bytes, little-endian; upper bits beyond the size mean nothing
   * @param size 1, 2 or 4 bytes
   */
  void write(int address, int value, int size);
}
