package hourglass.runtime.board;

import hourglass.runtime.device.ByteQueue;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * What other threads want of a running board: input for its serial port, an action on its thread,
 * or its end. The board looks between slices.
 */
final class HostSignals {
  /** How many bytes may wait for the guest before no more should be sent. */
  private static final int INPUT_LIMIT = 1 << 16;

  private final ByteQueue input = new ByteQueue();

  /** How many bytes have been handed over that the guest has not taken. */
  private volatile int untaken;

  private final Queue<Runnable> actions = new ArrayDeque<>();
  private boolean stop;

  /** Whether there may be something to take; written under the lock. */
  private volatile boolean present;

  private volatile Thread runner;

  synchronized void stop() {
    stop = true;
    announce();
  }

  synchronized void send(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      input.add(bytes[offset + i]);
    }
    announce();
  }

  /** Tells how many of the bytes handed over the guest has not taken; on the runner's thread. */
  void setUntaken(int bytes) {
    untaken = bytes;
  }

  synchronized boolean hasRoomForInput() {
    return input.size() + untaken < INPUT_LIMIT;
  }

  synchronized void call(Runnable action) {
    actions.add(action);
    announce();
  }

  private void announce() {
    present = true;
    LockSupport.unpark(runner);
  }

  /** Makes the calling thread the one that {@link #await} waits on. */
  void attach() {
    runner = Thread.currentThread();
  }

  /**
   * Waits until something is present or the time has passed.
   *
   * @param nanos {@link Long#MAX_VALUE} waits without end
   */
  void await(long nanos) {
    if (present || runner.isInterrupted()) {
      return;
    }
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }

  /**
   * Runs the actions, and hands input over to who takes it to the serial port.
   *
   * @param receiver takes bytes, 0-255
   * @return whether the run is to end: it was stopped, or the thread that runs it interrupted
   */
  boolean take(IntConsumer receiver) {
    if (!present) {
      return runner.isInterrupted();
    }
    synchronized (this) {
      present = false;
      untaken += input.size();
      while (!input.isEmpty()) {
        receiver.accept(input.remove());
      }
      while (!actions.isEmpty()) {
        actions.remove().run();
      }
      return stop || runner.isInterrupted();
    }
  }
}
