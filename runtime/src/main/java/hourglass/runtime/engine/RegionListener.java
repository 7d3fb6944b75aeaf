package hourglass.runtime.engine;

import hourglass.translator.emit.Region;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Told of the making and the throwing away of regions. None of the calls lies on a path of code
 * that runs.
 */
public interface RegionListener {
  /** Does nothing. */
  RegionListener NOBODY = new RegionListener() {};

  /**
   * A translation begins; comes on the thread that makes it, as does what is returned.
   *
   * @param address linear address of the hot place
   * @return takes what has come of it: nothing where there was no instruction, or a failure
   */
  default Consumer<Optional<Region>> translating(int address) {
    return region -> {};
  }

  /**
   * A region has been made and is about to be installed; on the guest's thread.
   *
   * @param nanos what it took to make it
   */
  default void made(Region region, long nanos) {}

  /** A region is entered no more, or never will be; on the guest's thread. */
  default void dropped(Region region, Statistics.DropReason reason) {}
}
