package hourglass.runtime.process;

import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.engine.Watcher;

/** Told, on the guest's thread, of what a {@link ProcessWatcher} finds out as it does. */
public interface ProcessListener {
  /** Does nothing. */
  ProcessListener NOBODY = new ProcessListener() {};

  /** The machine is there; comes once, before everything else. */
  default void attached(Watcher.Machine machine) {}

  /** The machine starts again: its kernel's symbols are unknown once more. */
  default void reset() {}

  /** The kernel's symbols are known, where it runs. */
  default void foundSymbols(SymbolTable symbols) {}

  /**
   * The processor leaves a process for another one, or for another thread in the same address space
   * that cannot be told from it.
   *
   * @param spaceBefore CR3 before the switch
   * @param space CR3 after it
   */
  default void switched(GuestProcess from, GuestProcess to, int spaceBefore, int space) {}
}
