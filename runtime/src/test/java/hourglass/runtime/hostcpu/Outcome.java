package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.GuestFault;
import java.util.Arrays;

/** What an instruction left behind, and the exception it ended in; or its input, before it runs. */
final class Outcome {
  /** The exception of the breakpoint after the instruction: all went well. */
  static final int DONE = GuestFault.BREAKPOINT;

  int vector;

  /** Of a page fault: error code and address. */
  int error;

  int address;
  int eip;
  int flags;
  int mxcsr;
  int x87Status;
  int x87Tags = 0x5555;
  final int[] registers = new int[8];
  final long[] mmx = new long[8];

  /** The upper 16 bits of the x87 registers that MMX registers are part of. */
  final int[] exponents = new int[8];

  /** The low halves of XMM0-7 at even places, the high halves at odd ones. */
  final long[] xmm = new long[16];

  final byte[] memory = new byte[Layout.MEMORY_BYTES];

  void copy(Outcome from) {
    vector = from.vector;
    error = from.error;
    address = from.address;
    eip = from.eip;
    flags = from.flags;
    mxcsr = from.mxcsr;
    x87Status = from.x87Status;
    x87Tags = from.x87Tags;
    System.arraycopy(from.registers, 0, registers, 0, registers.length);
    System.arraycopy(from.mmx, 0, mmx, 0, mmx.length);
    System.arraycopy(from.exponents, 0, exponents, 0, exponents.length);
    System.arraycopy(from.xmm, 0, xmm, 0, xmm.length);
    System.arraycopy(from.memory, 0, memory, 0, memory.length);
  }

  /**
   * What is different from what was expected, as text; empty where nothing is.
   *
   * @param flagMask the flags that are compared
   * @param simd whether x87, MMX and XMM registers are
   */
  String differences(Outcome expected, int flagMask, boolean simd) {
    final StringBuilder text = new StringBuilder();
    expect(text, "exception", expected.vector, vector);
    if (expected.vector == GuestFault.PAGE_FAULT) {
      expect(text, "error code", expected.error, error);
      expect(text, "address", expected.address, address);
    }
    expect(text, "eip", expected.eip, eip);
    expect(text, "flags", expected.flags & flagMask, flags & flagMask);
    for (int i = 0; i < registers.length; i++) {
      expect(text, "register " + i, expected.registers[i], registers[i]);
    }
    if (simd) {
      expect(text, "mxcsr", expected.mxcsr, mxcsr);
      expect(text, "x87 status", expected.x87Status, x87Status);
      expect(text, "x87 tags", expected.x87Tags, x87Tags);
      for (int i = 0; i < mmx.length; i++) {
        expect(text, "mm" + i, expected.mmx[i], mmx[i]);
        expect(text, "exponent " + i, expected.exponents[i], exponents[i]);
      }
      for (int i = 0; i < xmm.length; i++) {
        expect(text, "xmm" + i / 2 + (i % 2 == 0 ? " low" : " high"), expected.xmm[i], xmm[i]);
      }
    }
    final int at = Arrays.mismatch(expected.memory, memory);
    if (at >= 0) {
      expect(text, "memory at index %x".formatted(at), expected.memory[at], memory[at]);
    }
    return text.toString();
  }

  private static void expect(StringBuilder text, String what, long expected, long actual) {
    if (expected != actual) {
      text.append(" %s is %x, expected %x;".formatted(what, actual, expected));
    }
  }

  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder("flags %x, registers".formatted(flags));
    for (int register : registers) {
      text.append(" %x".formatted(register));
    }
    return text.toString();
  }
}
