package hourglass.runtime.recording;

import hourglass.runtime.process.GuestProcess;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The guest's kernel goes on with another process. */
@Name("hourglass.ProcessSwitch")
@Label("Process Switch")
@Description("The guest's kernel goes on with another process")
@Category({"Hourglass", "Processes"})
@StackTrace(false)
final class ProcessSwitch extends Event {
  private static final int UNKNOWN = -1;

  @Label("From PID")
  @Description("-1 where it is not known")
  int fromPid;

  @Label("From Process")
  String fromName;

  @Label("From Address Space")
  @Description("CR3 before the switch")
  @MemoryAddress
  long fromSpace;

  @Label("To PID")
  @Description("-1 where it is not known")
  int toPid;

  @Label("To Process")
  String toName;

  @Label("To Address Space")
  @Description("CR3 after the switch")
  @MemoryAddress
  long toSpace;

  @Label("Guest Instructions")
  @Description("Executed since the machine was switched on")
  long instructions;

  void describe(GuestProcess from, GuestProcess to) {
    fromPid = from.pid().orElse(UNKNOWN);
    fromName = from.name().orElse(null);
    toPid = to.pid().orElse(UNKNOWN);
    toName = to.name().orElse(null);
  }
}
