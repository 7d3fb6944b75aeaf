package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.CR0_AM;
import static hourglass.translator.cpu.CpuState.CR0_CD;
import static hourglass.translator.cpu.CpuState.CR0_EM;
import static hourglass.translator.cpu.CpuState.CR0_ET;
import static hourglass.translator.cpu.CpuState.CR0_MP;
import static hourglass.translator.cpu.CpuState.CR0_NE;
import static hourglass.translator.cpu.CpuState.CR0_NW;
import static hourglass.translator.cpu.CpuState.CR0_PE;
import static hourglass.translator.cpu.CpuState.CR0_PG;
import static hourglass.translator.cpu.CpuState.CR0_TS;
import static hourglass.translator.cpu.CpuState.CR0_WP;
import static hourglass.translator.cpu.CpuState.CR4_DE;
import static hourglass.translator.cpu.CpuState.CR4_OSFXSR;
import static hourglass.translator.cpu.CpuState.CR4_OSXMMEXCPT;
import static hourglass.translator.cpu.CpuState.CR4_PAE;
import static hourglass.translator.cpu.CpuState.CR4_PCE;
import static hourglass.translator.cpu.CpuState.CR4_PGE;
import static hourglass.translator.cpu.CpuState.CR4_PSE;
import static hourglass.translator.cpu.CpuState.CR4_PVI;
import static hourglass.translator.cpu.CpuState.CR4_TSD;
import static hourglass.translator.cpu.CpuState.CR4_VME;
import static hourglass.translator.cpu.GuestFault.GENERAL_PROTECTION;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.Feature;

/**
 * Writes to CR0, CR3, CR4 and EFER, and what follows from them (Intel SDM volume 3, section 2.5).
 */
public final class ControlRegisters {
  private static final int CR0_BITS =
      CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;

  private final Processor cpu;
  private final CpuState state;

  /** The bits of CR4 that this processor has. */
  private final int cr4Bits;

  public ControlRegisters(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
    cr4Bits =
        bits(Feature.VME, CR4_VME | CR4_PVI)
            | bits(Feature.TSC, CR4_TSD)
            | bits(Feature.DE, CR4_DE)
            | bits(Feature.PSE, CR4_PSE)
            | bits(Feature.PAE, CR4_PAE)
            | bits(Feature.PGE, CR4_PGE)
            | bits(Feature.CMOV, CR4_PCE)
            | bits(Feature.FXSR, CR4_OSFXSR)
            | bits(Feature.SSE, CR4_OSXMMEXCPT);
  }

  private int bits(Feature feature, int bits) {
    return cpu.model.has(feature) ? bits : 0;
  }

  /**
   * Writes CR0; bits that do not exist are ignored.
   *
   * @throws GuestFault #GP(0) for paging without protection, NW without CD, or bad PAE pointers
   */
  public void writeCr0(int value) {
    final int next = value & CR0_BITS | CR0_ET;
    final int changed = state.cr0 ^ next;
    if ((next & CR0_PG) != 0 && (next & CR0_PE) == 0
        || (next & CR0_NW) != 0 && (next & CR0_CD) == 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    if ((next & CR0_PG) != 0
        && (state.cr4 & CR4_PAE) != 0
        && (changed & (CR0_PG | CR0_CD | CR0_NW)) != 0) {
      cpu.memory.loadPageDirectoryPointers(state.cr3);
    }
    state.cr0 = next;
    if ((changed & (CR0_PG | CR0_WP)) != 0) {
      cpu.memory.flushAll();
    }
    if ((changed & CR0_PE) != 0) {
      state.updateMode();
    }
  }

  /**
   * Writes CR3 and drops the translations that are not global.
   *
   * @throws GuestFault #GP(0) for bad PAE pointers
   */
  public void writeCr3(int value) {
    if ((state.cr4 & CR4_PAE) != 0 && (state.cr0 & CR0_PG) != 0) {
      cpu.memory.loadPageDirectoryPointers(value);
    }
    final int before = state.cr3;
    state.cr3 = value;
    cpu.memory.flush();
    cpu.watcher.loadedAddressSpace(before);
  }

  /**
   * Writes CR4.
   *
   * @throws GuestFault #GP(0) for a bit that this processor does not have, or bad PAE pointers
   */
  public void writeCr4(int value) {
    if ((value & ~cr4Bits) != 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    final int changed = state.cr4 ^ value;
    final boolean paging = (changed & (CR4_PAE | CR4_PSE | CR4_PGE)) != 0;
    if (paging && (value & CR4_PAE) != 0 && (state.cr0 & CR0_PG) != 0) {
      cpu.memory.loadPageDirectoryPointers(state.cr3);
    }
    state.cr4 = value;
    if (paging) {
      cpu.memory.flushAll();
    }
  }

  /**
   * Writes EFER, of which this processor has NXE only.
   *
   * @throws GuestFault #GP(0) for any other bit
   */
  public void writeEfer(long value) {
    if ((value & ~CpuState.EFER_NXE) != 0) {
      throw state.fault.of(GENERAL_PROTECTION, 0);
    }
    if (state.efer != (int) value) {
      state.efer = (int) value;
      cpu.memory.flushAll();
    }
  }
}
