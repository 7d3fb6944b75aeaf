package hourglass.runtime.board;

import hourglass.runtime.memory.Mmu;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Syntax;
import java.util.Arrays;

/** What a processor was doing, as text for people. */
final class MachineReport {
  private static final String[] REGISTERS = {
    "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"
  };
  private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS"};

  private MachineReport() {}

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
    final byte[] code = code(state, memory);
    if (code.length == 0) {
      return text.append("code: not mapped").toString();
    }
    return text.append("code:%s%n".formatted(hex(code, code.length)))
        .append("at EIP: ")
        .append(disassembled(state, decoded(state, code)))
        .toString();
  }

  /** Where the next instruction lies, its bytes, and what it is; one line. */
  static String instruction(CpuState state, Mmu memory) {
    final byte[] code = code(state, memory);
    final String place = "%04x:%08x".formatted(state.segment[CpuState.CS].selector, state.eip);
    if (code.length == 0) {
      return place + "  not mapped";
    }
    final Instruction insn = decoded(state, code);
    return "%s %-24s %s"
        .formatted(
            place, hex(code, Math.clamp(insn.length, 1, code.length)), disassembled(state, insn));
  }

  private static Instruction decoded(CpuState state, byte[] code) {
    return Decoder.decode(code, 0, code.length, state.segment[CpuState.CS].isBig());
  }

  private static String disassembled(CpuState state, Instruction insn) {
    return new Disassembler(Syntax.INTEL).format(insn, state.eip);
  }

  private static String hex(byte[] code, int length) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(" %02x".formatted(code[i]));
    }
    return text.toString();
  }

  /** The bytes at CS:EIP, up to the longest instruction, as far as they are mapped. */
  private static byte[] code(CpuState state, Mmu memory) {
    final byte[] bytes = new byte[Decoder.MAX_LENGTH];
    final int linear = state.segment[CpuState.CS].base + state.eip;
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
