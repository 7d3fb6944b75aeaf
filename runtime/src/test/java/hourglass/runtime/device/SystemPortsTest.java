package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SystemPortsTest {
  private final ManualTimeline timeline = new ManualTimeline();
  private final Pit pit = new Pit(timeline, new Wire());
  private final A20Gate a20 = new A20Gate(open -> {});
  private final CountingMachine machine = new CountingMachine();
  private final IoPorts ports = new IoPorts();

  @BeforeEach
  void attach() {
    new SystemPorts(timeline, pit, a20, machine).attach(ports);
    pit.attach(ports);
  }

  @Test
  void port61MeasuresTimeWithCounter2() {
    ports.write(0x61, 1, 1);
    ports.write(0x43, 0xB0, 1);
    ports.write(0x42, 0xE8, 1);
    ports.write(0x42, 0x03, 1);
    assertEquals(0x01, ports.read(0x61, 1) & 0x23, "counting, output low");
    timeline.advance(Pit.CLOCK.nanosOf(1001));
    assertEquals(0x21, ports.read(0x61, 1) & 0x23, "output high after 1000 ticks");
  }

  @Test
  void port61ShowsMemoryRefreshToggling() {
    final int before = ports.read(0x61, 1) & 0x10;
    timeline.advance(15_085);
    assertEquals(before ^ 0x10, ports.read(0x61, 1) & 0x10);
  }

  @Test
  void port92SwitchesA20AndResets() {
    ports.write(0x92, 0, 1);
    assertFalse(a20.isOpen());
    assertEquals(0, ports.read(0x92, 1) & 2);
    ports.write(0x92, 2, 1);
    assertTrue(a20.isOpen());
    assertEquals(0, machine.resets);
    ports.write(0x92, 3, 1);
    assertEquals(1, machine.resets);
  }

  @Test
  void portCf9ResetsWhenBit2Rises() {
    ports.write(0xCF9, 0x02, 1);
    assertEquals(0, machine.resets);
    ports.write(0xCF9, 0x06, 1);
    assertEquals(1, machine.resets);
  }

  @Test
  void pciProbesNeitherResetNorFindAnything() {
    ports.write(0xCFB, 0x01, 1);
    ports.write(0xCF8, 0x8000_0600, 4);
    assertEquals(-1, ports.read(0xCF8, 4));
    assertEquals(-1, ports.read(0xCFC, 4));
    assertEquals(0, machine.resets);
  }

  @Test
  void debugExitTakesAnySize() {
    ports.write(0xF4, 7, 1);
    assertEquals(7, machine.exitValue);
    ports.write(0xF4, 0x1234, 4);
    assertEquals(0x1234, machine.exitValue);
    assertEquals(2, machine.exits);
  }
}
