package hourglass.runtime.profile;

import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks now and then at what the guest's thread does, from a daemon thread of its own.
 *
 * <p>The times between two looks are random, so that they keep no step with the guest's timer.
 */
public final class Sampler {
  private static final double NANOS = 1e9;

  /** The shortest and the longest time between two looks, in nanoseconds: 250 looks a second. */
  private static final long SHORTEST = 2_000_000;

  private static final long LONGEST = 6_000_000;

  /** How often the times of threads are read, in looks. */
  private static final int THREADS_READ = 250;

  private final Supplier<Optional<Activity>> subject;
  private final Map<Activity, Long> samples = new EnumMap<>(Activity.class);
  private final HostThreads threads = new HostThreads();
  private final Thread thread = new Thread(this::work, "hourglass-sampler");
  private final long processorNanos = processorNanos();
  private volatile boolean stopped;

  private Sampler(Supplier<Optional<Activity>> subject) {
    this.subject = subject;
  }

  /**
   * Begins to sample; to be called on the guest's thread.
   *
   * @param subject what that thread does; called from another one
   */
  public static Sampler start(Supplier<Optional<Activity>> subject) {
    final Sampler sampler = new Sampler(subject);
    sampler.thread.setDaemon(true);
    sampler.thread.start();
    return sampler;
  }

  /** Ends sampling; to be called on the guest's thread. */
  public Profile stop() {
    stopped = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    threads.read();
    final double seconds = (processorNanos() - processorNanos) / NANOS;
    return new Profile(Map.copyOf(samples), seconds, threads.seconds());
  }

  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void work() {
    for (int looks = 1; !stopped; looks++) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SHORTEST, LONGEST));
      subject.get().ifPresent(activity -> samples.merge(activity, 1L, Long::sum));
      if (looks % THREADS_READ == 0) {
        threads.read();
      }
    }
  }
}
