package hourglass.runtime.interpreter;

import static org.junit.jupiter.api.Assertions.fail;

import hourglass.runtime.engine.Engine;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.x87.FloatContext;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Instruction;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Replays what an Intel processor's x87 unit did with tens of thousands of instructions: {@code
 * src/test/x87/generate.c} made the recording and describes its format.
 *
 * <p>Everything must be the same, bit for bit; of transcendental functions the results may differ
 * by 1 unit in the last place, and the exceptions and conditions that follow from where exactly a
 * result lies are not compared.
 */
class X87ReplayTest {
  private static final int SHOWN = 80;

  private static final int SUMMARY = X87State.ERROR_SUMMARY | X87State.BUSY;

  /** What an instruction and the HLT after it have room in. */
  private static final int SPACE = 16;

  private static final int HLT = 0xF4;

  private record Recorded(
      int address, Instruction instruction, int memorySize, boolean approximate) {}

  private final GuestMachine machine = GuestMachine.protected32();
  private final X87State fpu = machine.state.fpu;
  private final List<String> failures = new ArrayList<>();
  private final TreeMap<String, Integer> failuresByInstruction = new TreeMap<>();
  private int approximate;
  private int near;
  private long[] values;
  private int[] upper;
  private Engine engine;

  @ParameterizedTest
  @EnumSource
  void everyRecordedInstructionGivesWhatTheProcessorGave(TestEngine kind) throws IOException {
    engine = kind.on(machine.cpu);
    try (InputStream resource = X87ReplayTest.class.getResourceAsStream("x87.bin.gz");
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(new GZIPInputStream(resource)))) {
      in.skipNBytes(4);
      values = new long[read16(in)];
      upper = new int[values.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = Long.reverseBytes(in.readLong());
        upper[i] = read16(in);
      }
      final Recorded[] instructions = new Recorded[read16(in)];
      for (int i = 0; i < instructions.length; i++) {
        final byte[] code = in.readNBytes(in.readUnsignedByte());
        final int address = GuestMachine.CODE + i * SPACE;
        machine.bus.copyIn(address, code, 0, code.length);
        machine.write(address + code.length, HLT);
        instructions[i] =
            new Recorded(
                address,
                Decoder.decode(code, 0, code.length, true),
                in.readUnsignedByte(),
                in.readUnsignedByte() != 0);
      }
      final int cases = Integer.reverseBytes(in.readInt());
      for (int i = 0; i < cases; i++) {
        replay(in, instructions[in.readUnsignedByte()]);
      }
      if (Boolean.getBoolean("hourglass.counts")) {
        System.out.printf(
            "%s: %,d cases, %,d of transcendental functions, of which %,d differ by 1 unit%n",
            kind, cases, approximate, near);
      }
      if (!failuresByInstruction.isEmpty()) {
        fail(
            failuresByInstruction
                + " of "
                + cases
                + " cases differ; the first:\n"
                + String.join("\n", failures));
      }
    }
  }

  private void replay(DataInputStream in, Recorded recorded) throws IOException {
    final int control = read16(in);
    final int status = read16(in);
    final int empty = in.readUnsignedByte();
    final int flags = in.readUnsignedByte();
    final int[] operands = {read16(in), read16(in), read16(in)};
    fpu.initialize();
    fpu.setControl(control);
    fpu.setStatusWord(status);
    for (int i = 0; i < 8; i++) {
      final int v = i < 2 ? operands[i] : 0;
      fpu.set(i, values[v], upper[v]);
    }
    fpu.empty = empty;
    final CpuState state = machine.state;
    state.setEflags(flags);
    state.reg[CpuState.ESI] = GuestMachine.DATA;
    final int memory = operands[2];
    machine.cpu.write64(CpuState.DS, GuestMachine.DATA, values[memory]);
    machine.cpu.write16(CpuState.DS, GuestMachine.DATA + 8, upper[memory]);
    final long[] significands = fpu.significand.clone();
    final int[] signExponents = fpu.signExponent.clone();

    state.eip = recorded.address;
    state.halted = false;
    state.beginSlice(2);
    engine.run();

    final StringBuilder wrong = new StringBuilder();
    expect(wrong, "EIP", recorded.address + recorded.instruction.length + 1, state.eip);
    expect(wrong, "control", read16(in), fpu.control());
    final int ignored = recorded.approximate ? ignoredConditions() : 0;
    expect(wrong, "status", read16(in) & ~ignored, fpu.statusWord() & ~ignored);
    final int tags = read16(in);
    if (!recorded.approximate) {
      expect(wrong, "tags", tags, fpu.tagWord());
    }
    expect(wrong, "flags", in.readUnsignedByte(), state.eflags() & 0xFF);
    final int changed = in.readUnsignedByte();
    boolean equal = true;
    for (int p = 0; p < 8; p++) {
      if ((changed >> p & 1) != 0) {
        significands[p] = Long.reverseBytes(in.readLong());
        signExponents[p] = read16(in);
      }
      equal &= significands[p] == fpu.significand[p] && signExponents[p] == fpu.signExponent[p];
      if (!same(
          recorded.approximate,
          significands[p],
          signExponents[p],
          fpu.significand[p],
          fpu.signExponent[p])) {
        wrong.append(
            String.format(
                " R%d is %s, expected %s;",
                p,
                text(fpu.significand[p], fpu.signExponent[p]),
                text(significands[p], signExponents[p])));
      }
    }
    approximate += recorded.approximate ? 1 : 0;
    near += equal ? 0 : 1;
    long low = values[memory];
    int high = upper[memory];
    if (in.readUnsignedByte() != 0) {
      final byte[] written = in.readNBytes(recorded.memorySize);
      for (int i = 0; i < written.length; i++) {
        if (i < 8) {
          low = low & ~(0xFFL << 8 * i) | (written[i] & 0xFFL) << 8 * i;
        } else {
          high = high & ~(0xFF << 8 * (i - 8)) | (written[i] & 0xFF) << 8 * (i - 8);
        }
      }
    }
    final long actualLow = machine.cpu.read64(CpuState.DS, GuestMachine.DATA);
    final int actualHigh = machine.cpu.read16(CpuState.DS, GuestMachine.DATA + 8);
    if (low != actualLow || high != actualHigh) {
      wrong.append(" memory is " + text(actualLow, actualHigh) + ", expected " + text(low, high));
    }
    if (!wrong.isEmpty()) {
      final String name =
          recorded.instruction.mnemonic + " " + recorded.instruction.form.encoding();
      failuresByInstruction.merge(name, 1, Integer::sum);
      if (failures.size() < SHOWN && failuresByInstruction.get(name) <= 4) {
        failures.add(
            String.format(
                "%s, control %04x, status %04x, empty %02x, ST0 %s, ST1 %s, memory %s:%s",
                name,
                control,
                status,
                empty,
                text(values[operands[0]], upper[operands[0]]),
                text(values[operands[1]], upper[operands[1]]),
                text(values[memory], upper[memory]),
                wrong));
      }
    }
  }

  /** How a result was rounded, and beside the smallest normal number whether it is below. */
  private int ignoredConditions() {
    final boolean tiny = (fpu.signExponentOf(0) & 0x7FFF) <= 1;
    return X87State.C1 | (tiny ? FloatContext.UNDERFLOW | SUMMARY : 0);
  }

  private static boolean same(
      boolean approximate, long aSignificand, int aExponent, long significand, int exponent) {
    if (aSignificand == significand && aExponent == exponent) {
      return true;
    }
    if (!approximate || aExponent >>> 15 != exponent >>> 15) {
      return false;
    }
    // Adjacent values: as numbers with the exponent on top, their encodings differ by 1 unit in the
    // last place.
    final int distance = exponent - aExponent;
    final long difference = (significand & Long.MAX_VALUE) - (aSignificand & Long.MAX_VALUE);
    return distance == 0 && Math.abs(significand - aSignificand) <= 1
        || distance == 1 && difference == -Long.MAX_VALUE
        || distance == -1 && difference == Long.MAX_VALUE;
  }

  private static void expect(StringBuilder wrong, String what, int expected, int actual) {
    if (expected != actual) {
      wrong.append(String.format(" %s is %04x, expected %04x;", what, actual, expected));
    }
  }

  private static String text(long significand, int signExponent) {
    return String.format("%04x_%016x", signExponent, significand);
  }

  private static int read16(DataInputStream in) throws IOException {
    return in.readUnsignedByte() | in.readUnsignedByte() << 8;
  }
}
