package hourglass.runtime.cli;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes the guest's serial output on at once, but not a system call a byte: a thread writes
 * whatever has come since its last write. The guest waits only when the reader of the output has
 * fallen far behind.
 */
final class ConsoleWriter implements AutoCloseable {
  private static final int CAPACITY = 1 << 16;

  private final OutputStream target;
  private final Runnable onFailure;
  private final Thread thread;

  /** Guarded by this, as are the fields below. */
  private byte[] waiting = new byte[CAPACITY];

  private int count;
  private boolean closed;
  private boolean failed;

  /**
   * Starts to write.
   *
   * @param onFailure called once, on the writing thread, when the target takes no more
   */
  ConsoleWriter(OutputStream target, Runnable onFailure) {
    this.target = target;
    this.onFailure = onFailure;
    thread = Thread.ofPlatform().daemon().name("serial output").start(this::writeAll);
  }

  /** Writes a byte, soon. */
  synchronized void write(byte b) {
    while (count == CAPACITY && !failed) {
      await();
    }
    if (failed) {
      return;
    }
    waiting[count++] = b;
    if (count == 1) {
      notifyAll();
    }
  }

  private void writeAll() {
    byte[] batch = new byte[CAPACITY];
    while (true) {
      final int length;
      synchronized (this) {
        while (count == 0) {
          if (closed) {
            return;
          }
          await();
        }
        final byte[] full = waiting;
        waiting = batch;
        batch = full;
        length = count;
        count = 0;
        notifyAll();
      }
      try {
        target.write(batch, 0, length);
        target.flush();
      } catch (IOException e) {
        synchronized (this) {
          failed = true;
          notifyAll();
        }
        onFailure.run();
        return;
      }
    }
  }

  /** Waits for a change; nobody interrupts the threads of a run. */
  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns when everything has been written, or cannot be. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
