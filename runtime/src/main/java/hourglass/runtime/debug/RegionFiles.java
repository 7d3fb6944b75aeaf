package hourglass.runtime.debug;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.dump.Placement;
import hourglass.translator.dump.RegionDump;
import hourglass.translator.dump.View;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.Translator;
import hourglass.translator.isa.Syntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes regions to a folder: of each a text, and its class file under the same name.
 *
 * <p>A region's name is the symbol nearest below its root, or {@code user} or {@code code} where
 * there is none, and the root's linear address; where several have that, all but the first get a
 * number.
 */
public final class RegionFiles {
  private final Path folder;
  private final SymbolTable symbols;
  private final RegionDump kernelDump;
  private final RegionDump userDump;
  private final Map<String, Integer> taken = new HashMap<>();

  /**
   * A folder to write to.
   *
   * @param folder is there already
   * @param symbols the kernel's
   */
  public RegionFiles(Path folder, SymbolTable symbols) {
    this.folder = folder;
    this.symbols = symbols;
    kernelDump = new RegionDump(EnumSet.allOf(View.class), Syntax.INTEL, this::name);
    userDump = new RegionDump(EnumSet.allOf(View.class), Syntax.INTEL, address -> Optional.empty());
  }

  private Optional<String> name(int address) {
    return symbols.nearest(address).map(symbol -> symbols.describe(address));
  }

  /** Writes a region's two files. Its class is made anew: it is the one that ran, byte for byte. */
  public void write(Region region) throws IOException {
    final boolean user = (region.description.code().modeKey() & CpuState.MODE_USER) != 0;
    final String address = String.format("%08x", region.rootAddress());
    final Optional<Symbol> symbol = user ? Optional.empty() : symbols.nearest(region.rootAddress());
    final String source = symbol.map(s -> symbols.describe(region.rootAddress())).orElse(address);
    final Translator.Emitted emitted = Translator.emit(region.description.code(), source);
    final String file =
        unique(fileName(symbol.map(Symbol::name).orElse(user ? "user" : "code")) + "-" + address);
    Files.write(folder.resolve(file + ".class"), emitted.classFile());
    Files.writeString(
        folder.resolve(file + ".txt"),
        (user ? userDump : kernelDump).text(emitted, Placement.of(region)));
  }

  private static String fileName(String symbol) {
    return symbol.replaceAll("[^A-Za-z0-9_.$]", "_");
  }

  private String unique(String name) {
    final int number = taken.merge(name, 1, Integer::sum);
    return number == 1 ? name : name + "-" + number;
  }
}
