package hourglass.runtime.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.JMRuntimeException;

/** Makes HotSpot's compilers ready for regions, once for the JVM. */
final class Compilers {
  /** Whether it has been asked for in this JVM. */
  private static final AtomicBoolean ASKED = new AtomicBoolean();

  private Compilers() {}

  /** Begins to, on a thread of its own: it takes a tenth of a second. */
  static void prepare() {
    if (ASKED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("hourglass-compilers").start(Compilers::prepareNow);
    }
  }

  private static void prepareNow() {
    try {
      CompilerPriority.lowerC2();
    } catch (IOException e) {
      // not on this system: C1 waits a little longer
    }
    try {
      CompilerDirectives.add();
    } catch (IOException | JMException | JMRuntimeException e) {
      // no such file or no such JVM: regions run all the same
    }
  }
}
