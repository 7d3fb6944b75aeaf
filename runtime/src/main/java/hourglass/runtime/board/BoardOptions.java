package hourglass.runtime.board;

import hourglass.translator.isa.CpuModel;

/**
 * What a board is built from.
 *
 * @param memoryBytes RAM, 16 MiB to 2047 MiB, a whole number of MiB
 * @param engine which engine runs guest code
 * @param heat how often a place is interpreted before it is translated; 0 translates everything
 *     before it first runs
 * @param clock what guest time follows
 * @param rebootOnReset whether a guest reset boots again (true) or ends the run (false)
 * @param cpu the processor
 */
public record BoardOptions(
    long memoryBytes,
    EngineKind engine,
    int heat,
    ClockKind clock,
    boolean rebootOnReset,
    CpuModel cpu) {
  /** Options for a board with a processor that has everything. */
  public BoardOptions(
      long memoryBytes, EngineKind engine, int heat, ClockKind clock, boolean rebootOnReset) {
    this(memoryBytes, engine, heat, clock, rebootOnReset, CpuModel.MAX);
  }

  /** The engines. */
  public enum EngineKind {
    INTERPRET,
    TRANSLATE
  }

  /** The clocks. */
  public enum ClockKind {
    /** Guest time follows the host's. */
    HOST,
    /** Guest time is the count of executed instructions: the same inputs give the same run. */
    VIRTUAL
  }
}
