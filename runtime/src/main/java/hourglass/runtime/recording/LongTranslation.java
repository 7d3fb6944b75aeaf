package hourglass.runtime.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A translation that took longer than most; on the thread that made it. */
@Name("hourglass.LongTranslation")
@Label("Long Translation")
@Description("Making a region took long, or it had to wait for a processor")
@Threshold(LongTranslation.BOUND)
final class LongTranslation extends RegionEvent {
  /** Shorter ones are not recorded. */
  static final String BOUND = "20 ms";
}
