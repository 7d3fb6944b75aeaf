package hourglass.runtime.boot;

import java.util.List;
import java.util.Optional;

/**
 * An unpacked kernel, to be put where it was linked to run. A relocatable kernel's file goes on
 * after the ELF file with a table of what to patch if it runs elsewhere; here it never does.
 *
 * @param pieces its segments
 * @param entry physical address of its {@code startup_32}, which is the lowest of all its addresses
 * @param end the first physical address above it
 */
record UnpackedKernel(List<LoadedSegments.Piece> pieces, long entry, long end) {
  /**
   * Reads an unpacked kernel; none where it is no ELF file or has an unusual layout: old kernels
   * are plain binaries.
   *
   * @throws BootException where it is an ELF file, but a damaged one or another machine's
   */
  static Optional<UnpackedKernel> of(BootFile file) throws BootException {
    if (!ElfFile.recognises(file)) {
      return Optional.empty();
    }
    final ElfFile elf = new ElfFile(file);
    final List<LoadedSegments.Piece> pieces =
        elf.loads().stream()
            .map(load ->
                new LoadedSegments.Piece(
                    file, load.offset(), load.fileSize(), load.physical(), load.memorySize()))
            .toList();
    final long start =
        pieces.stream().mapToLong(LoadedSegments.Piece::address).min().orElse(Long.MAX_VALUE);
    final long end = pieces.stream().mapToLong(LoadedSegments.Piece::end).max().orElse(0);
    return start == elf.entry()
        ? Optional.of(new UnpackedKernel(pieces, start, end))
        : Optional.empty();
  }
}
