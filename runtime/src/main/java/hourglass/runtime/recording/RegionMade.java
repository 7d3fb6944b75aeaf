package hourglass.runtime.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

/** A region has been made and comes to the guest's thread. */
@Name("hourglass.RegionMade")
@Label("Region Made")
@Description("Guest code has been translated to a class")
final class RegionMade extends RegionEvent {
  @Label("Translation Time")
  @Timespan
  long translationTime;
}
