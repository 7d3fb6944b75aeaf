package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.GuestFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A file of what the host's processor did, compressed. Numbers are big-endian:
 *
 * <pre>
 *   int count of instructions; for each:
 *     byte length and the bytes of its code, short count of cases, int CRC-32 of their {@link Input}s,
 *     int length of the outcomes in bytes; for each case:
 *       byte exception, and of a page fault byte error code and int address
 *       byte EIP, counted from the instruction's start, short where it is 80h
 *       short flags changed
 *       byte registers changed (a bit each), and an int for each
 *       with MMX and XMM registers: short MXCSR bits changed; byte 1 where x87 status or tags are not as they were,
 *         and both as shorts; byte MMX registers changed, and long and short exponent for each; short
 *         halves of XMM registers changed, and a long for each
 *       byte count of stretches of memory changed, and for each short index, byte length, bytes
 * </pre>
 */
final class Recording {
  /** The cases of an instruction. */
  record Entry(byte[] code, int cases, int inputs, byte[] outcomes) {}

  private static final int LONGEST_STRETCH = 255;
  private static final int EXTENDED = 0x80;

  private Recording() {}

  // --- files -------------------------------------------------------------------------------------

  static List<Entry> read(InputStream file) throws IOException {
    final List<Entry> entries = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new GZIPInputStream(file, 1 << 16))) {
      final int count = in.readInt();
      for (int i = 0; i < count; i++) {
        final byte[] code = in.readNBytes(in.readUnsignedByte());
        final int cases = in.readUnsignedShort();
        final int inputs = in.readInt();
        entries.add(new Entry(code, cases, inputs, in.readNBytes(in.readInt())));
      }
    }
    return entries;
  }

  static void write(List<Entry> entries, OutputStream file) throws IOException {
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(file))) {
      out.writeInt(entries.size());
      for (Entry entry : entries) {
        out.writeByte(entry.code.length);
        out.write(entry.code);
        out.writeShort(entry.cases);
        out.writeInt(entry.inputs);
        out.writeInt(entry.outcomes.length);
        out.write(entry.outcomes);
      }
    }
  }

  /** Runs an instruction on the host's processor. */
  static Entry record(HostProcessor host, byte[] code, int cases, boolean simd) throws IOException {
    final ByteArrayOutputStream outcomes = new ByteArrayOutputStream();
    final Outcome outcome = new Outcome();
    try (DataOutputStream out = new DataOutputStream(outcomes)) {
      for (int number = 0; number < cases; number++) {
        final Input input = new Input(code, number);
        host.run(input, outcome);
        put(out, input.before, outcome, simd);
      }
    }
    return new Entry(code, cases, checksum(code, cases), outcomes.toByteArray());
  }

  /** Gives the outcomes of an entry one after the other. */
  static DataInputStream outcomes(Entry entry) {
    return new DataInputStream(new ByteArrayInputStream(entry.outcomes));
  }

  /** Tells whether inputs are made as they were. */
  static int checksum(byte[] code, int cases) {
    final CRC32 crc = new CRC32();
    final Outcome all = new Input(code, cases - 1).before;
    for (int register : all.registers) {
      crc.update(register);
      crc.update(register >>> 8);
      crc.update(register >>> 16);
    }
    crc.update(all.memory);
    crc.update(all.flags);
    crc.update(all.mxcsr >>> 8);
    return (int) crc.getValue();
  }

  // --- outcomes ----------------------------------------------------------------------------------

  private static void put(DataOutputStream out, Outcome before, Outcome after, boolean simd)
      throws IOException {
    out.writeByte(after.vector);
    if (after.vector == GuestFault.PAGE_FAULT) {
      out.writeByte(after.error);
      out.writeInt(after.address);
    }
    final int distance = after.eip - Layout.CODE;
    if (distance == (byte) distance && distance != (byte) EXTENDED) {
      out.writeByte(distance);
    } else {
      out.writeByte(EXTENDED);
      out.writeShort(distance);
    }
    out.writeShort((before.flags ^ after.flags) & FLAGS);
    int changed = 0;
    for (int i = 0; i < 8; i++) {
      changed |= before.registers[i] != after.registers[i] ? 1 << i : 0;
    }
    out.writeByte(changed);
    for (int i = 0; i < 8; i++) {
      if ((changed >> i & 1) != 0) {
        out.writeInt(after.registers[i]);
      }
    }
    if (simd) {
      putVectors(out, before, after);
    }
    putMemory(out, before.memory, after.memory);
  }

  /** The flags that are recorded: the arithmetic ones and DF. */
  static final int FLAGS = 0xCD5;

  private static void putVectors(DataOutputStream out, Outcome before, Outcome after)
      throws IOException {
    out.writeShort(before.mxcsr ^ after.mxcsr);
    final boolean x87 = after.x87Status != before.x87Status || after.x87Tags != before.x87Tags;
    out.writeByte(x87 ? 1 : 0);
    if (x87) {
      out.writeShort(after.x87Status);
      out.writeShort(after.x87Tags);
    }
    int changed = 0;
    for (int i = 0; i < 8; i++) {
      final boolean same =
          before.mmx[i] == after.mmx[i] && before.exponents[i] == after.exponents[i];
      changed |= same ? 0 : 1 << i;
    }
    out.writeByte(changed);
    for (int i = 0; i < 8; i++) {
      if ((changed >> i & 1) != 0) {
        out.writeLong(after.mmx[i]);
        out.writeShort(after.exponents[i]);
      }
    }
    changed = 0;
    for (int i = 0; i < 16; i++) {
      changed |= before.xmm[i] != after.xmm[i] ? 1 << i : 0;
    }
    out.writeShort(changed);
    for (int i = 0; i < 16; i++) {
      if ((changed >> i & 1) != 0) {
        out.writeLong(after.xmm[i]);
      }
    }
  }

  private static void putMemory(DataOutputStream out, byte[] before, byte[] after)
      throws IOException {
    final ByteArrayOutputStream stretches = new ByteArrayOutputStream();
    final DataOutputStream to = new DataOutputStream(stretches);
    int count = 0;
    for (int at = 0; at < after.length; at++) {
      if (before[at] != after[at]) {
        int end = at + 1;
        while (end < after.length && end - at < LONGEST_STRETCH && before[end] != after[end]) {
          end++;
        }
        to.writeShort(at);
        to.writeByte(end - at);
        to.write(after, at, end - at);
        count++;
        at = end - 1;
      }
    }
    out.writeByte(count);
    stretches.writeTo(out);
  }

  /** Reads the next outcome of an entry. */
  static void next(DataInputStream in, Outcome before, boolean simd, Outcome after)
      throws IOException {
    after.copy(before);
    after.vector = in.readUnsignedByte();
    if (after.vector == GuestFault.PAGE_FAULT) {
      after.error = in.readUnsignedByte();
      after.address = in.readInt();
    }
    int distance = in.readByte();
    if (distance == (byte) EXTENDED) {
      distance = in.readShort();
    }
    after.eip = Layout.CODE + distance;
    after.flags = (before.flags ^ in.readUnsignedShort()) & FLAGS;
    final int changed = in.readUnsignedByte();
    for (int i = 0; i < 8; i++) {
      if ((changed >> i & 1) != 0) {
        after.registers[i] = in.readInt();
      }
    }
    if (simd) {
      nextVectors(in, after);
    }
    for (int stretches = in.readUnsignedByte(); stretches > 0; stretches--) {
      final int at = in.readUnsignedShort();
      in.readFully(after.memory, at, in.readUnsignedByte());
    }
  }

  private static void nextVectors(DataInputStream in, Outcome after) throws IOException {
    after.mxcsr ^= in.readUnsignedShort();
    if (in.readBoolean()) {
      after.x87Status = in.readUnsignedShort();
      after.x87Tags = in.readUnsignedShort();
    }
    int changed = in.readUnsignedByte();
    for (int i = 0; i < 8; i++) {
      if ((changed >> i & 1) != 0) {
        after.mmx[i] = in.readLong();
        after.exponents[i] = in.readUnsignedShort();
      }
    }
    changed = in.readUnsignedShort();
    for (int i = 0; i < 16; i++) {
      if ((changed >> i & 1) != 0) {
        after.xmm[i] = in.readLong();
      }
    }
  }
}
