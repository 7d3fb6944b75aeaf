package hourglass.runtime.engine;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.RegionDescription;
import hourglass.translator.emit.RegionRuntime;
import hourglass.translator.isa.Mnemonic;

/**
 * Carries out, with the interpreter's handlers, the instructions that regions have no code of their
 * own for, and counts them.
 */
final class EngineCallouts implements RegionRuntime {
  private final Processor cpu;
  private final CpuState state;
  private final long[] counts = new long[Mnemonic.values().length];
  private final long[] lightCounts = new long[Mnemonic.values().length];

  EngineCallouts(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
  }

  @Override
  public int callOut(Region region, int step, int eip) {
    final int result = carryOut(calledBy(region, step, counts), region, step, eip);
    if (result == Region.FAULT) { // the state is complete; EIP may be a new task's by now
      cpu.interrupts.exception(state.fault);
      return Region.LEFT;
    }
    return result;
  }

  @Override
  public int guardedCallOut(Region region, int step, int eip) {
    final int result = carryOut(calledBy(region, step, lightCounts), region, step, eip);
    if (result == Region.FAULT) {
      state.budget -= region.description.remaining()[step];
      state.eip = eip - region.description.offsets()[step];
      state.raised = state.fault;
      return Region.FAULT - step;
    }
    return result;
  }

  /**
   * Carries out an instruction for a region.
   *
   * @return {@link #CONTINUE}; or {@link Region#LEFT} or {@link Region#FAULT}, with the rest of its
   *     block given back to the budget
   */
  private int carryOut(CachedInstruction called, Region region, int step, int eip) {
    final CpuState s = state;
    final int remaining = region.description.remaining()[step];
    final int modeKey = s.modeKey;
    s.budget += remaining;
    final int budget = s.budget;
    s.packRegisters();
    s.inRegion = false;
    s.eip = eip;
    try {
      while (true) {
        s.nextEip = eip + called.length;
        called.handler.execute(cpu, called.instruction);
        if (s.nextEip != eip
            || called.instruction.repeat == 0
            || s.budget <= 0
            || !region.isValid()) {
          break;
        }
        s.budget--; // another part of a repeated instruction counts like another instruction
      }
      s.eip = s.nextEip;
    } catch (GuestFault fault) {
      return Region.FAULT;
    }
    if (s.eip != eip + called.length
        || s.modeKey != modeKey
        || s.budget != budget // the blocks up to the next checkpoint count on it
        || s.halted
        || !region.isValid()
        || cpu.debugRegisters.isActive()
        || !isMapped(region, step, s.segment[CpuState.CS].base + eip)
        || s.interruptShadow && isShadowNeeded(called)) {
      return Region.LEFT;
    }
    s.interruptShadow = false;
    s.budget -= remaining;
    s.unpackRegisters();
    s.inRegion = true;
    return CONTINUE;
  }

  /**
   * Whether the guest still has two pages of a region where they were: that of a step, and the
   * root's, to which regions come back without a look.
   *
   * @param linear address of the step
   */
  private boolean isMapped(Region region, int step, int linear) {
    final RegionDescription description = region.description;
    return cpu.memory.isMapped(linear, description.frames()[step], state.denyFetch())
        && cpu.memory.isMapped(
            linear - description.offsets()[step], region.frame, state.denyFetch());
  }

  /**
   * Whether the interrupt shadow that an instruction has cast makes a difference: that of STI does
   * not where the next instruction runs in this slice anyway, and no interrupt waits to come right
   * after it.
   */
  private boolean isShadowNeeded(CachedInstruction caster) {
    return caster.instruction.mnemonic != Mnemonic.STI
        || state.budget <= 0
        || cpu.interruptController.isPending();
  }

  @Override
  public void lightCallOut(Region region, int step, int eip) {
    final CachedInstruction called = calledBy(region, step, lightCounts);
    state.eip = eip;
    state.nextEip = eip + called.length;
    state.packRegisters();
    called.handler.execute(cpu, called.instruction);
    state.unpackRegisters();
  }

  private static CachedInstruction calledBy(Region region, int step, long[] counts) {
    CachedInstruction called = (CachedInstruction) region.attachments[step];
    if (called == null) {
      called = new CachedInstruction(region.description.instructions()[step], null, 0);
      region.attachments[step] = called;
    }
    counts[called.instruction.mnemonic.ordinal()]++;
    return called;
  }

  /** Brings the counts up to date. */
  void updateStatistics(Statistics statistics) {
    for (Mnemonic mnemonic : Mnemonic.values()) {
      Statistics.put(statistics.callouts, mnemonic.name(), counts[mnemonic.ordinal()]);
      Statistics.put(statistics.lightCallouts, mnemonic.name(), lightCounts[mnemonic.ordinal()]);
    }
  }
}
