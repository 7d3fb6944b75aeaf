package hourglass.runtime.recording;

import hourglass.runtime.debug.SymbolTable;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.emit.Region;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.StackTrace;

/** What the events about a region have in common. */
@Category({"Hourglass", "Regions"})
@StackTrace(false)
abstract class RegionEvent extends Event {
  @Label("Guest Address")
  @Description("Linear address of the place that became hot")
  @MemoryAddress
  long address;

  @Label("Symbol")
  @Description("The place by the kernel's symbols; none in user mode, or where they are not known")
  String symbol;

  @Label("User Mode")
  @Description("Whether the code runs at privilege level 3")
  boolean userMode;

  @Label("Guest Instructions")
  int guestInstructions;

  @Label("Bytecode")
  @DataAmount
  long bytecode;

  @Label("Class")
  @Description("The generated class, as it stands in stack traces")
  Class<?> generatedClass;

  void describe(Region region) {
    address = Integer.toUnsignedLong(region.rootAddress());
    userMode = (region.description.code().modeKey() & CpuState.MODE_USER) != 0;
    guestInstructions = region.description.instructions().length;
    bytecode = region.description.bytecodeSize();
    generatedClass = region.getClass();
  }

  /** Looks the address up, where it is the kernel's. */
  void name(SymbolTable symbols) {
    if (!userMode && symbols.nearest((int) address).isPresent()) {
      symbol = symbols.describe((int) address);
    }
  }
}
