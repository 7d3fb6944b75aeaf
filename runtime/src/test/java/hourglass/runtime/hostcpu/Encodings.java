package hourglass.runtime.hostcpu;

import hourglass.runtime.fuzz.FormEncoder;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Form.Ending;
import hourglass.translator.isa.Form.Trait;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.InstructionTable;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Chooses encodings of the forms that can be compared with the host's processor. */
final class Encodings {
  /** What depends on the operating system, or tells of it. */
  private static final Set<Mnemonic> SYSTEM =
      EnumSet.of(
          Mnemonic.CPUID,
          Mnemonic.RDTSC,
          Mnemonic.RDPMC,
          Mnemonic.SGDT,
          Mnemonic.SIDT,
          Mnemonic.SMSW,
          Mnemonic.SLDT,
          Mnemonic.STR,
          Mnemonic.LAR,
          Mnemonic.LSL,
          Mnemonic.VERR,
          Mnemonic.VERW,
          Mnemonic.INT,
          Mnemonic.RSM,
          Mnemonic.FXSAVE,
          Mnemonic.FXRSTOR);

  private static final Set<OperandKind> SELECTORS =
      EnumSet.of(
          OperandKind.SREG,
          OperandKind.ES,
          OperandKind.CS,
          OperandKind.SS,
          OperandKind.DS,
          OperandKind.FS,
          OperandKind.GS,
          OperandKind.M_FAR);

  private static final Set<OperandKind> SOURCES = EnumSet.of(OperandKind.SRC8, OperandKind.SRCV);

  private static final int DRAWS = 150;
  private static final int SAMPLE_INPUTS = 60;

  private Encodings() {}

  /** The forms that can be compared, x87 apart, which has recordings of its own. */
  static List<Form> forms() {
    return InstructionTable.forms().stream().filter(Encodings::canCompare).toList();
  }

  private static boolean canCompare(Form form) {
    if (form.has(Trait.X87)
        || SYSTEM.contains(form.mnemonic())
        || form.operands().stream().anyMatch(SELECTORS::contains)) {
      return false;
    }
    return switch (form.ending()) {
      case FAR ->
          switch (form.mnemonic()) {
            case UD0, UD1, UD2, INTO -> true;
            default -> false;
          };
      default -> true;
    };
  }

  /**
   * Encodings of a form: of each operand size, with a register and with memory, with and without
   * prefixes, at most so many that are alike.
   */
  static List<byte[]> of(Form form, int alike) {
    final Random random = new Random((form.encoding() + form.operands()).hashCode());
    final FormEncoder encoder = new FormEncoder(random, true, () -> address(random));
    for (int register = 0; register < 8; register++) {
      encoder.know(register, 0);
    }
    final Map<String, Integer> seen = new HashMap<>();
    final List<byte[]> chosen = new ArrayList<>();
    for (int draw = 0; draw < DRAWS; draw++) {
      encoder
          .encode(form)
          .map(Encodings::confine)
          .filter(code -> seen.getOrDefault(kind(code), 0) < alike && isUsable(code))
          .ifPresent(code -> {
            seen.merge(kind(code), 1, Integer::sum);
            chosen.add(code);
          });
    }
    return chosen;
  }

  /** The displacement of a memory operand: an address in the window, or just a byte. */
  private static int address(Random random) {
    return random.nextInt(3) == 0
        ? random.nextInt(256) - 128
        : Layout.FIRST_WINDOW + 0x40 + random.nextInt(0x160);
  }

  private static String kind(byte[] code) {
    final Instruction i = decode(code);
    return "%d %d %b %b %d %d"
        .formatted(i.operandSize, i.addressSize, i.memory, i.lock, i.repeat, i.condition);
  }

  private static Instruction decode(byte[] code) {
    return Decoder.decode(code, 0, code.length, true);
  }

  /** Makes immediates that lead elsewhere small. */
  private static byte[] confine(byte[] code) {
    final Instruction i = decode(code);
    final int last = code.length - 1;
    if (i.mnemonic == Mnemonic.ENTER) {
      code[last - 2] &= 0x3F;
      code[last - 1] = 0;
    } else if (i.form.operands().contains(OperandKind.RELV) && i.operandSize == 32) {
      final int distance = i.immediate % 0x700;
      for (int n = 0; n < 4; n++) {
        code[code.length - 4 + n] = (byte) (distance >> 8 * n);
      }
    }
    return code;
  }

  private static boolean isUsable(byte[] code) {
    final Instruction i = decode(code);
    if (code.length >= Layout.CODE_BYTES || branches(i) && !branchesWell(i)) {
      return false;
    }
    // These segments are flat, and 16 bits do not reach the data from address 0.
    final boolean flat = i.segment == CpuState.CS || i.segment == CpuState.SS;
    if (i.addressSize == 16 && flat && i.form.operands().stream().anyMatch(SOURCES::contains)) {
      return false;
    }
    if (i.memory) {
      final boolean twice = i.base >= 0 && i.base == i.index;
      final boolean bitOffset = i.form.operands().contains(OperandKind.RV) && isBitTest(i);
      if (twice || bitOffset && (i.reg == i.base || i.reg == i.index)) {
        return false;
      }
    }
    for (int number = 0; number < SAMPLE_INPUTS; number++) {
      if (!new Input(code, number).staysInside()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBitTest(Instruction i) {
    return switch (i.mnemonic) {
      case BT, BTS, BTR, BTC -> true;
      default -> false;
    };
  }

  private static boolean branches(Instruction i) {
    return i.form.ending() != Ending.NONE && i.form.ending() != Ending.SERIALIZE;
  }

  /** Jumps within the page, and not into the instruction. */
  private static boolean branchesWell(Instruction i) {
    final boolean relative =
        i.form.operands().contains(OperandKind.REL8)
            || i.form.operands().contains(OperandKind.RELV);
    final boolean outside = i.immediate >= 0 || i.immediate < -Layout.CODE_BYTES;
    return i.operandSize == 32
        && (!relative || outside && Math.abs(i.immediate) < 0x700)
        && i.rm != CpuState.ESP;
  }
}
