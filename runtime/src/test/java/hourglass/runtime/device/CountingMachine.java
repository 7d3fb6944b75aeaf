package hourglass.runtime.device;

/** Remembers what chips ask of the machine. */
final class CountingMachine implements MachineControl {
  int resets;
  int exits;
  int exitValue;

  @Override
  public void reset() {
    resets++;
  }

  @Override
  public void exit(int value) {
    exits++;
    exitValue = value;
  }
}
