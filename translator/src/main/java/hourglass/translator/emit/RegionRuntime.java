package hourglass.translator.emit;

/**
 * What generated code asks of the runtime, besides memory: to carry out an instruction that it has
 * no code of its own for. The general registers are unpacked before, and after where the region
 * goes on ({@link hourglass.translator.cpu.CpuState#unpackRegisters}).
 */
public interface RegionRuntime {
  /** {@link #callOut}: the instruction is done and the region goes on. */
  int CONTINUE = 0;

  /**
   * Carries out one instruction on the processor's state, which is complete; delivers the exception
   * it raises.
   *
   * @param region the region that calls
   * @param step index of the instruction in the region
   * @param eip offset in CS of the instruction
   * @return {@link #CONTINUE}, or something else where the region must be left: the instruction
   *     went elsewhere, faulted, changed the mode, ended the slice, or changed the region's own
   *     code; {@code state.eip} is where execution goes on
   */
  int callOut(Region region, int step, int eip);

  /**
   * Carries out one instruction that goes on to the next or to itself, and sees whether the region
   * can go on. Flags are up to date only if the instruction reads or writes them.
   *
   * @param region the region that calls
   * @param step index of the instruction in the region
   * @param eip offset in CS of the instruction
   * @return {@link #CONTINUE}, or what {@link Region#run} is to return: {@link Region#LEFT}, or
   *     {@link Region#FAULT} less the step, {@code state.eip} being set as those say
   */
  int guardedCallOut(Region region, int step, int eip);

  /**
   * Carries out one instruction that commits nothing when it faults and always goes on to the next.
   *
   * @param region the region that calls
   * @param step index of the instruction in the region
   * @param eip offset in CS of the instruction
   * @throws hourglass.translator.cpu.GuestFault the exception it raises, undelivered
   */
  void lightCallOut(Region region, int step, int eip);
}
