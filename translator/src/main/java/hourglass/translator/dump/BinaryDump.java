package hourglass.translator.dump;

import hourglass.translator.analysis.CodeSnapshot;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.emit.RegionDescription;
import hourglass.translator.emit.Translator;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.Syntax;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Translates a raw binary and shows what became of it.
 *
 * <p>It begins with the region at the first byte and goes on wherever exits of regions lead, and
 * behind calls and interrupts, until nothing new is found. What only computed branches reach stays
 * unknown; the listing says which bytes those are.
 */
public final class BinaryDump {
  private final byte[] binary;
  private final int base;
  private final int modeKey;

  /** Texts by address, unsigned, relative to {@link #base}. */
  private final TreeMap<Integer, String> parts = new TreeMap<>();

  /** Bytes that belong to an instruction, and those that begin one; from {@link #base}. */
  private final BitSet covered = new BitSet();

  private final BitSet begun = new BitSet();
  private final Deque<Integer> worklist = new ArrayDeque<>();
  private final RegionDump dump;
  private final Disassembler disassembler;

  private BinaryDump(byte[] binary, int base, int modeKey, Set<View> views, Syntax syntax) {
    this.binary = binary;
    this.base = base;
    this.modeKey = modeKey;
    dump = new RegionDump(views, syntax, address -> Optional.empty());
    disassembler = new Disassembler(syntax);
  }

  /**
   * The text, regions in order of address.
   *
   * @param binary the code, at least one byte
   * @param base linear address of its first byte; its end must not lie above 4 GiB
   * @param modeKey what it is translated under
   */
  public static String text(byte[] binary, int base, int modeKey, Set<View> views, Syntax syntax) {
    final BinaryDump dump = new BinaryDump(binary, base, modeKey, views, syntax);
    dump.walk();
    return String.join("\n", dump.parts.values());
  }

  private void walk() {
    worklist.add(0);
    while (!worklist.isEmpty()) {
      final int at = worklist.poll();
      if (at >= 0 && at < binary.length && !begun.get(at)) {
        translate(at);
      }
    }
    for (int from = covered.nextClearBit(0); from < binary.length; ) {
      final int set = covered.nextSetBit(from);
      final int to = set < 0 ? binary.length : set;
      parts.put(
          from,
          String.format(
              "not reached  %08x to %08x, %d bytes%n", base + from, base + to - 1, to - from));
      from = covered.nextClearBit(to);
    }
  }

  private void translate(int at) {
    final int offset = base + at & GuestMemory.OFFSET_MASK;
    final int page = at - offset; // where the page begins in the binary; may be less than 0
    final Optional<Translator.Emitted> emitted =
        Translator.emit(snapshot(page), offset, String.format("%08x", base + at));
    if (emitted.isEmpty()) {
      interpret(at);
      return;
    }
    parts.put(at, dump.text(emitted.get(), Placement.at(base + page)));
    final RegionDescription description = emitted.get().description();
    for (int i = 0; i < description.offsets().length; i++) {
      found(page + description.offsets()[i], description.instructions()[i]);
    }
    for (int exit : description.exits()) {
      worklist.add(page + exit);
    }
  }

  /** The page's bytes up to the end of the binary, so that no code is seen behind it. */
  private CodeSnapshot snapshot(int page) {
    final byte[] bytes = new byte[Math.min(GuestMemory.PAGE_SIZE, binary.length - page)];
    final int from = Math.max(page, 0);
    System.arraycopy(binary, from, bytes, from - page, bytes.length - (from - page));
    return new CodeSnapshot(bytes, modeKey, o -> o >= from - page && o < bytes.length);
  }

  /**
   * Takes note of an instruction, and of the place behind it where execution may come back to it.
   */
  private void found(int at, Instruction insn) {
    begun.set(at);
    covered.set(at, at + insn.length);
    switch (insn.form.ending()) {
      case JUMP, INDIRECT_JUMP, RETURN -> {
        // not by itself
      }
      case FAR -> {
        if (insn.mnemonic != Mnemonic.JMP_FAR
            && insn.mnemonic != Mnemonic.RET_FAR
            && insn.mnemonic != Mnemonic.IRET) {
          worklist.add(at + insn.length);
        }
      }
      default -> worklist.add(at + insn.length);
    }
  }

  /** An instruction that no region holds: it crosses the end of a page, or is none. */
  private void interpret(int at) {
    final int end = Math.min(binary.length, at + Decoder.MAX_LENGTH);
    final Instruction insn = Decoder.decode(binary, at, end, (modeKey & CpuState.MODE_CODE32) != 0);
    final String why;
    if (insn.mnemonic == Mnemonic.INCOMPLETE) {
      why = "goes on behind the end of the file";
      begun.set(at);
      covered.set(at, binary.length);
    } else if (insn.mnemonic == Mnemonic.INVALID || insn.mnemonic == Mnemonic.TOO_LONG) {
      why = "is no instruction";
      begun.set(at);
      covered.set(at, Math.min(binary.length, at + Math.max(1, insn.length)));
    } else {
      why = "crosses the end of a page";
      found(at, insn);
      if (insn.form.ending() == Form.Ending.JUMP
          || insn.form.ending() == Form.Ending.CALL
          || insn.form.ending() == Form.Ending.CONDITIONAL) {
        worklist.add(at + insn.length + insn.immediate);
      }
    }
    parts.put(
        at,
        String.format(
            "interpreted  %08x  %s: %s%n", base + at, disassembler.format(insn, base + at), why));
  }
}
