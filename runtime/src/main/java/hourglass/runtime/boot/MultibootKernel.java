package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Multiboot kernel (Multiboot Specification version 0.6.96). An initrd becomes its one module.
 */
final class MultibootKernel implements Bootable {
  private static final int SEARCH_LIMIT = 8192;
  private static final long HEADER_MAGIC = 0x1BAD_B002L;
  private static final int BOOT_MAGIC = 0x2BAD_B002;

  private static final int FLAG_ADDRESSES = 1 << 16;
  // Features a loader must have or refuse the kernel: page alignment, memory information, video
  // mode. Of the last, a
  // loader may say in the information structure that it set none.
  private static final int KNOWN_REQUIREMENTS = 7;

  private static final int INFO_MEMORY = 1;
  private static final int INFO_COMMAND_LINE = 1 << 2;
  private static final int INFO_MODULES = 1 << 3;
  private static final int INFO_MEMORY_MAP = 1 << 6;
  private static final int INFO_LOADER_NAME = 1 << 9;

  private static final int INFO_SIZE = 120;
  private static final int MODULE_SIZE = 16;
  private static final int MAP_ENTRY_SIZE = 24;
  private static final long LOW_BLOCK = 0x9_0000;

  private final Optional<BootFile> module;
  private final String commandLine;
  private final List<LoadedSegments.Piece> pieces = new ArrayList<>();
  private final long entry;

