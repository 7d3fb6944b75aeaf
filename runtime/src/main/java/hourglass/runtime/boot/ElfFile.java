package hourglass.runtime.boot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * A 32-bit little-endian ELF file for i386 (System V Application Binary Interface, chapters "Object
 * Files" and "Program Loading").
 */
public final class ElfFile {
  private static final int HEADER_SIZE = 52;
  private static final int PROGRAM_HEADER_SIZE = 32;
  private static final int SECTION_HEADER_SIZE = 40;
  private static final int SYMBOL_SIZE = 16;

  /** What is longer is cut: kernels have nothing that is, and damaged tables may. */
  private static final long LONGEST_NAME = 4096;

  private static final int EM_386 = 3;
  private static final int EM_486 = 6;
  private static final int EM_X86_64 = 62;
  private static final int PT_LOAD = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHN_UNDEF = 0;
  private static final int STT_SECTION = 3;
  private static final int STT_FILE = 4;

  /**
   * A loadable segment.
   *
   * @param offset of its bytes in the file
   * @param physical physical address
   * @param virtual virtual address
   * @param fileSize bytes in the file
   * @param memorySize bytes in memory; what exceeds {@code fileSize} is zero
   */
  record Load(int offset, long physical, long virtual, int fileSize, long memorySize) {}

  private final BootFile file;
  private final List<Load> loads;

  /** Whether a file begins with the ELF magic number. */
  public static boolean recognises(BootFile file) {
    return file.length() >= 4 && file.u32(0) == 0x464C_457FL;
  }

  /**
   * Reads a file's headers.
   *
   * @throws BootException where the file is no ELF file for i386, or its headers point outside it
   */
  public ElfFile(BootFile file) throws BootException {
    this.file = file;
    if (!recognises(file)) {
      throw file.bad("not an ELF file");
    }
    if (file.length() < HEADER_SIZE) {
      throw file.bad("ELF file is truncated: it ends inside its header");
    }
    final int machine = file.u16(18);
    if (file.u8(4) != 1) {
      throw file.bad(
          machine == EM_X86_64
              ? "64-bit ELF file for x86-64; this is an i386 machine"
              : "64-bit ELF file; this is an i386 machine");
    }
    if (file.u8(5) != 1) {
      throw file.bad("big-endian ELF file; this is an i386 machine");
    }
    if (machine != EM_386 && machine != EM_486) {
      throw file.bad("ELF file for machine type " + machine + "; this is an i386 machine");
    }
    loads = readLoads();
  }

  private List<Load> readLoads() throws BootException {
    final long table = file.u32(28);
    final int entrySize = file.u16(42);
    final int count = file.u16(44);
    if (count > 0 && entrySize < PROGRAM_HEADER_SIZE
        || !file.has(table, (long) entrySize * count)) {
      throw file.bad("ELF file is truncated or damaged: program headers lie outside it");
    }
    final List<Load> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      final int at = (int) table + i * entrySize;
      final long fileSize = file.u32(at + 16);
      final long memorySize = file.u32(at + 20);
      if (file.u32(at) != PT_LOAD || memorySize == 0) {
        continue;
      }
      final long offset = file.u32(at + 4);
      if (!file.has(offset, fileSize) || fileSize > memorySize) {
        throw file.bad("ELF file is truncated or damaged: a segment lies outside it");
      }
      found.add(
          new Load((int) offset, file.u32(at + 12), file.u32(at + 8), (int) fileSize, memorySize));
    }
    return List.copyOf(found);
  }

  /** The entry point as the header has it. */
  long entry() {
    return file.u32(24);
  }

  List<Load> loads() {
    return loads;
  }

  /**
   * Gives every defined, named symbol of the symbol table with its value; none where the file was
   * stripped.
   *
   * @throws BootException where the symbol table points outside the file
   */
  public void forEachSymbol(ObjLongConsumer<String> action) throws BootException {
    final long table = file.u32(32);
    final int entrySize = file.u16(46);
    final int count = file.u16(48);
    if (table == 0 || count == 0) {
      return;
    }
    if (entrySize < SECTION_HEADER_SIZE || !file.has(table, (long) entrySize * count)) {
      throw file.bad("ELF file is truncated or damaged: section headers lie outside it");
    }
    for (int i = 0; i < count; i++) {
      final int section = (int) table + i * entrySize;
      if (file.u32(section + 4) == SHT_SYMTAB) {
        final long strings = file.u32(section + 24);
        if (strings >= count) {
          throw file.bad("ELF file is damaged: its symbol table has no names");
        }
        readSymbols(section, (int) table + (int) strings * entrySize, action);
        return; // there is at most one
      }
    }
  }

  private void readSymbols(int section, int stringSection, ObjLongConsumer<String> action)
      throws BootException {
    final long start = file.u32(section + 16);
    final long size = file.u32(section + 20);
    final long names = file.u32(stringSection + 16);
    final long namesSize = file.u32(stringSection + 20);
    if (!file.has(start, size) || !file.has(names, namesSize)) {
      throw file.bad("ELF file is truncated: its symbol table lies outside it");
    }
    for (int at = (int) start; at + SYMBOL_SIZE <= start + size; at += SYMBOL_SIZE) {
      final long name = file.u32(at);
      final int type = file.u8(at + 12) & 15;
      if (name == 0
          || name >= namesSize
          || file.u16(at + 14) == SHN_UNDEF
          || type == STT_SECTION
          || type == STT_FILE) {
        continue;
      }
      final int first = (int) (names + name);
      final long last = Math.min(names + namesSize, first + LONGEST_NAME);
      int end = first;
      while (end < last && file.bytes()[end] != 0) {
        end++;
      }
      action.accept(
          new String(file.bytes(), first, end - first, StandardCharsets.UTF_8), file.u32(at + 4));
    }
  }
}
