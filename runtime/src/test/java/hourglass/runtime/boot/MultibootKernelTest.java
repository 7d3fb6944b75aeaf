package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.CpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MultibootKernelTest {
  private static final int MAGIC = 0x1BADB002;

  private static ByteBuffer header(int flags, int size) {
    final ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, MAGIC);
    bytes.putInt(4, flags);
    bytes.putInt(8, -MAGIC - flags);
    return bytes;
  }

  private static byte[] elf(int flags) {
    return new ElfBuilder()
        .entry(0x100020)
        .segment(0x100000, 0x100000, header(flags, 0x100).array(), 0x2000)
        .build();
  }

  /**
   * A flat file: 64 bytes that do not belong to the kernel, then 256 bytes that are loaded to 1
   * MiB.
   */
  private static byte[] flat() {
    final ByteBuffer kernel = header(1 << 16, 0x100);
    kernel.putInt(12, 0x100000); // header_addr
    kernel.putInt(16, 0x100000); // load_addr
    kernel.putInt(20, 0x100100); // load_end_addr
    kernel.putInt(24, 0x101000); // bss_end_addr
    kernel.putInt(28, 0x100080); // entry_addr
    final byte[] file = new byte[0x140];
    System.arraycopy(kernel.array(), 0, file, 0x40, 0x100);
    return file;
  }

  @Test
  void anElfKernelIsEnteredWithTheMagicNumberAndTheInformation() throws Exception {
    final Installed machine = Installed.of(elf(3), "one two", 16);
    final CpuState state = machine.state;
    assertEquals(0x100020, state.eip);
    assertEquals(0x2BADB002, state.reg[CpuState.EAX]);
    assertEquals(MAGIC, machine.word(0x100000));
    assertTrue((state.modeKey & CpuState.MODE_FLAT) != 0);
    assertEquals(0, state.cr0 & CpuState.CR0_PG);
    final int info = state.reg[CpuState.EBX];
    assertEquals(0x245, machine.word(info), "flags");
    assertEquals("one two", machine.text(machine.word(info + 16)));
    assertEquals("Hourglass", machine.text(machine.word(info + 64)));
  }

  @Test
  void theInformationTellsHowMuchMemoryThereIs() throws Exception {
    final Installed machine = Installed.of(elf(3), "", 16);
    final int info = machine.state.reg[CpuState.EBX];
    assertEquals(639, machine.word(info + 4));
    assertEquals(15 << 10, machine.word(info + 8));
    final int end = machine.word(info + 48) + machine.word(info + 44);
    long ram = 0;
    int at = machine.word(info + 48);
    while (at < end) {
      if (machine.word(at + 20) == 1) {
        ram += machine.quad(at + 12);
      }
      at += 4 + machine.word(at);
    }
    assertEquals(end, at, "the entries' sizes do not add up");
    assertEquals(0x9FC00 + (15 << 20), ram);
  }

  @Test
  void theInitrdIsTheOnlyModule() throws Exception {
    final Installed machine = Installed.of(elf(3), Optional.of(new byte[] {1, 2, 3, 4, 5}), "", 16);
    final int info = machine.state.reg[CpuState.EBX];
    assertEquals(1, machine.word(info + 20));
    final int module = machine.word(info + 24);
    final int start = machine.word(module);
    assertEquals(0x102000, start, "the first page behind the kernel's bss");
    assertEquals(start + 5, machine.word(module + 4));
    assertEquals("initrd.img", machine.text(machine.word(module + 8)));
    assertEquals(0x04030201, machine.word(start));
    assertEquals(0x24D, machine.word(info), "flags");
  }

  @Test
  void aFlatKernelIsLoadedAsItsHeaderSays() throws Exception {
    final Installed machine = Installed.of(flat(), "", 16);
    assertEquals(0x100080, machine.state.eip);
    assertEquals(MAGIC, machine.word(0x100000));
  }

  @Test
  void aFlatKernelsAddressesWinOverItsElfHeader() throws Exception {
    final ByteBuffer code = header(1 << 16, 0x100);
    code.putInt(12, 0x200000);
    code.putInt(16, 0x200000);
    code.putInt(28, 0x200040);
    final byte[] file =
        new ElfBuilder().entry(0x100000).segment(0x100000, 0, code.array(), 0x100).build();
    assertEquals(0x200040, Installed.of(file, "", 16).state.eip);
  }

  @Test
  void aKernelInConventionalMemoryKeepsTheInformationOutOfItsWay() throws Exception {
    final byte[] low =
        new ElfBuilder()
            .entry(0x10000)
            .segment(0x10000, 0x10000, header(0, 0x100).array(), 0x8FC00)
            .build();
    final Installed machine = Installed.of(low, "", 16);
    assertTrue(machine.state.reg[CpuState.EBX] >= 0x100000);
    assertArrayEquals(new byte[0x1000], machine.ram().bytes(0x90000, 0x1000), "the kernel's bss");
  }

  @Test
  void aRequiredFeatureThatIsUnknownIsRefused() {
    final var e = assertThrows(BootException.class, () -> Installed.of(elf(8), "", 16));
    assertEquals(
        "vmlinuz: Multiboot kernel requires features 0x8, which are unknown", e.getMessage());
  }

  @Test
  void aWrongChecksumIsNoHeader() {
    final byte[] file = flat();
    file[0x48] ^= 1;
    assertThrows(BootException.class, () -> Installed.of(file, "", 16));
  }

  @Test
  void aHeaderBeyondTheFirst8KibIsNoHeader() {
    final byte[] file = new byte[0x3000];
    System.arraycopy(flat(), 0x40, file, 0x2000, 0x100);
    assertThrows(BootException.class, () -> Installed.of(file, "", 16));
  }

  @Test
  void aFlatKernelCutOffAnywhereIsRefused() {
    final byte[] whole = flat();
    for (int length = 1; length < whole.length; length++) {
      final byte[] part = Arrays.copyOf(whole, length);
      final var e =
          assertThrows(
              BootException.class,
              () -> Installed.open(part, Optional.empty(), ""),
              length + " bytes");
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
  }

  @Test
  void aModuleThatDoesNotFitGivesOneLine() {
    final var e =
        assertThrows(
            BootException.class,
            () -> Installed.of(elf(3), Optional.of(new byte[15 << 20]), "", 16));
    assertEquals(
        "initrd.img: module of 15728640 bytes does not fit above the kernel's end at 0x102000;"
            + " more memory is needed",
        e.getMessage());
  }
}
