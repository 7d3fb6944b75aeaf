package hourglass.translator.emit;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;

/**
 * Guest code translated into one JVM method; the superclass of every generated class.
 *
 * <p>For the guest loop {@code 1: add eax,[esi]; add esi,4; dec ecx; jne 1b} the generated class
 * is, in Java:
 *
 * <pre>{@code
 * int run(CpuState state, int base, int entry) {
 *   int eax = state.eax, ecx = state.ecx, esi = state.esi;            // the registers the region uses
 *   int fr = state.flagResult, fx = state.flagAux;                    // the flags, if it sets any
 *   int step = 0, next, slot, budget = state.budget;
 *   try {
 *     // several entries: switch (entry) { ... }
 *     block: while (true) {
 *       if (budget < 4) { next = base + 0x10; slot = SHORT; break; }  // a checkpoint: the head of a loop
 *       budget -= 4;                                                  // instructions of the block
 *       step = 0; eax += quick.load32(esi, readable);             // its flags are dead
 *       esi += 4;
 *       t = ecx - 1; ecx = t; fr = t; fx = Flags.auxSub32(...);       // live: the region may be left below
 *       state.eax = eax; state.esi = esi; state.ecx = ecx;            // what it has changed
 *       if (t != 0) continue;
 *       next = base + 0x18; slot = 0; break;                          // exit slot 0
 *     }
 *   } catch (GuestFault f) {                                          // in the instruction that step names
 *     next = base; slot = FAULT - step;
 *   }
 *   state.eip = next; state.budget = budget;
 *   state.flagResult = fr; state.flagAux = fx;
 *   return slot;
 * }
 * }</pre>
 *
 * Line numbers are indices of guest instructions, from 1; line 0 is what belongs to none. Locals
 * have the registers' names.
 */
public abstract class Region {
  /** Returned where the target was computed: it has no exit slot. */
  public static final int INDIRECT = -1;

  /**
   * Returned where the budget does not suffice for the next block: the interpreter does the rest of
   * the slice.
   */
  public static final int SHORT = -2;

  /**
   * Returned where a callout has left everything in place, or an instruction needs the interpreter.
   */
  public static final int LEFT = -3;

  /**
   * Returned, less the index of the instruction, where an instruction faulted; {@code state.eip} is
   * then the offset of the root's page, and the fault is {@code state.fault}.
   */
  public static final int FAULT = -16;

  /** A {@link #frame} that no page has: there is no RAM up there. */
  public static final int NOWHERE = GuestMemory.FRAME;

  /** What the region was made of. */
  public final RegionDescription description;

  /**
   * The exit slots: the region that each known exit leads to, once it has been taken; see {@code
   * description.exits()}.
   */
  public final Region[] exits;

  /**
   * What the runtime keeps for each instruction that it carries out for the region, by the
   * instruction's index.
   */
  public final Object[] attachments;

  /**
   * The physical page number of the page that holds the entries; {@link #NOWHERE} where the region
   * must not be entered. Kept by the dispatcher.
   */
  public int frame = NOWHERE;

  /**
   * Linear address of the root's page where the guest had it mapped when the region was asked for;
   * kept by the dispatcher.
   */
  public int linearPage;

  /** How often an access needed the slow path and left the region; kept by the dispatcher. */
  public int misses;

  /** The same by the instruction that makes the access; empty where there has been none. */
  public int[] missesAt = {};

  /** How often the dispatcher entered the region. */
  public long entered;

  /** Makes a region that has not run. */
  protected Region(RegionDescription description) {
    this.description = description;
    exits = new Region[description.exits().length];
    attachments = new Object[description.instructions().length];
  }

  /** Whether the region may still be entered. */
  public boolean isValid() {
    return frame != NOWHERE;
  }

  /**
   * Linear address of the instruction that the region was formed from, in the page that {@link
   * #linearPage} says.
   */
  public int rootAddress() {
    return linearPage + description.code().entries().getFirst();
  }

  /** Whether one of the region's instructions lies, with any of its bytes, at a linear address. */
  public boolean contains(int address) {
    final int offset = address - linearPage;
    final int[] offsets = description.offsets();
    for (int i = 0; i < offsets.length; i++) {
      if (offset >= offsets[i] && offset < offsets[i] + description.instructions()[i].length) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs guest code from {@code state.eip} until the region is left. The general registers are
   * unpacked before ({@link CpuState#unpackRegisters}), and after unless {@code state.inRegion}
   * says that a callout has left.
   *
   * @param base where the root's page begins, as an offset in CS
   * @param entry offset in that page of the instruction at {@code state.eip}: one of the region's
   *     entries
   * @return an exit slot, 0 or above; or {@link #INDIRECT}, {@link #SHORT}, {@link #LEFT}, {@link
   *     #FAULT} less an index
   */
  public abstract int run(CpuState state, int base, int entry);
}
