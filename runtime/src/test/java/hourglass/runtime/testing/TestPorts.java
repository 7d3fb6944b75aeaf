package hourglass.runtime.testing;

import hourglass.runtime.device.PortBus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ports that give what a test has put there and remember what the guest wrote. */
public final class TestPorts implements PortBus {
  /** A write by the guest. */
  public record Write(int port, int value, int size) {}

  private final Map<Integer, Integer> inputs = new HashMap<>();
  private final Map<Integer, PortDevice> devices = new HashMap<>();
  private final List<Write> writes = new ArrayList<>();

  /** Sets what every read of a port gives, whatever its size. */
  public void setInput(int port, int value) {
    inputs.put(port, value);
  }

  /** All writes to ports without a device, in order. */
  public List<Write> writes() {
    return List.copyOf(writes);
  }

  @Override
  public int read(int port, int size) {
    final PortDevice device = devices.get(port);
    if (device != null) {
      return size == 1 ? device.readPort(port) : device.readPortWide(port, size);
    }
    return inputs.getOrDefault(port, -1) & -1 >>> 32 - 8 * size;
  }

  @Override
  public void write(int port, int value, int size) {
    final PortDevice device = devices.get(port);
    if (device == null) {
      writes.add(new Write(port, value & -1 >>> 32 - 8 * size, size));
    } else if (size == 1) {
      device.writePort(port, value);
    } else {
      device.writePortWide(port, value, size);
    }
  }

  @Override
  public void attach(int first, int last, PortDevice device) {
    for (int port = first; port <= last; port++) {
      devices.put(port, device);
    }
  }
}
