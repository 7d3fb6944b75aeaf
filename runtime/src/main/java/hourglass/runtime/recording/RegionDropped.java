package hourglass.runtime.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A region is entered no more. */
@Name("hourglass.RegionDropped")
@Label("Region Thrown Away")
@Description("A translation is used no more")
final class RegionDropped extends RegionEvent {
  @Label("Reason")
  String reason;

  @Label("Entered")
  @Description("How often the dispatcher entered the region")
  long entered;
}
