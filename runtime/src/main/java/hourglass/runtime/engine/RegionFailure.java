package hourglass.runtime.engine;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.dump.Placement;
import hourglass.translator.dump.RegionDump;
import hourglass.translator.dump.View;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.Translator;
import hourglass.translator.isa.Syntax;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Generated code failed in a way that no guest can cause: a bug of ours.
 *
 * <p>The message's first line says what and where; the rest holds what there is to find the bug
 * with: the registers as they were when the region was entered or last wrote them back, and a dump
 * of the region: guest code, IR and bytecode. Line numbers in the cause's stack trace are guest
 * instructions, as the dump numbers them.
 */
public final class RegionFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String[] REGISTERS = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"
  };

  RegionFailure(Region region, CpuState state, Throwable cause) {
    super(describe(region, state, cause), cause);
  }

  private static String describe(Region region, CpuState state, Throwable cause) {
    final StringBuilder text = new StringBuilder();
    text.append(cause.getClass().getSimpleName());
    text.append(String.format(" in the region entered at %08x%n", state.eip));
    text.append(String.format("frame %05x, mode key %02x%n", region.frame, state.modeKey));
    for (int i = 0; i < state.reg.length; i++) {
      text.append(String.format("%s=%08x ", REGISTERS[i], state.reg[i]));
    }
    text.append(String.format("eflags=%08x%n", state.eflags()));
    text.append(
        new RegionDump(EnumSet.allOf(View.class), Syntax.INTEL, address -> Optional.empty())
            .text(Translator.emit(region.description.code(), "code"), Placement.of(region)));
    return text.toString();
  }
}
