package hourglass.runtime.boot;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A kernel's payload being unpacked, on a thread of its own where that begins before the board is
 * there.
 */
final class PayloadUnpacking {
  /**
   * What came of it.
   *
   * @param content the kernel
   * @param seconds how long it took
   */
  record Unpacked(BootFile content, double seconds) {}

  private final FutureTask<Unpacked> task;

  /**
   * Makes one that has not begun.
   *
   * @param limit the largest size to unpack to, in bytes
   * @param cache where it may have been unpacked before
   */
  PayloadUnpacking(KernelPayload payload, long limit, UnpackedCache cache) {
    task =
        new FutureTask<>(() -> {
          final long start = System.nanoTime();
          final BootFile content = payload.unpack(limit, cache);
          return new Unpacked(content, (System.nanoTime() - start) / 1e9);
        });
  }

  /** Begins on a thread of its own. */
  PayloadUnpacking begun() {
    Thread.ofPlatform().daemon().name("unpacking").start(task);
    return this;
  }

  /**
   * The kernel; unpacks it now if that has not begun.
   *
   * @throws BootException where the payload is damaged, or larger than the limit
   */
  Unpacked take() throws BootException {
    task.run();
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case BootException damaged -> throw damaged;
        case RuntimeException bug -> throw bug;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a kernel is unpacked", e);
    }
  }
}
