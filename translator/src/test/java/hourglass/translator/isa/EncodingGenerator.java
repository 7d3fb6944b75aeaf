package hourglass.translator.isa;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes encodings of a row of the table, with random prefixes, operands and immediates. */
final class EncodingGenerator {
  private static final int[] SEGMENT_PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};
  private static final int[] MANDATORY_PREFIXES = {0, 0x66, 0xF3, 0xF2};

  private final RandomGenerator random;

  EncodingGenerator(RandomGenerator random) {
    this.random = random;
  }

  /**
   * An encoding of the form without prefixes that are not part of it, for code of the given size.
   */
  byte[] plain(Encoding encoding, boolean code32) {
    return complete(encoding, List.of(), code32);
  }

  /** An encoding of the form with prefixes that mean something for it. */
  byte[] prefixed(Encoding encoding, boolean code32) {
    final List<Integer> prefixes = new ArrayList<>();
    if (random.nextInt(3) == 0 && usesOperandSize(encoding)) {
      prefixes.add(0x66);
    }
    final byte[] bare = complete(encoding, prefixes, code32);
    final Instruction insn = Decoder.decode(bare, 0, bare.length, code32);
    if (insn.memory && random.nextInt(3) == 0) {
      prefixes.add(0x67);
    }
    if ((insn.memory || encoding.segmentMatters) && random.nextInt(3) == 0) {
      prefixes.add(SEGMENT_PREFIXES[random.nextInt(SEGMENT_PREFIXES.length)]);
    }
    if (encoding.repeatable && random.nextInt(2) == 0) {
      prefixes.add(encoding.form.has(Form.Trait.REP_WHILE) && random.nextBoolean() ? 0xF2 : 0xF3);
    }
    if (encoding.lockable && random.nextInt(2) == 0) {
      prefixes.add(0xF0);
    }
    for (int attempt = 0; attempt < 100; attempt++) {
      final byte[] code = complete(encoding, prefixes, code32);
      if (Decoder.decode(code, 0, code.length, code32).form.equals(encoding.form)) {
        return code;
      }
    }
    return plain(encoding, code32);
  }

  private static boolean usesOperandSize(Encoding encoding) {
    return encoding.form.operands().stream()
        .anyMatch(kind ->
            switch (kind) {
              case RMV,
                  RV,
                  RV_M16,
                  ZV,
                  AXV,
                  IMMV,
                  RELV,
                  PTR_FAR,
                  M_FAR,
                  M_BOUND,
                  MOFFSV,
                  SRCV,
                  DSTV ->
                  true;
              default -> false;
            });
  }

  /** Puts the opcode after the prefixes, and so many random bytes behind it as the form takes. */
  private byte[] complete(Encoding encoding, List<Integer> prefixes, boolean code32) {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    prefixes.forEach(out::write);
    if (encoding.prefix != 0) {
      out.write(MANDATORY_PREFIXES[encoding.prefix]);
    }
    if (encoding.opcode >= Encoding.MAP_0F) {
      out.write(0x0F);
    }
    if (encoding.opcode >= Encoding.MAP_0F38) {
      out.write(encoding.opcode >= Encoding.MAP_0F3A ? 0x3A : 0x38);
    }
    int opcode;
    do {
      opcode = encoding.opcode + random.nextInt(encoding.opcodeCount);
    } while (!takes(InstructionTable.lookup(encoding.prefix, opcode), encoding));
    out.write(opcode & 0xFF);
    if (encoding.hasModrm) {
      final Encoding[] cells = InstructionTable.lookup(encoding.prefix, opcode);
      int modrm;
      do {
        modrm = random.nextInt(256);
      } while (cells[modrm] != encoding);
      out.write(modrm);
    }
    for (int i = 0; i < 12; i++) {
      // small and negative values are as likely as others
      out.write(random.nextInt(3) == 0 ? 0 : random.nextInt(3) == 0 ? 0xFF : random.nextInt(256));
    }
    final byte[] bytes = out.toByteArray();
    final int length = Decoder.decode(bytes, 0, bytes.length, code32).length;
    return Arrays.copyOf(bytes, length);
  }

  private static boolean takes(Encoding[] cells, Encoding encoding) {
    return Arrays.asList(cells).contains(encoding);
  }
}
