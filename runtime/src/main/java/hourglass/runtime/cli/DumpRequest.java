package hourglass.runtime.cli;

import hourglass.runtime.board.Machine;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.debug.KernelSymbols;
import hourglass.runtime.debug.RegionFiles;
import hourglass.runtime.debug.SymbolTable;
import hourglass.translator.emit.Region;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What {@code --dump} and {@code --dump-at} ask for.
 *
 * @param folder where the files go
 * @param places of which a region must contain one; none: all regions
 * @param kernel the kernel's file, for its symbols
 */
record DumpRequest(Path folder, List<DumpPlace> places, BootFile kernel) {
  DumpRequest {
    places = List.copyOf(places);
  }

  /**
   * Checks what the user wrote and makes the folder, before the guest runs for nothing.
   *
   * @throws CommandFailure where a place is no place, or the folder cannot be made
   */
  static DumpRequest of(Path folder, List<String> places, BootFile kernel) throws CommandFailure {
    final List<DumpPlace> parsed = new ArrayList<>();
    for (String place : places) {
      parsed.add(DumpPlace.parse(place));
    }
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure("--dump: " + folder + " is not a folder");
    } catch (IOException e) {
      throw new CommandFailure("--dump: cannot make " + folder + ": " + Failures.reason(e));
    }
    return new DumpRequest(folder, parsed, kernel);
  }

  /**
   * Writes what is asked for, once the run has ended.
   *
   * @param messages gets a line for each place that no region contains
   * @throws CommandFailure where a file cannot be written, or symbols were asked for that there are
   *     not; regions at the other places have been written then
   * @throws BootException where the kernel's symbols are damaged
   */
  void write(Machine machine, Consumer<String> messages) throws CommandFailure, BootException {
    final SymbolTable symbols = KernelSymbols.find(machine.memory().ram(), kernel);
    final List<String> unknown = new ArrayList<>();
    final List<Integer> addresses = new ArrayList<>();
    for (DumpPlace place : places) {
      final OptionalInt address = place.address(symbols);
      if (address.isEmpty()) {
        unknown.add(place.text());
      } else {
        addresses.add(address.getAsInt());
        if (machine.regions().stream().noneMatch(r -> r.contains(address.getAsInt()))) {
          messages.accept("--dump-at: nothing was translated at " + place.text());
        }
      }
    }
    writeRegions(machine, symbols, addresses);
    if (!unknown.isEmpty()) {
      throw new CommandFailure(
          "--dump-at: the kernel has no symbol "
              + String.join(", ", unknown)
              + (symbols.isEmpty() ? ": it has none that can be found" : ""));
    }
  }

  private void writeRegions(Machine machine, SymbolTable symbols, List<Integer> addresses)
      throws CommandFailure {
    final RegionFiles files = new RegionFiles(folder, symbols);
    try {
      for (Region region : machine.regions()) {
        if (places.isEmpty() || addresses.stream().anyMatch(region::contains)) {
          files.write(region);
        }
      }
    } catch (IOException e) {
      throw new CommandFailure("--dump: cannot write to " + folder + ": " + Failures.reason(e));
    }
  }
}
