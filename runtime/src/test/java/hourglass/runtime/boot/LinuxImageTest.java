package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.Segment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinuxImageTest {
  private static final int PARAMETERS = 0x90000;
  private static final int PAYLOAD = 0x3000;

  private static int[] versions() {
    return IntStream.rangeClosed(0x200, 0x20F).toArray();
  }

  private static String messageOf(byte[] kernel, int mebibytes) {
    return assertThrows(BootException.class, () -> Installed.of(kernel, "", mebibytes))
        .getMessage();
  }

  @Test
  void everyVersionIsEnteredInFlatProtectedMode() throws Exception {
    for (int version : versions()) {
      final Installed machine =
          Installed.of(ImageBuilder.bzImage(version, PAYLOAD).build(), "", 16);
      final CpuState state = machine.state;
      final String what = "protocol " + Integer.toHexString(version);
      assertEquals(0x100000, state.eip, what);
      assertEquals(state.eip, state.nextEip, what);
      assertEquals(0xF4, machine.octet(0x100000), what);
      assertEquals(PARAMETERS, state.reg[CpuState.ESI], what);
      for (int register : new int[] {CpuState.EBX, CpuState.EBP, CpuState.EDI}) {
        assertEquals(0, state.reg[register], what);
      }
      assertTrue(state.isProtectedMode(), what);
      assertEquals(0, state.cr0 & CpuState.CR0_PG, what);
      assertEquals(0, state.eflags() & Flags.IF, what);
      assertEquals(0, state.cpl, what);
      assertTrue((state.modeKey & CpuState.MODE_FLAT) != 0, what);
      assertTrue((state.modeKey & CpuState.MODE_CODE32) != 0, what);
    }
  }

  @Test
  void theDescriptorTableHoldsTheSegmentsThatAreLoaded() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), "", 16);
    final Segment code = machine.state.segment[CpuState.CS];
    final Segment data = machine.state.segment[CpuState.DS];
    assertEquals(0x10, code.selector);
    assertEquals(0x18, data.selector);
    assertEquals(0x1F, machine.state.gdtrLimit);
    assertEquals(0x00CF9B000000FFFFL, machine.quad(machine.state.gdtrBase + code.selector));
    assertEquals(0x00CF93000000FFFFL, machine.quad(machine.state.gdtrBase + data.selector));
  }

  @Test
  void theHeaderIsCopiedAndTheLoaderSignsIt() throws Exception {
    final ImageBuilder image = ImageBuilder.bzImage(0x20F, PAYLOAD);
    image.bytes.putInt(0x268, 0x12345678);
    final Installed machine = Installed.of(image.build(), "", 16);
    assertEquals(0x53726448, machine.word(PARAMETERS + 0x202));
    assertEquals(0x20F, machine.half(PARAMETERS + 0x206));
    assertEquals(0x12345678, machine.word(PARAMETERS + 0x268));
    assertEquals(0xFF, machine.octet(PARAMETERS + 0x210));
    assertEquals(0x81, machine.octet(PARAMETERS + 0x211));
  }

  @Test
  void whatLiesBehindAShortHeaderIsNotTakenForFields() throws Exception {
    final ImageBuilder image = ImageBuilder.bzImage(0x202, PAYLOAD);
    image.bytes.putInt(0x22C, 0x12345678);
    assertEquals(0, Installed.of(image.build(), "", 16).word(PARAMETERS + 0x22C));
  }

  @Test
  void theMemoryMapIsThatOfAPc() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), "", 64);
    final long[][] expected = {
      {0, 0x9FC00, 1}, {0x9FC00, 0x400, 2}, {0xF0000, 0x10000, 2}, {0x100000, 63 << 20, 1}
    };
    assertEquals(expected.length, machine.octet(PARAMETERS + 0x1E8));
    for (int i = 0; i < expected.length; i++) {
      final int at = PARAMETERS + 0x2D0 + 20 * i;
      assertArrayEquals(
          expected[i], new long[] {machine.quad(at), machine.quad(at + 8), machine.word(at + 16)});
    }
    assertEquals(63 << 10, machine.word(PARAMETERS + 0x1E0));
    assertEquals(0xFC00, machine.half(PARAMETERS + 0x02));
  }

  @Test
  void thereIsNoVgaScreen() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), "", 16);
    for (int offset = 0x04; offset < 0x40; offset++) {
      assertEquals(0, machine.octet(PARAMETERS + offset), "screen_info byte " + offset);
    }
  }

  @Test
  void theCommandLineIsPointedTo() throws Exception {
    for (int version : versions()) {
      if (version >= 0x202) {
        final Installed machine =
            Installed.of(ImageBuilder.bzImage(version, PAYLOAD).build(), "console=ttyS0 quiet", 16);
        assertEquals("console=ttyS0 quiet", machine.text(machine.word(PARAMETERS + 0x228)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x200, 0x201})
  void oldKernelsFindTheCommandLineByItsMagicNumber(int version) throws Exception {
    final Installed machine =
        Installed.of(ImageBuilder.bzImage(version, PAYLOAD).build(), "root=/dev/hda", 16);
    assertEquals(0xA33F, machine.half(0x90020));
    assertEquals("root=/dev/hda", machine.text(0x90000 + machine.half(0x90022)));
  }

  @Test
  void aCommandLineMayBeAsLongAsTheKernelSaysAndNoLonger() throws Exception {
    final byte[] old = ImageBuilder.bzImage(0x205, PAYLOAD).build();
    final byte[] current = ImageBuilder.bzImage(0x206, PAYLOAD).build();
    Installed.of(old, "x".repeat(255), 16);
    Installed.of(current, "x".repeat(2047), 16);
    final var e = assertThrows(BootException.class, () -> Installed.of(old, "x".repeat(256), 16));
    assertEquals("command line of 256 bytes: this kernel takes at most 255", e.getMessage());
    assertThrows(BootException.class, () -> Installed.of(current, "x".repeat(2048), 16));
  }

  @Test
  void theInitrdLiesAsHighAsItMay() throws Exception {
    final Optional<byte[]> initrd = Optional.of(new byte[] {1, 2, 3, 4, 5});
    final ImageBuilder image = ImageBuilder.bzImage(0x20F, PAYLOAD);
    final Installed atEndOfRam = Installed.of(image.build(), initrd, "", 16);
    assertEquals((16 << 20) - 4096, atEndOfRam.word(PARAMETERS + 0x218));
    assertEquals(5, atEndOfRam.word(PARAMETERS + 0x21C));
    assertEquals(0x04030201, atEndOfRam.word((16 << 20) - 4096));
    image.bytes.putInt(0x22C, 0x7FFFFF);
    assertEquals(0x7FF000, Installed.of(image.build(), initrd, "", 16).word(PARAMETERS + 0x218));
  }

  @Test
  void withoutAnInitrdThereIsNone() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), "", 16);
    assertEquals(0, machine.word(PARAMETERS + 0x218));
    assertEquals(0, machine.word(PARAMETERS + 0x21C));
  }

  @Test
  void anInitrdThatDoesNotFitGivesOneLine() {
    final byte[] kernel = ImageBuilder.bzImage(0x20F, PAYLOAD).build();
    final var e =
        assertThrows(
            BootException.class,
            () -> Installed.of(kernel, Optional.of(new byte[15 << 20]), "", 16));
    assertEquals(
        "initrd.img: initrd of 15728640 bytes does not fit between the kernel's end at 0x103000 and"
            + " 0x1000000; more memory is needed",
        e.getMessage());
  }

  @Test
  void aRelocatableKernelGoesWhereItPrefersToRun() throws Exception {
    final ImageBuilder image = ImageBuilder.bzImage(0x20A, PAYLOAD);
    image.bytes.put(0x234, (byte) 1);
    image.bytes.putLong(0x258, 0x800000);
    final Installed machine = Installed.of(image.build(), "", 16);
    assertEquals(0x800000, machine.state.eip);
    assertEquals(0xF4, machine.octet(0x800000));
    assertEquals(0x800000, machine.word(PARAMETERS + 0x214));
  }

  @Test
  void aKernelThatCannotBeMovedIsLoadedAtOneMebibyte() throws Exception {
    final ImageBuilder image = ImageBuilder.bzImage(0x20A, PAYLOAD);
    image.bytes.putLong(0x258, 0x800000);
    assertEquals(0x100000, Installed.of(image.build(), "", 16).state.eip);
  }

  @Test
  void tooLittleMemoryToStartInGivesOneLine() {
    final ImageBuilder image = ImageBuilder.bzImage(0x20F, PAYLOAD);
    image.bytes.put(0x234, (byte) 1);
    image.bytes.putLong(0x258, 0x1000000);
    image.bytes.putInt(0x260, 0x800000);
    assertEquals(
        "vmlinuz: kernel needs memory up to 0x1800000 to start, there are 16 MiB; more memory is"
            + " needed",
        messageOf(image.build(), 16));
  }

  @Test
  void aZimageGoesWhereItsRealModePartWouldMoveIt() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.zImage(0x200, PAYLOAD).build(), "", 16);
    assertEquals(0x1000, machine.state.eip);
    assertEquals(0xF4, machine.octet(0x1000));
  }

  @Test
  void aZimageThatReachesTheParametersIsRefused() {
    final byte[] kernel = ImageBuilder.zImage(0x204, 0x90000).build();
    assertEquals(
        "vmlinuz: zImage of 589824 bytes does not fit below 0x90000", messageOf(kernel, 16));
  }

  @Test
  void a64BitKernelIsRefused() {
    final ImageBuilder image = ImageBuilder.bzImage(0x20C, PAYLOAD);
    image.bytes.putShort(0x236, (short) 1);
    assertEquals("vmlinuz: 64-bit kernel; this is an i386 machine", messageOf(image.build(), 16));
  }

  @Test
  void anEntryOutsideTheImageIsRefused() {
    final ImageBuilder image = ImageBuilder.bzImage(0x20F, PAYLOAD);
    image.bytes.putInt(0x214, 0x100000 + PAYLOAD);
    assertEquals(
        "vmlinuz: Linux kernel image is damaged: it is entered at 0x103000, outside it",
        messageOf(image.build(), 16));
  }

  @Test
  void aProtocolOlderThanTwoIsRefused() {
    final ImageBuilder image = ImageBuilder.bzImage(0x200, PAYLOAD);
    image.bytes.putShort(0x206, (short) 0x105);
    assertEquals(
        "vmlinuz: Linux boot protocol 1.05 is older than 2.00", messageOf(image.build(), 16));
  }

  @Test
  void anImageCutOffAnywhereIsRefused() {
    for (int version : versions()) {
      final byte[] whole = ImageBuilder.bzImage(version, 0x800).build();
      for (int length = 1; length <= whole.length - 16; length++) {
        final byte[] part = Arrays.copyOf(whole, length);
        final var e =
            assertThrows(
                BootException.class,
                () -> Installed.open(part, Optional.empty(), ""),
                "protocol " + Integer.toHexString(version) + ", " + length + " bytes");
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      }
    }
  }

  @Test
  void installingAgainAfterTheGuestChangedEverythingStartsAfresh() throws Exception {
    final Installed machine = Installed.of(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), "a", 16);
    final byte[] first = machine.memory();
    final Bootable kernel =
        Installed.open(ImageBuilder.bzImage(0x20F, PAYLOAD).build(), Optional.empty(), "a");
    machine.ram().fill(0x100000, 0x3000, 0x55, 1);
    machine.ram().fill(PARAMETERS, 0x1000, 0x55, 1);
    assertFalse(Arrays.equals(first, machine.memory()));
    machine.state.reset();
    kernel.install(machine, machine.state);
    assertArrayEquals(first, machine.memory());
  }
}
