package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hourglass.translator.cpu.CpuState;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ElfKernelTest {
  private static final int PARAMETERS = 0x90000;
  private static final byte[] CODE = {(byte) 0x90, (byte) 0xF4, 0x11, 0x22};

  private static ElfBuilder kernel() {
    return new ElfBuilder().entry(0x1000001).segment(0x1000000, 0xC1000000, CODE, 0x2000);
  }

  private static String messageOf(byte[] kernel, int mebibytes) {
    return assertThrows(BootException.class, () -> Installed.of(kernel, "", mebibytes))
        .getMessage();
  }

  @Test
  void isLoadedAtItsPhysicalAddressAndEnteredWithBootParameters() throws Exception {
    final Installed machine = Installed.of(kernel().build(), "console=ttyS0", 32);
    assertEquals(0x1000001, machine.state.eip);
    assertEquals(0x2211F490, machine.word(0x1000000));
    assertEquals(PARAMETERS, machine.state.reg[CpuState.ESI]);
    assertEquals("console=ttyS0", machine.text(machine.word(PARAMETERS + 0x228)));
    assertEquals(0x53726448, machine.word(PARAMETERS + 0x202));
    assertEquals(4, machine.octet(PARAMETERS + 0x1E8));
  }

  @Test
  void itsBssIsZeroEvenWhenTheMachineRebooted() throws Exception {
    final Installed machine = Installed.of(kernel().build(), "", 32);
    machine.ram().fill(0x1000000, 0x3000, 0x55, 1);
    Installed.open(kernel().build(), Optional.empty(), "").install(machine, machine.state);
    assertEquals(0, machine.word(0x1000004));
    assertEquals(0, machine.word(0x1001FFC));
    assertEquals(0x55555555, machine.word(0x1002000));
  }

  @Test
  void anOldKernelsVirtualAddressesAreMadePhysical() throws Exception {
    final byte[] old =
        new ElfBuilder().entry(0xC0100001).segment(0xC0100000, 0xC0100000, CODE, 4).build();
    final Installed machine = Installed.of(old, "", 16);
    assertEquals(0x100001, machine.state.eip);
    assertEquals(0x2211F490, machine.word(0x100000));
  }

  @Test
  void theInitrdIsPassedOn() throws Exception {
    final Installed machine =
        Installed.of(kernel().build(), Optional.of(new byte[] {1, 2, 3, 4}), "", 32);
    assertEquals((32 << 20) - 4096, machine.word(PARAMETERS + 0x218));
    assertEquals(4, machine.word(PARAMETERS + 0x21C));
    assertEquals(0x04030201, machine.word((32 << 20) - 4096));
  }

  @Test
  void tooLittleMemoryGivesOneLine() {
    assertEquals(
        "vmlinuz: kernel wants 0x1000000-0x1002000, which is not RAM with 16 MiB of memory",
        messageOf(kernel().build(), 16));
  }

  @Test
  void aSegmentOverTheVideoMemoryIsRefused() {
    final byte[] kernel = new ElfBuilder().entry(0x9F000).segment(0x9F000, 0, CODE, 0x2000).build();
    assertEquals(
        "vmlinuz: kernel wants 0x9f000-0xa1000, which is not RAM with 16 MiB of memory",
        messageOf(kernel, 16));
  }

  @Test
  void anEntryOutsideEverySegmentIsRefused() {
    assertEquals(
        "vmlinuz: ELF entry point 0x500000 lies in no segment",
        messageOf(kernel().entry(0x500000).build(), 32));
  }

  @Test
  void otherMachinesAreRefused() {
    assertEquals(
        "vmlinuz: ELF file for machine type 40; this is an i386 machine",
        messageOf(kernel().machine(40).build(), 32));
    final byte[] wide = kernel().machine(62).build();
    wide[4] = 2;
    assertEquals(
        "vmlinuz: 64-bit ELF file for x86-64; this is an i386 machine", messageOf(wide, 32));
    final byte[] big = kernel().build();
    big[5] = 2;
    assertEquals("vmlinuz: big-endian ELF file; this is an i386 machine", messageOf(big, 32));
  }

  @Test
  void aFileWithNothingToLoadIsRefused() {
    assertEquals(
        "vmlinuz: ELF file has nothing to load: not a kernel",
        messageOf(new ElfBuilder().symbol("x", 1).build(), 16));
  }

  @Test
  void aFileCutOffAnywhereIsRefused() {
    final byte[] whole = kernel().build();
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
}
