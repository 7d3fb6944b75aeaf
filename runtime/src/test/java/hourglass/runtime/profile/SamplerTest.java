package hourglass.runtime.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Samples of a thread that changes what it does. */
@Timeout(60)
class SamplerTest {
  private static final int MILLIS = 300;

  @Test
  void sharesAreThoseOfTheTimeSpent() throws InterruptedException {
    final AtomicReference<Activity> now = new AtomicReference<>(Activity.WAITING);
    final Sampler sampler = Sampler.start(() -> Optional.of(now.get()));
    Thread.sleep(MILLIS);
    now.set(Activity.TRANSLATED_CODE);
    final long end = System.nanoTime() + 3L * MILLIS * 1_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    final Profile profile = sampler.stop();
    assertEquals(0.25, profile.share(Activity.WAITING), 0.15, profile::toString);
    assertEquals(0.75, profile.share(Activity.TRANSLATED_CODE), 0.15, profile::toString);
    assertEquals(0, profile.share(Activity.DEVICES), profile::toString);
    assertTrue(profile.count() > 50, profile::toString);
    assertTrue(profile.processorSeconds() > 0, profile::toString);
    assertTrue(profile.processorSeconds() < 4.0 * MILLIS / 1000 + 1, profile::toString);
  }

  @Test
  void whatIsNotKnownIsNoSample() {
    final Profile profile = Sampler.start(Optional::empty).stop();
    assertEquals(Map.of(), profile.samples());
    assertEquals(0, profile.share(Activity.INTERPRETER));
  }
}
