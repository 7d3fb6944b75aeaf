package hourglass.runtime.testing;

import hourglass.runtime.interrupt.InterruptController;
import java.util.ArrayDeque;
import java.util.Deque;

/** An interrupt controller that hands out the vectors a test has raised, in order. */
public final class TestInterrupts implements InterruptController {
  private final Deque<Integer> vectors = new ArrayDeque<>();

  /** Asserts INTR with a vector, 0-255. */
  public void raise(int vector) {
    vectors.add(vector);
  }

  @Override
  public boolean isPending() {
    return !vectors.isEmpty();
  }

  @Override
  public int acknowledge() {
    return vectors.remove();
  }
}
