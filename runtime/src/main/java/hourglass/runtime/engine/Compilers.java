package hourglass.runtime.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.JMRuntimeException;

/** Makes HotSpot's compilers ready for guests, once for the JVM. */
public final class Compilers {
  /** Whether they have been asked to in this JVM, for regions and for all else. */
  private static final AtomicBoolean ASKED = new AtomicBoolean();

  private static final AtomicBoolean DEDICATED = new AtomicBoolean();

  private Compilers() {}

  /**
   * Tells them that there is nothing in this JVM that matters but guests: C2, whose time is short,
   * leaves libraries to C1, the JDK's own among them. HotSpot would give those precedence, for the
   * counts that it remembers of its training, and regions wait until C2 is done with them. For a
   * program that does other work as well, this is not to be called.
   */
  public static void dedicate() {
    if (DEDICATED.compareAndSet(false, true)) {
      start(CompilerDirectives::addForLibraries);
    }
  }

  /**
   * Begins to make them ready for regions, on a thread of its own: it takes a tenth of a second.
   */
  static void prepare() {
    if (ASKED.compareAndSet(false, true)) {
      start(() -> {
        lowerC2();
        CompilerDirectives.add();
      });
    }
  }

  private static void lowerC2() {
    try {
      CompilerPriority.lowerC2();
    } catch (IOException e) {
      // not on this system: C1 waits a little longer
    }
  }

  /** Something for a running JVM that it may not take. */
  @FunctionalInterface
  private interface Request {
    void make() throws IOException, JMException;
  }

  private static void start(Request request) {
    Thread.ofPlatform()
        .daemon()
        .name("hourglass-compilers")
        .start(() -> {
          try {
            request.make();
          } catch (IOException | JMException | JMRuntimeException e) {
            // no such file or no such JVM: guests run all the same
          }
        });
  }
}
