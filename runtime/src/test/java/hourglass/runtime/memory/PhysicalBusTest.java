package hourglass.runtime.memory;

import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.PageTables.PRESENT;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RAM, devices, open bus and the A20 gate, seen physically and through the page map. */
class PhysicalBusTest {
  private static final int DEVICE = 0xFEC0_0000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final PhysicalBus bus = machine.bus;
  private final Mmu memory = machine.memory;
  private final List<String> seen = new ArrayList<>();

  /** A device that answers with the low byte of its address in each byte. */
  private final MmioDevice device =
      new MmioDevice() {
        @Override
        public int read(int address, int size) {
          seen.add("read %x/%d".formatted(address, size));
          int value = 0;
          for (int i = 0; i < size; i++) {
            value |= (address + i & 0xFF) << 8 * i;
          }
          return value;
        }

        @Override
        public void write(int address, int value, int size) {
          seen.add("write %x/%d=%x".formatted(address, size, value));
        }
      };

  @Test
  void ramIsLittleEndian() {
    bus.write(DATA, 0x4433_2211, 4);
    assertEquals(0x11, bus.read(DATA, 1));
    assertEquals(0x3322, bus.read(DATA + 1, 2));
    assertEquals(0x44, bus.ram().load8(DATA + 3));
  }

  @Test
  void addressesWithoutAnythingReadAsOnesAndSwallowWrites() {
    bus.write(0x4000_0000, 0, 4);
    assertEquals(-1, bus.read(0x4000_0000, 4));
    assertEquals(0xFFFF, bus.read(0x4000_0000, 2));
    assertEquals(0xFF, bus.read(0xFFFF_FFFF, 1));
  }

  @Test
  void accessAcrossTheEndOfRamIsSplit() {
    final int end = GuestMachine.RAM_BYTES;
    bus.write(end - 2, 0x4433_2211, 4);
    assertEquals(0xFFFF_2211, bus.read(end - 2, 4));
  }

  @Test
  void devicesSeeAccessesInTheirNaturalSize() {
    bus.attach(DEVICE, DEVICE + 0xFFF, device);
    memory.load8(DEVICE, DENY_READ_SUPERVISOR);
    memory.load16(DEVICE + 2, DENY_READ_SUPERVISOR);
    assertEquals(0x1312_1110, memory.load32(DEVICE + 0x10, DENY_READ_SUPERVISOR));
    memory.store32(DEVICE + 0x20, 0xABCD_EF01, DENY_WRITE_SUPERVISOR);
    memory.store8(DEVICE + 0x30, 0x1FF, DENY_WRITE_SUPERVISOR);
    memory.load64(DEVICE + 0x40, DENY_READ_SUPERVISOR);
    assertEquals(
        List.of(
            "read fec00000/1",
            "read fec00002/2",
            "read fec00010/4",
            "write fec00020/4=abcdef01",
            "write fec00030/1=ff",
            "read fec00040/4",
            "read fec00044/4"),
        seen);
  }

  @Test
  void accessAcrossTheEndOfADeviceIsSplitIntoBytes() {
    bus.attach(DEVICE, DEVICE + 0x1F, device);
    assertEquals(0xFFFF_1F1E, bus.read(DEVICE + 0x1E, 4));
    assertEquals(List.of("read fec0001e/1", "read fec0001f/1"), seen);
  }

  @Test
  void deviceHidesRamAtItsAddressesOnly() {
    bus.write(DATA + 0x10, 0x5A, 1);
    memory.load8(DATA, DENY_READ_SUPERVISOR); // maps the page as RAM
    bus.attach(DATA, DATA + 0xF, device);
    assertEquals(0x0F, memory.load8(DATA + 0xF, DENY_READ_SUPERVISOR));
    assertEquals(0x5A, memory.load8(DATA + 0x10, DENY_READ_SUPERVISOR));
    memory.store8(DATA + 0x11, 0x77, DENY_WRITE_SUPERVISOR);
    assertEquals(0x77, bus.read(DATA + 0x11, 1));
  }

  @Test
  void laterDeviceHidesTheEarlierOne() {
    bus.attach(DEVICE, DEVICE + 0xFFF, device);
    bus.attach(
        DEVICE + 0x10,
        DEVICE + 0x1F,
        new MmioDevice() {
          @Override
          public int read(int address, int size) {
            return 0xEE;
          }

          @Override
          public void write(int address, int value, int size) {}
        });
    assertEquals(0xEE, bus.read(DEVICE + 0x10, 1));
    assertEquals(0x20, bus.read(DEVICE + 0x20, 1));
  }

  @Test
  void codeOnADeviceIsFetchedByteByByte() {
    bus.attach(DEVICE, DEVICE + 0xFFF, device);
    assertEquals(-1, memory.fetch(DEVICE + 0x42));
    assertEquals(0x42, memory.fetchSlow(DEVICE + 0x42));
  }

  @Test
  void closedA20GateWrapsTheSecondMegabyte() {
    bus.write(DATA, 1, 4);
    bus.write(DATA + 0x10_0000, 2, 4);
    assertEquals(2, memory.load32(DATA + 0x10_0000, DENY_READ_SUPERVISOR));
    bus.setA20(false);
    assertEquals(1, memory.load32(DATA + 0x10_0000, DENY_READ_SUPERVISOR));
    assertEquals(DATA, memory.fetch(DATA + 0x10_0000));
    bus.setA20(true);
    assertEquals(2, memory.load32(DATA + 0x10_0000, DENY_READ_SUPERVISOR));
    assertTrue(bus.isA20());
  }

  @Test
  void closedA20GateHoldsForPageTablesToo() {
    final PageTables tables = new PageTables(bus, 0x20_0000, false);
    tables.map(0, 0x10_0000 + DATA, PRESENT);
    bus.write(DATA, 3, 4);
    bus.setA20(false);
    machine.enablePaging(tables);
    machine.state.cr3 = 0x30_0000; // bit 20 does not reach the bus
    assertEquals(3, memory.load32(0, DENY_READ_SUPERVISOR));
  }

  @Test
  void copyInWritesRam() {
    final byte[] bytes = {9, 8, 7, 6};
    bus.copyIn(DATA, bytes, 1, 2);
    assertArrayEquals(new byte[] {8, 7, 0}, bus.ram().bytes(DATA, 3));
  }

  @Test
  void ramMustBeWholePages() {
    assertThrows(IllegalArgumentException.class, () -> new PhysicalBus(5000));
  }
}
