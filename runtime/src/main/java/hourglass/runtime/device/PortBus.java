package hourglass.runtime.device;

/** The I/O address space: 65,536 byte ports. */
public interface PortBus {
  /**
   * Reads a port; ports without a device read as all ones.
   *
   * @param size 1, 2 or 4 bytes
   */
  int read(int port, int size);

  void write(int port, int value, int size);

  /**
   * Gives the byte ports from {@code first} to {@code last} to a device; a later device replaces an
   * earlier one.
   */
  void attach(int first, int last, PortDevice device);

  /**
   * A device on the bus; it sees its own port numbers, one byte at a time unless it overrides the
   * wide forms.
   */
  interface PortDevice {
    int readPort(int port);

    void writePort(int port, int value);

    /** Reads 2 or 4 bytes; byte by byte from consecutive ports unless overridden. */
    default int readPortWide(int port, int size) {
      int value = 0;
      for (int i = 0; i < size; i++) {
        value |= (readPort(port + i & 0xFFFF) & 0xFF) << 8 * i;
      }
      return value;
    }

    /** Writes 2 or 4 bytes; byte by byte to consecutive ports unless overridden. */
    default void writePortWide(int port, int value, int size) {
      for (int i = 0; i < size; i++) {
        writePort(port + i & 0xFFFF, value >>> 8 * i & 0xFF);
      }
    }
  }
}
