package hourglass.runtime.process;

import hourglass.runtime.debug.Symbol;
import hourglass.runtime.debug.SymbolTable;
import java.util.List;
import java.util.Optional;

/** The places in a kernel that every process passes through, by what they are called. */
enum KernelPath {
  /** Chooses the next process; its caller tells whether a process exits. */
  SCHEDULE("__schedule", "schedule"),

  /** From one stack to another: EAX the task that is left, EDX the next one. */
  SWITCH("__switch_to_asm", "__switch_to"),

  /** Begins to make a process: its first argument has the flags. */
  FORK("kernel_clone", "_do_fork", "do_fork"),

  /** A process is made: its first argument. */
  NEW_TASK("wake_up_new_task"),

  FIRST_RETURN("ret_from_fork"),

  /** The same for kernel threads, in Linux 3.7 to 4.8. */
  FIRST_RETURN_OF_THREAD("ret_from_kernel_thread"),

  /** The last thing that exec does: the new program is there, and named. */
  EXEC("start_thread", "install_exec_creds", "compute_creds"),

  /** Its first argument is the exit code. */
  EXIT("do_exit"),

  /** The first thing that a process does after it was switched to. */
  SWITCHED("finish_task_switch");

  private final List<String> names;

  KernelPath(String... names) {
    this.names = List.of(names);
  }

  /**
   * The path's symbol: the first of its names that there is. Compilers may have added to it, where
   * they made a function of other parameters of it.
   */
  Optional<Symbol> in(SymbolTable symbols) {
    for (String name : names) {
      final Optional<Symbol> found =
          symbols
              .find(name)
              .or(() ->
                  symbols.symbols().stream()
                      .filter(s -> s.name().matches(name + "(\\.(isra|constprop)\\.\\d+)+"))
                      .findFirst());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
