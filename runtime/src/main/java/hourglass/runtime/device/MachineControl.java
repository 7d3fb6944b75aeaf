package hourglass.runtime.device;

/**
 * What chips can do to the machine as a whole. It happens after the instruction that asked for it.
 */
public interface MachineControl {
  /** Resets the machine. */
  void reset();

  /** Ends the run. */
  void exit(int value);
}
