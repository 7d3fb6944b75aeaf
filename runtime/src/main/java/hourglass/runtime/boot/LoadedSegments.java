package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import java.util.List;

/**
 * Puts the pieces of a kernel where they belong in physical memory, having checked that they may go
 * there.
 */
final class LoadedSegments {
  private static final byte[] ZEROS = new byte[1 << 16];

  /**
   * A piece of a kernel.
   *
   * @param source the file it comes from
   * @param offset where its bytes begin in the file
   * @param fileSize how many there are
   * @param address physical address
   * @param memorySize bytes in memory, the zeros after the file's bytes included
   */
  record Piece(BootFile source, int offset, int fileSize, long address, long memorySize) {
    long end() {
      return address + memorySize;
    }
  }

  private LoadedSegments() {}

  /**
   * Copies the pieces.
   *
   * @return the first address above all of them
   */
  static long copy(List<Piece> pieces, PhysicalMemory memory) throws BootException {
    final long ram = memory.ram().size();
    final MemoryMap map = MemoryMap.of(ram);
    long end = 0;
    long total = 0;
    for (Piece piece : pieces) {
      if (!map.isRam(piece.address(), piece.end())) {
        throw piece
            .source()
            .bad(
                String.format(
                    "kernel wants 0x%x-0x%x, which is not RAM with %d MiB of memory",
                    piece.address(), piece.end(), ram >> 20));
      }
      end = Math.max(end, piece.end());
      total += piece.memorySize();
      if (total > ram) { // many could keep the host copying for hours
        throw piece.source().bad("kernel is damaged: its segments overlap");
      }
    }
    for (Piece piece : pieces) {
      memory.copyIn(
          (int) piece.address(), piece.source().bytes(), piece.offset(), piece.fileSize());
      long at = piece.address() + piece.fileSize();
      while (at < piece.end()) {
        final int length = (int) Math.min(ZEROS.length, piece.end() - at);
        memory.copyIn((int) at, ZEROS, 0, length);
        at += length;
      }
    }
    return end;
  }
}
