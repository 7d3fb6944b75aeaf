package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A plain ELF kernel such as {@code vmlinux}: its segments are loaded at their physical addresses
 * and it is entered with Linux boot parameters in ESI, as Linux's decompressor would enter it.
 */
final class ElfKernel implements Bootable {
  /**
   * The protocol version the parameters claim; every kernel understands those of an earlier one.
   */
  private static final int VERSION = 0x20F;

  private static final int CMDLINE_SIZE = 2047;

  /**
   * Old kernels give virtual addresses as physical ones; Linux's default split of the address
   * space.
   */
  private static final long PAGE_OFFSET = 0xC000_0000L;

  private final BootFile file;
  private final Optional<BootFile> initrd;
  private final byte[] commandLine;
  private final List<LoadedSegments.Piece> pieces = new ArrayList<>();
  private final long entry;

  ElfKernel(BootFile file, Optional<BootFile> initrd, String commandLine) throws BootException {
    this.file = file;
    this.initrd = initrd;
    this.commandLine = LinuxParameters.commandLineBytes(commandLine, CMDLINE_SIZE);
    final ElfFile elf = new ElfFile(file);
    if (elf.loads().isEmpty()) {
      throw file.bad("ELF file has nothing to load: not a kernel");
    }
    for (ElfFile.Load load : elf.loads()) {
      pieces.add(
          new LoadedSegments.Piece(
              file, load.offset(), load.fileSize(), lowered(load.physical()), load.memorySize()));
    }
    entry = physicalEntry(elf);
  }

  private static long lowered(long address) {
    return address >= PAGE_OFFSET ? address - PAGE_OFFSET : address;
  }

  /** Entry points are physical in recent kernels, virtual in old ones. */
  private long physicalEntry(ElfFile elf) throws BootException {
    for (LoadedSegments.Piece piece : pieces) {
      if (elf.entry() >= piece.address() && elf.entry() < piece.end()) {
        return elf.entry();
      }
    }
    for (ElfFile.Load load : elf.loads()) {
      if (elf.entry() >= load.virtual() && elf.entry() < load.virtual() + load.memorySize()) {
        return elf.entry() - load.virtual() + lowered(load.physical());
      }
    }
    throw file.bad(String.format("ELF entry point 0x%x lies in no segment", elf.entry()));
  }

  @Override
  public void install(PhysicalMemory memory, CpuState state) throws BootException {
    final long end = LoadedSegments.copy(pieces, memory);
    final LinuxParameters parameters = new LinuxParameters(memory.ram().size());
    parameters.page.putShort(SetupHeader.BOOT_FLAG, (short) SetupHeader.BOOT_FLAG_VALUE);
    parameters.page.putInt(SetupHeader.MAGIC, SetupHeader.MAGIC_VALUE);
    parameters.page.putShort(SetupHeader.VERSION, (short) VERSION);
    parameters.page.put(SetupHeader.TYPE_OF_LOADER, (byte) SetupHeader.UNKNOWN_LOADER);
    parameters.page.put(SetupHeader.LOADFLAGS, (byte) SetupHeader.LOADED_HIGH);
    parameters.page.putInt(SetupHeader.CODE32_START, (int) entry);
    parameters.page.putInt(SetupHeader.CMDLINE_SIZE, CMDLINE_SIZE);
    parameters.placeInitrd(
        memory, initrd, Math.max(end, MemoryMap.HIGH_START), SetupHeader.DEFAULT_INITRD_MAX);
    parameters.start(memory, state, commandLine, VERSION, entry);
  }
}
