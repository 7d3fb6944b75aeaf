package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A bzImage or zImage, protocol versions 2.00 to 2.15, entered at its 32-bit entry point (Linux
 * documentation, "The Linux/x86 Boot Protocol").
 *
 * <p>The real-mode part of the image is not run: what it would find out from a BIOS stands in
 * {@link LinuxParameters}. Neither is the decompressor in front of the kernel, if the kernel can be
 * unpacked here: then the boot begins at the kernel's own {@code startup_32}, as the decompressor
 * would enter it. {@code docs/decompression.md} says when that is.
 */
final class LinuxImage implements Bootable {
  private static final int SECTOR = 512;
  private static final int DEFAULT_SETUP_SECTS = 4;
  private static final long HIGH_LOAD = 0x10_0000;
  private static final long LOWEST_LOAD = 0x1000;

  private final BootFile file;
  private final Optional<BootFile> initrd;
  private final String commandLine;
  private final int version;
  private final boolean loadedHigh;
  private final int headerEnd;
  private final int codeStart;
  private final Decompressor decompressor;
  private final UnpackedCache unpacked;
  private Optional<Unpacking> unpacking = Optional.empty();

  /** Whether a file carries the setup header's two magic numbers. */
  static boolean recognises(BootFile file) {
    return file.length() >= SetupHeader.MAGIC + 4
        && file.u16(SetupHeader.BOOT_FLAG) == SetupHeader.BOOT_FLAG_VALUE
        && file.u32(SetupHeader.MAGIC) == SetupHeader.MAGIC_VALUE;
  }

  /** Checks an image that {@link #recognises} accepts. */
  LinuxImage(
      BootFile file,
      Optional<BootFile> initrd,
      String commandLine,
      Decompressor decompressor,
      UnpackedCache unpacked)
      throws BootException {
    this.decompressor = decompressor;
    this.unpacked = unpacked;
    this.file = file;
    this.initrd = initrd;
    this.commandLine = commandLine;
    headerEnd =
        Math.min(
            SetupHeader.JUMP_DISTANCE + 1 + file.u8(SetupHeader.JUMP_DISTANCE),
            SetupHeader.MAX_END);
    final int sectors = file.u8(SetupHeader.SETUP_SECTS);
    codeStart = SECTOR * (1 + (sectors == 0 ? DEFAULT_SETUP_SECTS : sectors));
    if (codeStart >= file.length() || headerEnd > file.length()) {
      throw file.bad("Linux kernel image is truncated: it ends before the protected-mode kernel");
    }
    version = file.u16(SetupHeader.VERSION);
    if (version < 0x200) {
      throw file.bad("Linux boot protocol " + versionText() + " is older than 2.00");
    }
    loadedHigh = (file.u8(SetupHeader.LOADFLAGS) & SetupHeader.LOADED_HIGH) != 0;
    if (version >= 0x20C && (file.u16(SetupHeader.XLOADFLAGS) & SetupHeader.XLF_KERNEL_64) != 0) {
      throw file.bad("64-bit kernel; this is an i386 machine");
    }
    checkLength();
    checkEntry();
    commandLineBytes();
  }

  private void checkEntry() throws BootException {
    final long start = file.u32(SetupHeader.CODE32_START);
    if (start < (loadedHigh ? HIGH_LOAD : LOWEST_LOAD) || start >= defaultLoad() + codeSize()) {
      throw file.bad(
          String.format("Linux kernel image is damaged: it is entered at 0x%x, outside it", start));
    }
  }

  /** The size is in paragraphs; before 2.04 only its low 16 bits are kept. */
  private void checkLength() throws BootException {
    final long paragraphs =
        version >= 0x204 ? file.u32(SetupHeader.SYSSIZE) : file.u16(SetupHeader.SYSSIZE);
    final long present = (codeSize() + 15) / 16;
    if (present < paragraphs) {
      throw file.bad(
          String.format(
              "Linux kernel image is truncated: %d bytes of %d",
              file.length(), codeStart + 16 * paragraphs));
    }
  }

