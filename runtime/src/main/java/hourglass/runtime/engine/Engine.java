package hourglass.runtime.engine;

/** What runs guest code. */
public interface Engine {
  /**
   * Runs guest code until {@code state.budget} is 0 or the processor halts. Exceptions are delivered on the way; hardware
   * interrupts are the caller's, between slices.
   *
   * @throws hourglass.runtime.interrupt.TripleFault where the processor shuts down
   */
  void run();

  /** Brings the statistics up to date with what the engine has counted. */
  void updateStatistics();
}
