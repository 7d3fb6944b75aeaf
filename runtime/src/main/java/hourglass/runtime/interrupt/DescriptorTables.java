package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;
import static hourglass.translator.cpu.GuestFault.NOT_PRESENT;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;

/**
 * Loads LDTR and TR, and answers what LAR, LSL, VERR and VERW ask of a descriptor (Intel SDM volume
 * 3, sections 2.4 and 5.10).
 */
public final class DescriptorTables {
  /** The answer where a selector names nothing that may be looked at. */
  public static final long NONE = -1;

  /** System descriptor types that LAR shows: all TSSs, LDT, call and task gates. */
  private static final int WITH_RIGHTS = 0b0001_1010_0011_1110;

  /** System descriptor types that LSL shows: those with a limit. */
  private static final int WITH_LIMIT = 0b0000_1010_0000_1110;

  private final CpuState state;
  private final Segmentation segmentation;

  public DescriptorTables(Processor cpu) {
    state = cpu.state;
    segmentation = cpu.segmentation;
  }

  /**
   * Loads LDTR; a null selector leaves no LDT.
   *
   * @throws hourglass.translator.cpu.GuestFault #GP or #NP where it is no present LDT in the GDT
   */
  public void loadLdt(int selector) {
    if (Segmentation.isNull(selector)) {
      state.ldtr.setNull(selector);
      return;
    }
    if ((selector & 4) != 0) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    segmentation.fetch(selector, GENERAL_PROTECTION, 0);
    final int high = segmentation.high;
    if (Descriptor.isSegment(high) || Descriptor.type(high) != Descriptor.LDT) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    if (!Descriptor.isPresent(high)) {
      throw segmentation.fault(NOT_PRESENT, selector, 0);
    }
    segmentation.install(state.ldtr, selector);
  }

  /**
   * Loads TR and marks the TSS busy.
   *
   * @throws hourglass.translator.cpu.GuestFault #GP or #NP where it is no present, available TSS in
   *     the GDT
   */
  public void loadTask(int selector) {
    if (Segmentation.isNull(selector)) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    if ((selector & 4) != 0) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    segmentation.fetch(selector, GENERAL_PROTECTION, 0);
    final int high = segmentation.high;
    final int type = Descriptor.isSegment(high) ? 0 : Descriptor.type(high);
    if (type != Descriptor.TSS16_AVAILABLE && type != Descriptor.TSS32_AVAILABLE) {
      throw segmentation.fault(GENERAL_PROTECTION, selector, 0);
    }
    if (!Descriptor.isPresent(high)) {
      throw segmentation.fault(NOT_PRESENT, selector, 0);
    }
    segmentation.markBusy();
    segmentation.install(state.tr, selector);
  }

  /** What LAR loads: the descriptor's second doubleword without its base; or {@link #NONE}. */
  public long accessRights(int selector) {
    return isVisible(selector, WITH_RIGHTS) ? segmentation.high & 0x00FF_FF00 : NONE;
  }

  /** What LSL loads, 0 to 2<sup>32</sup> - 1: the limit in bytes; or {@link #NONE}. */
  public long segmentLimit(int selector) {
    return isVisible(selector, WITH_LIMIT)
        ? Descriptor.limit(segmentation.low, segmentation.high) & 0xFFFF_FFFFL
        : NONE;
  }

  /**
   * Whether a segment could be read, or written, through a selector at the current privilege level.
   */
  public boolean isAccessible(int selector, boolean write) {
    if (!isVisible(selector, 0)) {
      return false;
    }
    return write
        ? Descriptor.isWritable(segmentation.high)
        : Descriptor.isReadable(segmentation.high);
  }

  /** Reads a descriptor and tells whether its type and privilege allow looking at it. */
  private boolean isVisible(int selector, int systemTypes) {
    if (Segmentation.isNull(selector) || !segmentation.tryFetch(selector)) {
      return false;
    }
    final int high = segmentation.high;
    if (!Descriptor.isSegment(high) && (systemTypes >> Descriptor.type(high) & 1) == 0) {
      return false;
    }
    return Descriptor.isConforming(high)
        || Descriptor.dpl(high) >= Math.max(state.cpl, selector & 3);
  }
}
