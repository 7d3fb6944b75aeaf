package hourglass.runtime.process;

import hourglass.images.Grain;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.debug.KernelSymbols;
import hourglass.runtime.debug.SymbolTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * A run of our own guest kernel in virtual time, with everything traced.
 *
 * @param printed what it printed, without carriage returns
 * @param events in order; their processes are as they were at the end
 * @param lines the same events as text, as they were written meanwhile
 */
record WatchedGrain(
    String printed,
    Outcome outcome,
    long instructions,
    ProcessWatcher watcher,
    List<TraceEvent> events,
    List<String> lines) {
  private static final int MEMORY = 64 << 20;

  private static BootFile kernel() {
    return new BootFile(Grain.NAME, Grain.kernel());
  }

  static SymbolTable symbols() throws BootException {
    return KernelSymbols.ofFile(kernel());
  }

  /** Runs a program, under the symbols given. */
  static WatchedGrain run(EngineKind engine, int heat, String program, SymbolTable symbols)
      throws BootException {
    return run(engine, heat, "run=" + program, "", symbols);
  }

  /** Has the shell carry out a line. */
  static WatchedGrain type(String line) throws BootException {
    return run(EngineKind.TRANSLATE, 1000, "", line + "; poweroff\n", symbols());
  }

  private static WatchedGrain run(
      EngineKind engine, int heat, String commandLine, String typed, SymbolTable symbols)
      throws BootException {
    final StringBuilder printed = new StringBuilder();
    final List<TraceEvent> events = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    final TextTrace text = new TextTrace(lines::add);
    final ProcessWatcher watcher =
        new ProcessWatcher(
            symbols,
            EnumSet.allOf(TraceKind.class),
            TraceFilter.ALL,
            event -> {
              events.add(event);
              text.accept(event);
            });
    final Board board =
        new Board(
            new BoardOptions(MEMORY, engine, heat, ClockKind.VIRTUAL, false),
            Kernels.open(kernel(), Optional.empty(), commandLine),
            b -> printed.append((char) b),
            watcher);
    final byte[] bytes = typed.getBytes(StandardCharsets.US_ASCII);
    board.sendInput(bytes, 0, bytes.length);
    final Outcome outcome = board.run();
    watcher.finish();
    return new WatchedGrain(
        printed.toString().replace("\r", ""),
        outcome,
        board.statistics().interpretedInstructions + board.statistics().translatedInstructions,
        watcher,
        events,
        lines);
  }

  /** The events of a kind. */
  <T extends TraceEvent> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
