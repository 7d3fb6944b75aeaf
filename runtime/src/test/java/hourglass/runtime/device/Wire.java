package hourglass.runtime.device;

/** An interrupt line that remembers its level and counts its rising edges. */
final class Wire implements InterruptLine {
  boolean high;
  int edges;

  @Override
  public void set(boolean high) {
    if (high && !this.high) {
      edges++;
    }
    this.high = high;
  }
}
