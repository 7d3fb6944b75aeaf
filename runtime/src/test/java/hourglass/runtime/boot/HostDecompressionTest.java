package hourglass.runtime.boot;

import static hourglass.runtime.boot.PackedImageBuilder.DATA;
import static hourglass.runtime.boot.PackedImageBuilder.DATA_IN_MEMORY;
import static hourglass.runtime.boot.PackedImageBuilder.LINKED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.CpuState;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the loader unpacks a bzImage's kernel itself, what it leaves, and when it does not. */
final class HostDecompressionTest {
  private static final int PARAMETERS = 0x90000;
  private static final String COMMAND_LINE = "console=ttyS0 nokaslr";

  private static PackedImageBuilder gzip(byte[] content) throws IOException {
    return PackedImageBuilder.of(PackedFormat.GZIP, content);
  }

  private static PackedImageBuilder image() throws IOException {
    return gzip(PackedImageBuilder.kernel());
  }

  /** Boots an image of which the guest has to unpack the kernel, and gives the reason. */
  private static String reasonForTheGuest(PackedImageBuilder image, String commandLine)
      throws BootException {
    final Installed machine = Installed.empty(16);
    final Bootable kernel =
        PackedImageBuilder.install(machine, image.build(), commandLine, Decompressor.HOST);
    assertEquals(0xF4, machine.octet(machine.state.eip), "not at the image's own entry");
    final Unpacking unpacking = kernel.unpacking().orElseThrow();
    assertEquals(Decompressor.GUEST, unpacking.by());
    return unpacking.note();
  }

  private static void assertUnpacked(PackedImageBuilder image, String commandLine)
      throws BootException {
    final Installed machine = Installed.empty(16);
    final Bootable kernel =
        PackedImageBuilder.install(machine, image.build(), commandLine, Decompressor.HOST);
    final Unpacking unpacking = kernel.unpacking().orElseThrow();
    assertEquals(Decompressor.HOST, unpacking.by(), unpacking.note());
    assertEquals(LINKED, machine.state.eip);
  }

