package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IoPortsTest {
  private final IoPorts ports = new IoPorts();
  private final List<String> log = new ArrayList<>();

  private PortBus.PortDevice device(String name, int value) {
    return new PortBus.PortDevice() {
      @Override
      public int readPort(int port) {
        return value + port;
      }

      @Override
      public void writePort(int port, int value) {
        log.add("%s %x=%x".formatted(name, port, value));
      }
    };
  }

  @Test
  void portsWithoutADeviceReadAsAllOnes() {
    assertEquals(0xFF, ports.read(0x300, 1));
    assertEquals(0xFFFF, ports.read(0x300, 2));
    assertEquals(-1, ports.read(0xCF8, 4));
    ports.write(0x80, 0x12345678, 4);
  }

  @Test
  void aWideAccessReachesByteDevicesOneByteAtATime() {
    ports.attach(0x40, 0x43, device("a", 0));
    assertEquals(0x43424140, ports.read(0x40, 4));
    ports.write(0x40, 0xBBAA, 2);
    assertEquals(List.of("a 40=aa", "a 41=bb"), log);
  }

  @Test
  void aWideAccessAcrossDevicesReachesEachOfThem() {
    ports.attach(0x60, 0x60, device("a", 0));
    ports.attach(0x61, 0x61, device("b", 0x10));
    assertEquals(0xFFFF7160, ports.read(0x60, 4));
    ports.write(0x60, 0x04030201, 4);
    assertEquals(List.of("a 60=1", "b 61=2"), log);
  }

  @Test
  void theLastPortWrapsToTheFirst() {
    ports.attach(0, 0, device("zero", 5));
    assertEquals(0x05FF, ports.read(0xFFFF, 2));
  }
}
