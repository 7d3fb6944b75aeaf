package hourglass.runtime.debug;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.ElfFile;
import hourglass.translator.cpu.Ram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the symbols of the kernel that a guest runs. */
public final class KernelSymbols {
  private KernelSymbols() {}

  /**
   * The symbols of a kernel: from its own tables in memory, which say where it really is; else from
   * its file, where that is ELF; else from a {@code System.map} beside it. Empty where there is
   * none of these.
   *
   * @param ram the guest's RAM
   * @param kernel the kernel's file
   * @throws BootException where the symbols in one of the files are damaged
   */
  public static SymbolTable find(Ram ram, BootFile kernel) throws BootException {
    final Optional<SymbolTable> own = Kallsyms.find(ram);
    return own.isPresent() ? own.get() : ofFile(kernel);
  }

  /**
   * The symbols of a kernel as it was linked: from its file, where that is ELF; else from a {@code
   * System.map} beside it. Empty where there is none of these.
   *
   * @throws BootException where the symbols in one of the files are damaged
   */
  public static SymbolTable ofFile(BootFile kernel) throws BootException {
    if (ElfFile.recognises(kernel)) {
      final SymbolTable symbols = SymbolTable.of(new ElfFile(kernel));
      if (!symbols.isEmpty()) {
        return symbols;
      }
    }
    final Path map = systemMap(Path.of(kernel.name()));
    return Files.isRegularFile(map) ? SystemMap.read(map) : SymbolTable.empty();
  }

  /** {@code vmlinuz-6.1} has its symbols in {@code System.map-6.1}. */
  private static Path systemMap(Path kernel) {
    final String name = String.valueOf(kernel.getFileName());
    final int version = name.indexOf('-');
    return kernel.resolveSibling("System.map" + (version < 0 ? "" : name.substring(version)));
  }
}
