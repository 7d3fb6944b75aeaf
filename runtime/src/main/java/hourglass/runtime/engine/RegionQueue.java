package hourglass.runtime.engine;

import hourglass.translator.analysis.CodeSource;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.GuestConstants;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.RegionRuntime;
import hourglass.translator.emit.Translator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Translates in the background, the hottest place first: the guest's thread asks for regions and
 * takes finished ones, and never waits.
 *
 * <p>The thread is a daemon, begins with the first request and ends when there has been nothing to
 * do for a while.
 */
final class RegionQueue {
  /** How many requests may wait; more are refused, and come again when the place is hotter. */
  private static final int CAPACITY = 512;

  /** Seconds without a request after which the thread ends. */
  private static final int IDLE_SECONDS = 5;

  /**
   * A hot place, and the code around it.
   *
   * @param frame physical page number
   * @param root offset of the place in the page
   * @param place its first instruction, whose heat goes on rising while the request waits
   * @param linearPage linear address of the page, where the guest had it mapped when the place
   *     became hot
   * @param replaced the region whose place the new one is to take
   */
  record Request(
      int frame,
      int root,
      CachedInstruction place,
      int linearPage,
      CodeSource code,
      Optional<Region> replaced) {
    /** Whether no other region has come to begin at the place; another thread's view will do. */
    boolean isNeeded() {
      return place.region == null || replaced.isPresent();
    }
  }

  /**
   * What came of a request.
   *
   * @param failure a bug of ours that came up on the way
   * @param covered whether nothing was made, because another region has taken the place in
   * @param nanos time spent on it
   */
  record Result(
      Request request,
      Optional<Region> region,
      Optional<RuntimeException> failure,
      boolean covered,
      long nanos) {
    private static Result covered(Request request) {
      return new Result(request, Optional.empty(), Optional.empty(), true, 0);
    }
  }

  private final GuestConstants supervisor;
  private final GuestConstants user;
  private final BlockingQueue<Request> requests = new ArrayBlockingQueue<>(CAPACITY);
  private final ConcurrentLinkedQueue<Result> results = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  /** Told of translations; set before the first request. */
  RegionListener listener = RegionListener.NOBODY;

  /**
   * Makes an empty queue.
   *
   * @param state the processor whose segment registers the regions are to use
   * @param memory what they are to access
   * @param runtime what carries out instructions for them
   */
  RegionQueue(CpuState state, GuestMemory memory, RegionRuntime runtime) {
    supervisor = GuestConstants.of(state, memory, runtime, false);
    user = GuestConstants.of(state, memory, runtime, true);
  }

  /** Asks for a region; false where too many requests are waiting. */
  boolean offer(Request request) {
    final boolean accepted = requests.offer(request);
    if (accepted && running.compareAndSet(false, true)) {
      final Thread thread = new Thread(this::work, "hourglass-translator");
      thread.setDaemon(true);
      thread.setPriority(Thread.MIN_PRIORITY); // the guest's own comes first
      thread.start();
    }
    return accepted;
  }

  /** The next finished region; null where there is none. */
  Result poll() {
    return results.poll();
  }

  /** Translates on the calling thread. */
  Result translate(Request request) {
    final Consumer<Optional<Region>> end =
        listener.translating(request.linearPage() + request.root());
    final long start = System.nanoTime();
    Optional<Region> region = Optional.empty();
    Optional<RuntimeException> failure = Optional.empty();
    try {
      final boolean asUser = (request.code().modeKey() & CpuState.MODE_USER) != 0;
      region = Translator.translate(request.code(), request.root(), asUser ? user : supervisor);
    } catch (RuntimeException | LinkageError e) {
      final String place =
          String.format(
              "frame %05x, offset %03x, mode key %02x",
              request.frame(), request.root(), request.code().modeKey());
      failure = Optional.of(new IllegalStateException("cannot translate the code at " + place, e));
    }
    final long nanos = System.nanoTime() - start;
    end.accept(region);
    return new Result(request, region, failure, false, nanos);
  }

  private Result translateUnlessCovered(Request request, CoveredPlaces covered) {
    final boolean isCovered =
        covered.take(request.frame(), request.root(), request.code().modeKey());
    if (isCovered && request.replaced().isEmpty()) {
      return Result.covered(request);
    }
    final Result result = translate(request);
    result.region().ifPresent(covered::add);
    return result;
  }

  private void work() {
    try {
      final List<Request> waiting = new ArrayList<>();
      final CoveredPlaces covered = new CoveredPlaces();
      Request first = requests.poll(IDLE_SECONDS, TimeUnit.SECONDS);
      while (first != null) {
        waiting.add(first);
        while (!waiting.isEmpty()) {
          requests.drainTo(waiting, CAPACITY - waiting.size());
          final Request hottest =
              Collections.max(waiting, Comparator.comparingInt(request -> request.place().heat));
          waiting.remove(hottest);
          if (hottest.isNeeded()) {
            results.add(translateUnlessCovered(hottest, covered));
          }
        }
        first = requests.poll(IDLE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running.set(false);
    }
  }
}
