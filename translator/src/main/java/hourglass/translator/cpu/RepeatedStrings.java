package hourglass.translator.cpu;

/**
 * REP STOS and REP MOVS as translated code does them: all elements at once, upwards, where those of
 * each operand lie in one page of RAM that permits the access and holds no code. What is not so is
 * left to the interpreter: {@link GuestFault#REEXECUTE} is thrown before anything is done.
 */
public final class RepeatedStrings {
  private RepeatedStrings() {}

  /**
   * REP STOS, but for the registers.
   *
   * @param destination linear address of the first element
   * @param element what to store, in the low {@code size} bytes
   * @param size bytes of an element: 1, 2 or 4
   * @param count how many elements, unsigned
   */
  public static void store(
      CpuState state, GuestMemory memory, int destination, int element, int size, int count) {
    if (count != 0) {
      final int at = place(state, memory, destination, size, count, state.denyWrite);
      memory.ram.fill(at, size * count, element, size);
    }
  }

  /**
   * REP MOVS, but for the registers; not where later elements read what earlier ones have written.
   *
   * @param source linear address of the first element that is read
   * @param destination linear address of the first element that is written
   * @param size bytes of an element: 1, 2 or 4
   * @param count how many elements, unsigned
   */
  public static void move(
      CpuState state, GuestMemory memory, int source, int destination, int size, int count) {
    if (count != 0) {
      final int from = place(state, memory, source, size, count, state.denyRead);
      final int to = place(state, memory, destination, size, count, state.denyWrite);
      if (to > from && to < from + size * count) {
        throw state.fault.of(GuestFault.REEXECUTE);
      }
      memory.ram.copy(from, to, size * count);
    }
  }

  /** Where the elements lie in RAM. */
  private static int place(
      CpuState state, GuestMemory memory, int linear, int size, int count, int deny) {
    final int entry = memory.pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    final int room = GuestMemory.PAGE_SIZE - (linear & GuestMemory.OFFSET_MASK);
    if ((entry & deny) != 0
        || (state.systemFlags & Flags.DF) != 0
        || Integer.toUnsignedLong(count) * size > room) {
      throw state.fault.of(GuestFault.REEXECUTE);
    }
    return GuestMemory.ramOffset(entry, linear);
  }
}
