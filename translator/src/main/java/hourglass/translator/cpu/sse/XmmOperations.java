package hourglass.translator.cpu.sse;

import static hourglass.translator.cpu.sse.PackedIntegers.pair;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;

/**
 * The SSE instructions that compilers and C libraries use most, on places of {@link CpuState#xmm}:
 * generated code calls these. A <i>place</i> is the index of a register's low quadword, or {@link
 * CpuState#XMM_OPERAND}, where {@link #load} leaves what it has read.
 *
 * <p>Each begins with the exceptions that come before an SSE instruction: #UD where the system does
 * not save the registers, #NM where they are switched away (Intel SDM volume 3, section 2.5 and
 * volume 2, section 2.4).
 */
public final class XmmOperations {
  private static final int BYTES = 16;

  private XmmOperations() {}

  /**
   * Begins an SSE instruction.
   *
   * @return the XMM registers
   * @throws GuestFault #UD or #NM
   */
  public static long[] available(CpuState state) {
    if ((state.cr0 & (CpuState.CR0_EM | CpuState.CR0_TS)) != 0
        || (state.cr4 & CpuState.CR4_OSFXSR) == 0) {
      final boolean switchedAway =
          (state.cr0 & CpuState.CR0_EM) == 0 && (state.cr4 & CpuState.CR4_OSFXSR) != 0;
      throw state.fault.of(switchedAway ? GuestFault.NO_FPU : GuestFault.INVALID_OPCODE);
    }
    return state.xmm;
  }

  // --- memory ------------------------------------------------------------------------------------

  /** Loads 128 bits, wherever they lie, to the place for operands. */
  public static void load(CpuState state, GuestMemory memory, int linear) {
    final long[] x = available(state);
    final int deny = GuestMemory.anywhere(state.denyRead); // MOVUPS is never checked
    memory.load128(linear, deny, x, CpuState.XMM_OPERAND);
  }

  /**
   * As {@link #load}.
   *
   * @throws GuestFault #GP(0) where memory is not aligned to 16 bytes
   */
  public static void loadAligned(CpuState state, GuestMemory memory, int linear) {
    available(state);
    checkAligned(state, linear);
    load(state, memory, linear);
  }

  /** Stores a register wherever it is to lie: all of it or, where it faults, nothing. */
  public static void store(CpuState state, GuestMemory memory, int linear, int from) {
    final long[] x = available(state);
    memory.store128(linear, x, from, GuestMemory.anywhere(state.denyWrite));
  }

  /**
   * As {@link #store}.
   *
   * @throws GuestFault #GP(0) where memory is not aligned to 16 bytes
   */
  public static void storeAligned(CpuState state, GuestMemory memory, int linear, int from) {
    available(state);
    checkAligned(state, linear);
    store(state, memory, linear, from);
  }

  /** Loads 64 bits to the low half of the place for operands; the high half becomes zero. */
  public static void loadQuadword(CpuState state, GuestMemory memory, int linear) {
    available(state);
    set(state, CpuState.XMM_OPERAND, memory.load64(linear, state.denyRead), 0);
  }

  /**
   * Stores half a register.
   *
   * @param from the place of a register, or one more for its high half
   */
  public static void storeQuadword(CpuState state, GuestMemory memory, int linear, int from) {
    memory.store64(linear, available(state)[from], state.denyWrite);
  }