  /** Where a file's Multiboot header is, if it has one. */
  static OptionalInt headerOffset(BootFile file) {
    final int end = Math.min(SEARCH_LIMIT, file.length()) - 12;
    for (int at = 0; at <= end; at += 4) {
      if (file.u32(at) == HEADER_MAGIC
          && (int) (file.u32(at) + file.u32(at + 4) + file.u32(at + 8)) == 0) {
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Checks a Multiboot file.
   *
   * @param header where its header is, see {@link #headerOffset}
   */
  MultibootKernel(BootFile file, int header, Optional<BootFile> module, String commandLine)
      throws BootException {
    this.module = module;
    this.commandLine = commandLine;
    final int flags = (int) file.u32(header + 4);
    if ((flags & 0xFFFF & ~KNOWN_REQUIREMENTS) != 0) {
      throw file.bad(
          String.format(
              "Multiboot kernel requires features 0x%x, which are unknown",
              flags & 0xFFFF & ~KNOWN_REQUIREMENTS));
    }
    entry = (flags & FLAG_ADDRESSES) != 0 ? addFlat(file, header) : addElf(file);
  }

  /** The header itself says what goes where: the "a.out kludge". */
  private long addFlat(BootFile file, int header) throws BootException {
    if (!file.has(header, 32)) {
      throw file.bad("Multiboot kernel is truncated: it ends inside its header");
    }
    final long headerAddress = file.u32(header + 12);
    final long load = file.u32(header + 16);
    final long loadEnd = file.u32(header + 20);
    final long bssEnd = file.u32(header + 24);
    final long start = header - (headerAddress - load);
    final long size = loadEnd == 0 ? file.length() - start : loadEnd - load;
    if (load > headerAddress || size < 0 || !file.has(start, size)) {
      throw file.bad("Multiboot kernel is truncated or damaged: its load addresses lie outside it");
    }
    final long memorySize = bssEnd == 0 ? size : bssEnd - load;
    if (memorySize < size) {
      throw file.bad("Multiboot kernel is damaged: its bss ends before its data");
    }
    pieces.add(new LoadedSegments.Piece(file, (int) start, (int) size, load, memorySize));
    return file.u32(header + 28);
  }

  private long addElf(BootFile file) throws BootException {
    final ElfFile elf = new ElfFile(file);
    for (ElfFile.Load load : elf.loads()) {
      pieces.add(
          new LoadedSegments.Piece(
              file, load.offset(), load.fileSize(), load.physical(), load.memorySize()));
    }
    if (pieces.isEmpty()) {
      throw file.bad("ELF file has nothing to load: not a kernel");
    }
    return elf.entry();
  }

  @Override
  public void install(PhysicalMemory memory, CpuState state) throws BootException {
    final long kernelEnd = pageUp(LoadedSegments.copy(pieces, memory));
    final long ram = memory.ram().size();
    long free = Math.max(kernelEnd, MemoryMap.HIGH_START);
    final long moduleStart = free;
    if (module.isPresent()) {
      final BootFile file = module.get();
      if (free + file.length() > ram) {
        throw file.bad(
            String.format(
                "module of %d bytes does not fit above the kernel's end at 0x%x; more memory is"
                    + " needed",
                file.length(), kernelEnd));
      }
      memory.copyIn((int) free, file.bytes(), 0, file.length());
      free = pageUp(free + file.length());
    }
    final byte[] sizing = information(0, moduleStart, ram);
    final long block = blockAddress(sizing.length, free, ram);
    final byte[] information = information((int) block, moduleStart, ram);
    memory.copyIn((int) block, information, 0, information.length);
    final int gdt = (int) block + information.length - FlatStart.GDT_SIZE;
    FlatStart.enter(memory, state, gdt, 0, (int) entry);
    state.reg[CpuState.EAX] = BOOT_MAGIC;
    state.reg[CpuState.EBX] = (int) block;
  }

  /**
   * In conventional memory, out of the way of a kernel's heap, unless the kernel itself is there.
   */
  private long blockAddress(int size, long free, long ram) throws BootException {
    final long end = LOW_BLOCK + size;
    if (end <= MemoryMap.LOW_END
        && pieces.stream().noneMatch(p -> p.address() < end && p.end() > LOW_BLOCK)) {
      return LOW_BLOCK;
    }
    if (free + size > ram) {
      throw new BootException("no room for the Multiboot information; more memory is needed");
    }
    return free;
  }

  private static long pageUp(long address) {
    return address + 4095 & -4096L;
  }

  /**
   * The information structure at {@code address}, what it points to, and room for a descriptor
   * table.
   */
  private byte[] information(int address, long moduleStart, long ram) {
    final byte[] text = zeroTerminated(commandLine);
    final byte[] loader = zeroTerminated("Hourglass");
    final byte[] moduleText = zeroTerminated(module.map(BootFile::name).orElse(""));
    final List<MemoryMap.Range> ranges = MemoryMap.of(ram).ranges();
    final int modules = INFO_SIZE;
    final int map = modules + MODULE_SIZE;
    final int strings = map + MAP_ENTRY_SIZE * ranges.size();
    final int used = strings + text.length + loader.length + moduleText.length;
    final int total = (used + 15 & -16) + FlatStart.GDT_SIZE;
    final ByteBuffer info = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    info.putInt(
        0,
        INFO_MEMORY
            | INFO_COMMAND_LINE
            | (module.isPresent() ? INFO_MODULES : 0)
            | INFO_MEMORY_MAP
            | INFO_LOADER_NAME);
    info.putInt(4, (int) (MemoryMap.LOW_END / 1024));
    info.putInt(8, (int) ((ram - MemoryMap.HIGH_START) / 1024));
    info.putInt(16, address + strings);
    if (module.isPresent()) {
      info.putInt(20, 1);
      info.putInt(24, address + modules);
      info.putInt(modules, (int) moduleStart);
      info.putInt(modules + 4, (int) moduleStart + module.get().length());
      info.putInt(modules + 8, address + strings + text.length + loader.length);
    }
    info.putInt(44, MAP_ENTRY_SIZE * ranges.size());
    info.putInt(48, address + map);
    info.putInt(64, address + strings + text.length);
    int at = map;
    for (MemoryMap.Range range : ranges) {
      info.putInt(at, MAP_ENTRY_SIZE - 4); // the size field does not count itself
      info.putLong(at + 4, range.start());
      info.putLong(at + 12, range.size());
      info.putInt(at + 20, range.type());
      at += MAP_ENTRY_SIZE;
    }
    info.put(strings, text);
    info.put(strings + text.length, loader);
    info.put(strings + text.length + loader.length, moduleText);
    return info.array();
  }

  private static byte[] zeroTerminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