  private String versionText() {
    return String.format("%d.%02d", version >>> 8, version & 0xFF);
  }

  private long codeSize() {
    return file.length() - codeStart;
  }

  private byte[] commandLineBytes() throws BootException {
    final long limit =
        version >= 0x206 ? file.u32(SetupHeader.CMDLINE_SIZE) : SetupHeader.DEFAULT_CMDLINE_SIZE;
    return LinuxParameters.commandLineBytes(commandLine, limit);
  }

  @Override
  public void install(PhysicalMemory memory, CpuState state) throws BootException {
    final long ram = memory.ram().size();
    final long load = loadAddress(ram);
    final long end = startupEnd(load);
    final long limit = loadedHigh ? ram : LinuxParameters.ADDRESS;
    if (end > limit) {
      throw file.bad(
          loadedHigh
              ? String.format(
                  "kernel needs memory up to 0x%x to start, there are %d MiB; more memory is"
                      + " needed",
                  end, ram >> 20)
              : String.format("zImage of %d bytes does not fit below 0x%x", codeSize(), limit));
    }
    final LinuxParameters parameters = new LinuxParameters(ram);
    parameters.page.put(
        SetupHeader.START, file.bytes(), SetupHeader.START, headerEnd - SetupHeader.START);
    final long entry = file.u32(SetupHeader.CODE32_START) - defaultLoad() + load;
    parameters.page.putInt(SetupHeader.CODE32_START, (int) entry);
    parameters.page.put(SetupHeader.TYPE_OF_LOADER, (byte) SetupHeader.UNKNOWN_LOADER);
    if (version >= 0x201) {
      parameters.page.put(
          SetupHeader.LOADFLAGS,
          (byte) (file.u8(SetupHeader.LOADFLAGS) | SetupHeader.CAN_USE_HEAP));
      parameters.page.putShort(SetupHeader.HEAP_END_PTR, (short) 0x5E00);
    }
    final long highest =
        version >= 0x203 ? file.u32(SetupHeader.INITRD_ADDR_MAX) : SetupHeader.DEFAULT_INITRD_MAX;
    final Optional<UnpackedKernel> unpacked = unpackOnHost(load, end, ram);
    final long kernelEnd = Math.max(end, unpacked.map(UnpackedKernel::end).orElse(0L));
    parameters.placeInitrd(memory, initrd, Math.max(kernelEnd, HIGH_LOAD), highest);
    if (unpacked.isPresent()) {
      LoadedSegments.copy(unpacked.get().pieces(), memory);
    } else {
      memory.copyIn((int) load, file.bytes(), codeStart, (int) codeSize());
    }
    parameters.start(memory, state, commandLineBytes(), version, entry);
    unpacked.ifPresent(kernel -> enterAsDecompressor(state, (int) kernel.entry()));
  }

  /** Linux's decompressor jumps by EAX, earlier ones by EBP; kernels rely on neither. */
  private static void enterAsDecompressor(CpuState state, int entry) {
    state.reg[CpuState.EAX] = entry;
    state.reg[CpuState.EBP] = entry;
    state.eip = entry;
    state.nextEip = entry;
  }

  @Override
  public Optional<Unpacking> unpacking() {
    return unpacking;
  }

