package hourglass.runtime.device;

import java.util.Arrays;

/**
 * The I/O address space. Where no device answers the bus floats: reads give all ones, writes
 * vanish; PC software finds out this way what is not there.
 */
public final class IoPorts implements PortBus {
  private static final PortDevice OPEN_BUS =
      new PortDevice() {
        @Override
        public int readPort(int port) {
          return 0xFF;
        }

        @Override
        public void writePort(int port, int value) {}

        @Override
        public int readPortWide(int port, int size) {
          return size == 2 ? 0xFFFF : -1;
        }

        @Override
        public void writePortWide(int port, int value, int size) {}
      };

  private final PortDevice[] devices = new PortDevice[0x10000];

  public IoPorts() {
    Arrays.fill(devices, OPEN_BUS);
  }

  @Override
  public void attach(int first, int last, PortDevice device) {
    Arrays.fill(devices, first, last + 1, device);
  }

  @Override
  public int read(int port, int size) {
    final PortDevice device = devices[port];
    if (size == 1) {
      return device.readPort(port) & 0xFF;
    }
    if (isOneDevice(device, port, size)) {
      return device.readPortWide(port, size);
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= read(port + i & 0xFFFF, 1) << 8 * i;
    }
    return value;
  }

  @Override
  public void write(int port, int value, int size) {
    final PortDevice device = devices[port];
    if (size == 1) {
      device.writePort(port, value & 0xFF);
    } else if (isOneDevice(device, port, size)) {
      device.writePortWide(port, value, size);
    } else {
      for (int i = 0; i < size; i++) {
        write(port + i & 0xFFFF, value >>> 8 * i, 1);
      }
    }
  }

  private boolean isOneDevice(PortDevice device, int port, int size) {
    for (int i = 1; i < size; i++) {
      if (devices[port + i & 0xFFFF] != device) {
        return false;
      }
    }
    return true;
  }
}
