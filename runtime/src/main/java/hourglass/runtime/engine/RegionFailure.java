package hourglass.runtime.engine;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.emit.Region;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Syntax;

/**
 * Generated code failed in a way that no guest can cause: a bug of ours.
 *
 * <p>The message's first line says what and where; the rest holds what there is to find the bug with: the registers as they
 * were when the region was entered or last wrote them back, and the guest code. The region's bytecode follows from the guest
 * code, since translation always makes the same of it.
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
    final Disassembler disassembler = new Disassembler(Syntax.INTEL);
    for (int i = 0; i < region.description.instructions().length; i++) {
      final int offset = region.description.offsets()[i];
      text.append(
          String.format(
              "%3d  %03x  %s%n",
              i, offset, disassembler.format(region.description.instructions()[i], offset)));
    }
    return text.toString();
  }
}