  /**
   * Checks an operand that must be aligned.
   *
   * @throws GuestFault #GP(0) where it is not
   */
  public static void checkAligned(CpuState state, int linear) {
    if ((linear & BYTES - 1) != 0) {
      throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
  }

  // --- moves -------------------------------------------------------------------------------------

  /** MOVDQA and its like. */
  public static void move(CpuState state, int to, int from) {
    set(state, to, available(state)[from], state.xmm[from + 1]);
  }

  /** MOVQ to a register: its high half becomes zero. */
  public static void moveLow(CpuState state, int to, int from) {
    set(state, to, available(state)[from], 0);
  }

  /**
   * Moves half a register and leaves the other half alone.
   *
   * @param to the place of a register, or one more for its high half
   * @param from likewise
   */
  public static void moveQuadword(CpuState state, int to, int from) {
    final long[] x = available(state);
    x[to] = x[from];
  }

  private static void set(CpuState state, int to, long low, long high) {
    state.xmm[to] = low;
    state.xmm[to + 1] = high;
  }

  /** MOVD to a register. */
  public static void setDoubleword(CpuState state, int to, int value) {
    available(state);
    set(state, to, value & 0xFFFF_FFFFL, 0);
  }

  /** MOVD from a register. */
  public static int doubleword(CpuState state, int from) {
    return (int) available(state)[from];
  }

  /** PMOVMSKB. */
  public static int signsOfBytes(CpuState state, int from) {
    final long[] x = available(state);
    return PackedIntegers.signsOfBytes(x[from]) | PackedIntegers.signsOfBytes(x[from + 1]) << 8;
  }

  // --- logic and arithmetic ----------------------------------------------------------------------

  /** PAND. */
  public static void and(CpuState state, int to, int from) {
    final long[] x = available(state);
    set(state, to, x[to] & x[from], x[to + 1] & x[from + 1]);
  }

  /** PANDN. */
  public static void andNot(CpuState state, int to, int from) {
    final long[] x = available(state);
    set(state, to, ~x[to] & x[from], ~x[to + 1] & x[from + 1]);
  }

  /** POR. */
  public static void or(CpuState state, int to, int from) {
    final long[] x = available(state);
    set(state, to, x[to] | x[from], x[to + 1] | x[from + 1]);
  }

  /** PXOR. */
  public static void xor(CpuState state, int to, int from) {
    final long[] x = available(state);
    set(state, to, x[to] ^ x[from], x[to + 1] ^ x[from + 1]);
  }

  /** PCMPEQB. */
  public static void equalBytes(CpuState state, int to, int from) {
    final long[] x = available(state);
    set(state, to, Lanes.BYTES.equal(x[to], x[from]), Lanes.BYTES.equal(x[to + 1], x[from + 1]));
  }

  /** PCMPEQD. */
  public static void equalDoublewords(CpuState state, int to, int from) {
    final long[] x = available(state);
    final Lanes lanes = Lanes.DOUBLEWORDS;
    set(state, to, lanes.equal(x[to], x[from]), lanes.equal(x[to + 1], x[from + 1]));
  }

  /** PMINUB. */
  public static void minimumUnsignedBytes(CpuState state, int to, int from) {
    final long[] x = available(state);
    final Lanes lanes = Lanes.BYTES;
    final long low = lanes.minimumUnsigned(x[to], x[from]);
    set(state, to, low, lanes.minimumUnsigned(x[to + 1], x[from + 1]));
  }

  /** PSUBB. */
  public static void subtractBytes(CpuState state, int to, int from) {
    final long[] x = available(state);
    final Lanes lanes = Lanes.BYTES;
    set(state, to, lanes.subtract(x[to], x[from]), lanes.subtract(x[to + 1], x[from + 1]));
  }

  /** PADDD. */
  public static void addDoublewords(CpuState state, int to, int from) {
    final long[] x = available(state);
    final Lanes lanes = Lanes.DOUBLEWORDS;
    set(state, to, lanes.add(x[to], x[from]), lanes.add(x[to + 1], x[from + 1]));
  }

  // --- strings and checks ------------------------------------------------------------------------

  /** Checks that SSE instructions may run, where what comes next is not one of these methods. */
  public static void check(CpuState state) {
    available(state);
  }

  /**
   * PCMPISTRI.
   *
   * @param control its immediate
   * @return the index in the low 8 bits; from bit 8 on the arithmetic flags, from their places in
   *     EFLAGS
   */
  public static int compareStrings(CpuState state, int to, int from, int control) {
    final long[] x = available(state);
    final int length1 = StringCompare.implicitLength(x[to], x[to + 1], control);
    final int length2 = StringCompare.implicitLength(x[from], x[from + 1], control);
    final int bits =
        StringCompare.compare(x[to], x[to + 1], length1, x[from], x[from + 1], length2, control);
    return StringCompare.index(bits, control)
        | StringCompare.flags(bits, length1, length2, control) << 8;
  }

  // --- shuffles ----------------------------------------------------------------------------------

  /** PUNPCKLBW. */
  public static void interleaveBytes(CpuState state, int to, int from) {
    final long[] x = available(state);
    final long a = x[to];
    final long b = x[from];
    final long high = PackedIntegers.interleaveBytesHigh(a, b);
    set(state, to, PackedIntegers.interleaveBytesLow(a, b), high);
  }

  /** PUNPCKLWD. */
  public static void interleaveWords(CpuState state, int to, int from) {
    final long[] x = available(state);
    final long a = x[to];
    final long b = x[from];
    final long high = PackedIntegers.interleaveWordsHigh(a, b);
    set(state, to, PackedIntegers.interleaveWordsLow(a, b), high);
  }

  /** PSHUFB. */
  public static void shuffleBytes(CpuState state, int to, int from) {
    final long[] x = available(state);
    final long low = PackedIntegers.shuffleBytes(x[to], x[to + 1], x[from]);
    set(state, to, low, PackedIntegers.shuffleBytes(x[to], x[to + 1], x[from + 1]));
  }

  /**
   * PSHUFD.
   *
   * @param order four numbers of source elements, of two bits each
   */
  public static void shuffleDoublewords(CpuState state, int to, int from, int order) {
    final long[] x = available(state);
    final long l = x[from];
    final long h = x[from + 1];
    final long low = pair(element(l, h, order), element(l, h, order >> 2));
    set(state, to, low, pair(element(l, h, order >> 4), element(l, h, order >> 6)));
  }

  /**
   * PALIGNR.
   *
   * @param at which byte of both registers side by side, the source the lower one, becomes the
   *     lowest
   */
  public static void align(CpuState state, int to, int from, int at) {
    final long[] x = available(state);
    final long low = PackedIntegers.align(x[to], x[to + 1], x[from], x[from + 1], at);
    set(state, to, low, PackedIntegers.align(x[to], x[to + 1], x[from], x[from + 1], at + 8));
  }

  private static int element(long low, long high, int index) {
    return PackedIntegers.doubleword(low, high, index);
  }
}
