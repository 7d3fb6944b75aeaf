package hourglass.runtime.board;

import hourglass.runtime.interrupt.Interrupts;
import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.CpuModel;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.Syntax;
import java.util.Arrays;

/** What a processor was doing, as text for people. */
final class MachineReport {
  private static final String[] REGISTERS = {
    "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"
  };
  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS"};

  private MachineReport() {}

  /** Where an instruction is. */
  private record Place(int selector, int base, boolean big, int eip) {
    static Place of(CpuState state) {
      final Segment code = state.segment[CpuState.CS];
      return new Place(code.selector, code.base, code.isBig(), state.eip);
    }

    Place at(int otherEip) {
      return new Place(selector, base, big, otherEip);
    }
  }

  /** Registers and the instruction at CS:EIP, several lines. */
  static String of(CpuState state, Mmu memory) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < REGISTERS.length; i++) {
      text.append("%s=%08x%s".formatted(REGISTERS[i], state.reg[i], i % 4 == 3 ? "\n" : " "));
    }
    text.append(
        "EIP=%08x EFLAGS=%08x CPL=%d instructions=%d%n"
            .formatted(state.eip, state.eflags(), state.cpl, state.instructions()));
    for (int i = 0; i < SEGMENTS.length; i++) {
      final Segment s = state.segment[i];
      text.append(
          "%s=%04x base=%08x%s"
              .formatted(SEGMENTS[i], s.selector, s.base, i % 3 == 2 ? "\n" : " "));
    }
    text.append(
        "CR0=%08x CR2=%08x CR3=%08x CR4=%08x GDT=%08x:%04x IDT=%08x:%04x%n"
            .formatted(
                state.cr0,
                state.cr2,
                state.cr3,
                state.cr4,
                state.gdtrBase,
                state.gdtrLimit,
                state.idtrBase,
                state.idtrLimit));
    final Place place = Place.of(state);
    final byte[] code = code(place, memory);
    if (code.length == 0) {
      return text.append("code: not mapped").toString();
    }
    return text.append("code:%s%n".formatted(hex(code, code.length)))
        .append("at EIP: ")
        .append(disassembled(place, decoded(place, code)))
        .toString();
  }

  /** Where the next instruction lies, its bytes, and what it is; one line. */
  static String instruction(CpuState state, Mmu memory) {
    return instruction(Place.of(state), memory);
  }

  private static String instruction(Place place, Mmu memory) {
    final byte[] code = code(place, memory);
    final String where = "%04x:%08x".formatted(place.selector, place.eip);
    if (code.length == 0) {
      return where + "  not mapped";
    }
    final Instruction insn = decoded(place, code);
    return "%s %-24s %s"
        .formatted(
            where, hex(code, Math.clamp(insn.length, 1, code.length)), disassembled(place, insn));
  }

  /** What a processor waits at that nothing can wake, one line. */
  static String halted(CpuState state, Mmu memory) {
    final Place next = Place.of(state);
    if (state.fpu.ferr && (state.cr0 & CpuState.CR0_NE) == 0) { // it comes back to the instruction
      return "the guest waits for good, with interrupts disabled, for that of an x87 exception: "
          + oneSpaced(instruction(next, memory));
    }
    return "the guest has halted for good, with interrupts disabled: "
        + oneSpaced(instruction(next.at(next.eip - 1), memory));
  }

  /** What raised an exception, how long ago, and whether the processor lacks it; one line. */
  static String raised(Interrupts.Raised last, CpuModel model, CpuState state, Mmu memory) {
    final Place place = new Place(last.selector(), last.base(), last.big(), last.eip());
    final byte[] code = code(place, memory);
    final Instruction insn = decoded(place, code);
    final boolean lacking =
        last.vector() == GuestFault.INVALID_OPCODE
            && code.length != 0
            && insn.mnemonic != Mnemonic.INVALID
            && !model.has(insn.form.feature());
    return "%,d instructions after %s of %s%s"
        .formatted(
            state.instructions() - last.executed(),
            GuestFault.name(last.vector()),
            oneSpaced(instruction(place, memory)),
            lacking ? ", which the %s lacks".formatted(model.label()) : "");
  }

  private static String oneSpaced(String text) {
    return text.replaceAll(" {2,}", "  ");
  }

  private static Instruction decoded(Place place, byte[] code) {
    return Decoder.decode(code, 0, code.length, place.big);
  }

  private static String disassembled(Place place, Instruction insn) {
    return new Disassembler(Syntax.INTEL).format(insn, place.eip);
  }

  private static String hex(byte[] code, int length) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(" %02x".formatted(code[i]));
    }
    return text.toString();
  }

  /** The bytes at a place, up to the longest instruction, as far as they are mapped. */
  private static byte[] code(Place place, Mmu memory) {
    final byte[] bytes = new byte[Decoder.MAX_LENGTH];
    final int linear = place.base + place.eip;
    int length = 0;
    try {
      while (length < bytes.length) {
        final int at = memory.fetch(linear + length);
        if (at < 0) {
          break;
        }
        bytes[length++] = (byte) memory.ram.load8(at);
      }
    } catch (GuestFault e) {
      // Shows what could be read.
    }
    return Arrays.copyOf(bytes, length);
  }
}
