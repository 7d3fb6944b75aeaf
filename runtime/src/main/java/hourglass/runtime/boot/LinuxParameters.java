package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Linux's boot parameters, the "zero page", and the start of a kernel with them (Linux
 * documentation, "The Linux/x86 Boot Protocol", section "32-bit Boot Protocol", and "The zero
 * page").
 *
 * <p>Low memory while a kernel starts. Kernels before 2.4 look for the parameters at 0x90000 and
 * nowhere else, so that is where they always are:
 *
 * <pre>
 *   0x01000  zImage, up to the parameters
 *   0x90000  boot parameters, one page
 *   0x91000  descriptor table
 *   0x96000  initial stack, downwards
 *   0x98000  command line, up to the end of conventional memory
 * </pre>
 *
 * <p>All of {@code screen_info} stays zero: zero lines and columns tell a kernel that there is no
 * VGA text screen.
 */
final class LinuxParameters {
  static final int ADDRESS = 0x9_0000;
  static final int SIZE = 0x1000;
  private static final int GDT = 0x9_1000;
  private static final int STACK = 0x9_6000;
  private static final int COMMAND_LINE = 0x9_8000;
  private static final int COMMAND_LINE_ROOM = (int) MemoryMap.LOW_END - COMMAND_LINE;

  // Fields of the zero page outside the setup header.
  private static final int EXT_MEM_K = 0x02;
  private static final int OLD_COMMAND_LINE_MAGIC = 0x20;
  private static final int OLD_COMMAND_LINE_OFFSET = 0x22;
  private static final int ALT_MEM_K = 0x1E0;
  private static final int E820_ENTRIES = 0x1E8;
  private static final int E820_TABLE = 0x2D0;

  /** The zero page; the setup header keeps the offsets it has in a kernel image. */
  final ByteBuffer page = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Fills in the memory map and the obsolete memory sizes.
   *
   * @param ramBytes all of the board's RAM
   */
  LinuxParameters(long ramBytes) {
    final long extendedKib = (ramBytes - MemoryMap.HIGH_START) / 1024;
    page.putShort(EXT_MEM_K, (short) Math.min(extendedKib, 0xFC00));
    page.putInt(ALT_MEM_K, (int) extendedKib);
    int at = E820_TABLE;
    int count = 0;
    for (MemoryMap.Range range : MemoryMap.of(ramBytes).ranges()) {
      page.putLong(at, range.start());
      page.putLong(at + 8, range.size());
      page.putInt(at + 16, range.type());
      at += 20;
      count++;
    }
    page.put(E820_ENTRIES, (byte) count);
  }

  /** Checks a command line and gives its bytes, the terminating zero included. */
  static byte[] commandLineBytes(String commandLine, long limit) throws BootException {
    final byte[] text = (commandLine + "\0").getBytes(StandardCharsets.UTF_8);
    final long room = Math.min(limit, COMMAND_LINE_ROOM - 1);
    if (text.length - 1 > room) {
      throw new BootException(
          "command line of " + (text.length - 1) + " bytes: this kernel takes at most " + room);
    }
    return text;
  }

  /**
   * Copies an initrd as high as the protocol lets it and notes where it is.
   *
   * @param kernelEnd the first address the kernel leaves alone while it starts
   * @param highest the highest address a byte of the initrd may have
   */
  void placeInitrd(PhysicalMemory memory, Optional<BootFile> initrd, long kernelEnd, long highest)
      throws BootException {
    if (initrd.isEmpty()) {
      return;
    }
    final BootFile file = initrd.get();
    final long end = Math.min(memory.ram().size(), highest + 1);
    final long start = end - file.length() & -4096L;
    if (start < kernelEnd) {
      throw file.bad(
          String.format(
              "initrd of %d bytes does not fit between the kernel's end at 0x%x and 0x%x; more"
                  + " memory is needed",
              file.length(), kernelEnd, end));
    }
    memory.copyIn((int) start, file.bytes(), 0, file.length());
    page.putInt(SetupHeader.RAMDISK_IMAGE, (int) start);
    page.putInt(SetupHeader.RAMDISK_SIZE, file.length());
  }

  /**
   * Writes the command line and the parameters, and sets the processor to a kernel's 32-bit entry.
   *
   * @param version the boot protocol's, which decides how the command line is announced
   */
  void start(PhysicalMemory memory, CpuState state, byte[] commandLine, int version, long entry) {
    if (version >= 0x202) {
      page.putInt(SetupHeader.CMD_LINE_PTR, COMMAND_LINE);
    } else {
      page.putShort(OLD_COMMAND_LINE_MAGIC, (short) 0xA33F);
      page.putShort(OLD_COMMAND_LINE_OFFSET, (short) (COMMAND_LINE - ADDRESS));
    }
    memory.copyIn(COMMAND_LINE, commandLine, 0, commandLine.length);
    memory.copyIn(ADDRESS, page.array(), 0, SIZE);
    FlatStart.enter(memory, state, GDT, STACK, (int) entry);
    state.reg[CpuState.ESI] = ADDRESS;
  }
}