  private static String complaint(byte[] image) {
    final String message =
        assertThrows(
                BootException.class,
                () ->
                    PackedImageBuilder.install(
                        Installed.empty(16), image, COMMAND_LINE, Decompressor.HOST))
            .getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatIsUnpackedToWhereTheKernelIsLinked(PackedFormat format) throws Exception {
    final Installed machine = Installed.empty(16);
    machine.ram().fill(0, machine.ram().size(), 0x55, 1);
    final byte[] image = PackedImageBuilder.of(format, PackedImageBuilder.kernel()).build();
    final Bootable kernel =
        PackedImageBuilder.install(machine, image, COMMAND_LINE, Decompressor.HOST);
    final byte[] code = PackedImageBuilder.code();
    assertArrayEquals(code, machine.ram().bytes(LINKED, code.length));
    final byte[] data = Arrays.copyOf(PackedImageBuilder.data(), DATA_IN_MEMORY);
    assertArrayEquals(data, machine.ram().bytes(DATA, DATA_IN_MEMORY));
    assertEquals(0x55, machine.octet(DATA + DATA_IN_MEMORY), "written above the kernel");
    assertTrue(kernel.unpacking().orElseThrow().note().startsWith(format.text() + ", "));
  }

  @Test
  void theKernelIsEnteredAsItsDecompressorWouldEnterIt() throws Exception {
    final Installed machine = Installed.empty(16);
    PackedImageBuilder.install(machine, image().build(), COMMAND_LINE, Decompressor.HOST);
    final CpuState state = machine.state;
    assertEquals(LINKED, state.eip);
    assertEquals(PARAMETERS, state.reg[CpuState.ESI]);
    assertEquals(0, state.reg[CpuState.EBX]);
    assertEquals(LINKED, state.reg[CpuState.EBP]);
    assertEquals(0, state.cr0 & CpuState.CR0_PG);
    assertTrue((state.modeKey & CpuState.MODE_FLAT) != 0);
  }

  @Test
  void bootParametersAndInitrdAreTheSameEitherWay() throws Exception {
    final Installed host = Installed.empty(16);
    final Installed guest = Installed.empty(16);
    PackedImageBuilder.install(host, image().build(), COMMAND_LINE, Decompressor.HOST);
    final Bootable asked =
        PackedImageBuilder.install(guest, image().build(), COMMAND_LINE, Decompressor.GUEST);
    assertArrayEquals(guest.ram().bytes(0, 1 << 20), host.ram().bytes(0, 1 << 20), "low memory");
    assertEquals(new Unpacking(Decompressor.GUEST, "as asked"), asked.unpacking().orElseThrow());
    assertEquals(0xF4, guest.octet(guest.state.eip));
  }

  @Test
  void aRebootUnpacksAfresh() throws Exception {
    final Installed machine = Installed.empty(16);
    final Bootable kernel =
        PackedImageBuilder.install(machine, image().build(), COMMAND_LINE, Decompressor.HOST);
    final byte[] first = machine.memory();
    machine.ram().fill(LINKED, DATA + DATA_IN_MEMORY - LINKED, 0x55, 1);
    kernel.install(machine, machine.state);
    assertArrayEquals(
        Arrays.copyOfRange(first, DATA, DATA + DATA_IN_MEMORY),
        machine.ram().bytes(DATA, DATA_IN_MEMORY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nokaslr", "quiet nokaslr", "nokaslr quiet", "quiet\tnokaslr  quiet"})
  void theHostUnpacksWhereTheAddressIsNotToBeRandom(String commandLine) throws Exception {
    assertUnpacked(image(), commandLine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "quiet", "nokaslrs", "xnokaslr", "nokaslr=1"})
  void aRandomAddressIsForTheGuestToChoose(String commandLine) throws Exception {
    assertEquals("the command line has no nokaslr", reasonForTheGuest(image(), commandLine));
  }

  @Test
  void kernelsThatCannotMoveNeedNoNokaslr() throws Exception {
    assertUnpacked(image().notRelocatable(), "");
    assertUnpacked(image().version(0x20B), "");
  }

  @ParameterizedTest
  @CsvSource({"0x208, true", "0x209, true", "0x207, false", "0x200, false"})
  void thePayloadIsInTheHeaderFromProtocol208On(String version, boolean known) throws Exception {
    final PackedImageBuilder image = image().version(Integer.decode(version)).notRelocatable();
    if (known) {
      assertUnpacked(image, "");
    } else {
      assertEquals("no payload in a format known here", reasonForTheGuest(image, ""));
    }
  }

  @Test
  void aFormatWithoutALibraryIsForTheGuest() throws Exception {
    final byte[] zstd = Arrays.copyOf(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD}, 64);
    assertEquals(
        "no payload in a format known here",
        reasonForTheGuest(PackedImageBuilder.around(zstd), COMMAND_LINE));
  }

  @Test
  void aKernelThatIsAPlainBinaryIsForTheGuest() throws Exception {
    assertEquals(
        "not an ELF file that is entered at its start",
        reasonForTheGuest(gzip(new byte[5000]), COMMAND_LINE));
  }

  @Test
  void aKernelThatIsNotEnteredAtItsStartIsForTheGuest() throws Exception {
    assertEquals(
        "not an ELF file that is entered at its start",
        reasonForTheGuest(gzip(PackedImageBuilder.elf().entry(LINKED + 16).build()), COMMAND_LINE));
  }

  @Test
  void aKernelLinkedToRunElsewhereIsForTheGuestToRelocate() throws Exception {
    final ElfBuilder elsewhere =
        new ElfBuilder().entry(0x30_0000).segment(0x30_0000, 0xC030_0000, new byte[16], 16);
    assertEquals(
        "linked for another address", reasonForTheGuest(gzip(elsewhere.build()), COMMAND_LINE));
  }

  @Test
  void aKernelLargerThanItsHeaderSaysIsForTheGuest() throws Exception {
    assertEquals(
        "larger than its header says", reasonForTheGuest(image().initSize(0x9000), COMMAND_LINE));
  }

  @Test
  void anotherMachinesKernelIsRefused() throws Exception {
    final byte[] elf = PackedImageBuilder.kernel();
    elf[4] = 2;
    elf[18] = 62;
    assertEquals(
        "kernel packed in vmlinuz: 64-bit ELF file for x86-64; this is an i386 machine",
        complaint(gzip(elf).build()));
  }

  /**
   * Unpacks a payload that one flipped bit damaged; what is wrong with it must be told in a line.
   */
  private static Optional<byte[]> unpackDamaged(byte[] packed, int at, int bit) {
    final byte[] damaged = packed.clone();
    damaged[at] ^= (byte) bit;
    final BootFile file = new BootFile("vmlinuz", damaged);
    try {
      final Optional<KernelPayload> payload = KernelPayload.find(file, 0, damaged.length);
      return payload.isPresent()
          ? Optional.of(payload.get().unpack(1 << 20).bytes())
          : Optional.empty();
    } catch (BootException e) {
      final String message = e.getMessage();
      assertTrue(message.startsWith("vmlinuz: compressed kernel is damaged: its "), message);
      assertEquals(1, message.lines().count(), message);
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LZMA", "LZ4"})
  void noDamagePassesTheChecksums(PackedFormat format) throws Exception {
    final byte[] content = PackedImageBuilder.kernel();
    final byte[] packed = PackedImageBuilder.pack(format, content);
    for (int at = 0; at < packed.length; at++) {
      final Optional<byte[]> unpacked = unpackDamaged(packed, at, 1 << at % 8);
      // Some bits mean nothing, such as those that fill up the last byte.
      assertArrayEquals(content, unpacked.orElse(content), "byte " + at);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LZMA", "LZ4"})
  void damageWithoutAChecksumToFindItNeverCrashesTheLoader(PackedFormat format) throws Exception {
    final byte[] packed = PackedImageBuilder.pack(format, PackedImageBuilder.kernel());
    final int size = PackedImageBuilder.kernel().length;
    for (int at = 0; at < packed.length - 4; at++) {
      final Optional<byte[]> unpacked = unpackDamaged(packed, at, 1 << at % 8);
      assertEquals(size, unpacked.map(bytes -> bytes.length).orElse(size));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPayloadCutShortIsDamaged(PackedFormat format) throws Exception {
    final byte[] packed = PackedImageBuilder.pack(format, PackedImageBuilder.kernel());
    final byte[] half = Arrays.copyOf(packed, packed.length / 2);
    System.arraycopy(packed, packed.length - 4, half, half.length - 4, 4);
    assertTrue(complaint(PackedImageBuilder.around(half).build()).contains("damaged"));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 'unpacks to more than the %d bytes it announces'",
    "+1, 'unpacks to %2$d bytes instead of %1$d'"
  })
  void aWrongUnpackedSizeIsDamage(int error, String complaint) throws Exception {
    final byte[] content = PackedImageBuilder.kernel();
    final byte[] packed = PackedImageBuilder.pack(PackedFormat.XZ, content);
    final int announced = content.length + error;
    packed[packed.length - 4] = (byte) announced;
    packed[packed.length - 3] = (byte) (announced >> 8);
    assertEquals(
        "vmlinuz: compressed kernel is damaged: its xz data "
            + String.format(complaint, announced, content.length),
        complaint(PackedImageBuilder.around(packed).build()));
  }

  @Test
  void aSizeBeyondAllMemoryIsDamage() throws Exception {
    final byte[] packed = PackedImageBuilder.pack(PackedFormat.XZ, PackedImageBuilder.kernel());
    packed[packed.length - 1] = (byte) 0xF0;
    assertTrue(
        complaint(PackedImageBuilder.around(packed).build()).contains("more than there is memory"));
  }
}
