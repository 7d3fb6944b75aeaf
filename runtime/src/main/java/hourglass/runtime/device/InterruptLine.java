package hourglass.runtime.device;

/** A wire on which a device asks for an interrupt. */
@FunctionalInterface
public interface InterruptLine {
  void set(boolean high);

  /**
   * Makes a number of lines that are wired together: this line is high while one of them is, as
   * with COM1 and COM3 on IRQ 4.
   */
  default InterruptLine[] share(int count) {
    final InterruptLine[] inputs = new InterruptLine[count];
    final boolean[] levels = new boolean[count];
    for (int i = 0; i < count; i++) {
      final int input = i;
      inputs[i] =
          high -> {
            levels[input] = high;
            boolean any = false;
            for (boolean level : levels) {
              any |= level;
            }
            set(any);
          };
    }
    return inputs;
  }
}
