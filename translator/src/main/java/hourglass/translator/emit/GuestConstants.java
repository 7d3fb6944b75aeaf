package hourglass.translator.emit;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.QuickMemory;
import hourglass.translator.cpu.Segment;

/**
 * What the class of a region holds of its guest in static final fields, so that HotSpot takes it
 * for constant: the class's data, from which it initializes itself.
 *
 * @param runtime what carries out instructions for it
 * @param memory its memory
 * @param quick the same at the region's privilege level, without the slow path
 * @param es the segment register ES, and so on
 */
public record GuestConstants(
    RegionRuntime runtime,
    GuestMemory memory,
    QuickMemory quick,
    Segment es,
    Segment cs,
    Segment ss,
    Segment ds,
    Segment fs,
    Segment gs) {

  /**
   * The constants of a guest.
   *
   * @param asUser whether for regions of users, or of the supervisor
   */
  public static GuestConstants of(
      CpuState state, GuestMemory memory, RegionRuntime runtime, boolean asUser) {
    return new GuestConstants(
        runtime,
        memory,
        memory.quick(asUser),
        state.segment[CpuState.ES],
        state.segment[CpuState.CS],
        state.segment[CpuState.SS],
        state.segment[CpuState.DS],
        state.segment[CpuState.FS],
        state.segment[CpuState.GS]);
  }
}