  /**
   * Unpacks the kernel, unless that is to be left to the guest.
   *
   * @param load where the image as a whole would be loaded
   * @param end the first address the kernel leaves alone, as the header says
   */
  private Optional<UnpackedKernel> unpackOnHost(long load, long end, long ram)
      throws BootException {
    if (decompressor == Decompressor.GUEST) {
      return leaveToGuest("as asked");
    }
    if (mayRandomiseItsBase()) {
      return leaveToGuest("the command line has no nokaslr");
    }
    final Optional<KernelPayload> payload = payload();
    if (payload.isEmpty()) {
      return leaveToGuest("no payload in a format known here");
    }
    final long start = System.nanoTime();
    final BootFile content = payload.get().unpack(ram, unpacked);
    final double seconds = (System.nanoTime() - start) / 1e9;
    final Optional<UnpackedKernel> kernel = UnpackedKernel.of(content);
    if (kernel.isEmpty()) {
      return leaveToGuest("not an ELF file that is entered at its start");
    }
    if (!runsWhereLinked(kernel.get(), load)) {
      return leaveToGuest("linked for another address");
    }
    if (kernel.get().end() > (version >= 0x20A ? end : ram)) {
      return leaveToGuest("larger than its header says");
    }
    unpacking =
        Optional.of(
            new Unpacking(
                Decompressor.HOST,
                String.format(
                    Locale.ROOT,
                    "%s, %,d bytes in %.2f s",
                    payload.get().format().text(),
                    content.length(),
                    seconds)));
    return kernel;
  }

  private Optional<UnpackedKernel> leaveToGuest(String why) {
    unpacking = Optional.of(new Unpacking(Decompressor.GUEST, why));
    return Optional.empty();
  }

  /**
   * Whether the decompressor may choose another address at random. Only relocatable kernels can,
   * and none before Linux 3.14, when the protocol was at 2.12 already; the header does not say
   * which do.
   */
  private boolean mayRandomiseItsBase() {
    return version >= 0x20C
        && isRelocatable()
        && !Arrays.asList(commandLine.split("\\s+")).contains("nokaslr");
  }

  private Optional<KernelPayload> payload() {
    if (version < 0x208 || headerEnd < SetupHeader.PAYLOAD_LENGTH + 4) {
      return Optional.empty();
    }
    return KernelPayload.find(
        file,
        codeStart + file.u32(SetupHeader.PAYLOAD_OFFSET),
        file.u32(SetupHeader.PAYLOAD_LENGTH));
  }

  /** Whether the decompressor would put a kernel exactly where it was linked to run. */
  private boolean runsWhereLinked(UnpackedKernel kernel, long load) {
    final long preferred = version >= 0x20A ? file.u64(SetupHeader.PREF_ADDRESS) : kernel.entry();
    if (kernel.entry() < HIGH_LOAD || kernel.entry() != preferred) {
      return false;
    }
    if (!isRelocatable()) {
      return true;
    }
    final long alignment = file.u32(SetupHeader.KERNEL_ALIGNMENT);
    final long lowest = version >= 0x20A ? Math.max(load, preferred) : load;
    return Long.bitCount(alignment) == 1 && (lowest + alignment - 1 & -alignment) == preferred;
  }

  private boolean isRelocatable() {
    return version >= 0x205 && file.u8(SetupHeader.RELOCATABLE_KERNEL) != 0;
  }

  /**
   * Where the protected-mode kernel goes unless it is relocated. A boot loader puts a zImage at
   * 0x10000, and its real-mode part then moves it down to where it is linked, which is where it is
   * entered; here it goes there at once.
   */
  private long defaultLoad() {
    return loadedHigh ? HIGH_LOAD : file.u32(SetupHeader.CODE32_START);
  }

  /** Relocatable kernels are loaded where they prefer to run, if RAM reaches there. */
  private long loadAddress(long ram) {
    if (loadedHigh && version >= 0x20A && isRelocatable()) {
      final long preferred = file.u64(SetupHeader.PREF_ADDRESS);
      if (preferred >= HIGH_LOAD && preferred < ram) {
        return preferred;
      }
    }
    return defaultLoad();
  }

  /**
   * The first address the kernel leaves alone until it reads the memory map. From protocol 2.10 the
   * header says how much it needs from where it runs: where it was loaded, or the preferred address
   * if that is higher or it cannot be moved.
   */
  private long startupEnd(long load) {
    final long loaded = load + codeSize();
    if (version < 0x20A) {
      return loaded;
    }
    final long preferred = file.u64(SetupHeader.PREF_ADDRESS);
    final long runs = isRelocatable() ? Math.max(load, preferred) : preferred;
    return Math.max(loaded, runs + file.u32(SetupHeader.INIT_SIZE));
  }
}
