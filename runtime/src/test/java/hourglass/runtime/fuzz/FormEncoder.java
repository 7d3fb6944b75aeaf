package hourglass.runtime.fuzz;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * Makes random encodings of a form from its notation in the instruction table. Memory operands lead
 * mostly to wanted offsets, by registers whose values are known.
 */
public final class FormEncoder {
  private static final int[] SEGMENT_PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};
  private static final int OPERAND_SIZE = 0x66;
  private static final int ADDRESS_SIZE = 0x67;
  private static final int ATTEMPTS = 20;
  private static final int[] EDGES = {0, 1, -1, 2, 0x7F, 0x80, 31, 32, 33, 0x7FFF_FFFF, 1 << 31};

  /** Base and index of the 16-bit address forms, by ModR/M r/m. */
  private static final int[][] BASES_16 = {
    {CpuState.EBX, CpuState.ESI},
    {CpuState.EBX, CpuState.EDI},
    {CpuState.EBP, CpuState.ESI},
    {CpuState.EBP, CpuState.EDI},
    {CpuState.ESI},
    {CpuState.EDI},
    {CpuState.EBP},
    {CpuState.EBX}
  };

  private final RandomGenerator random;
  private final boolean code32;
  private final IntSupplier wantedOffset;
  private final int[] value = new int[8];
  private int known;

  /**
   * Makes an encoder.
   *
   * @param wantedOffset gives offsets that memory operands should have
   */
  public FormEncoder(RandomGenerator random, boolean code32, IntSupplier wantedOffset) {
    this.random = random;
    this.code32 = code32;
    this.wantedOffset = wantedOffset;
  }

  /** From here on a register has, most likely, this value. */
  public void know(int register, int contents) {
    value[register] = contents;
    known |= 1 << register;
  }

  void forget(int register) {
    known &= ~(1 << register);
  }

  /** A value at the edge of something, or any. */
  int anyValue() {
    return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt();
  }

  /** A random encoding of the form; nothing where no attempt has led to one. */
  public Optional<byte[]> encode(Form form) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      final byte[] bytes = attempt(form);
      final Instruction insn = Decoder.decode(bytes, 0, bytes.length, code32);
      if (insn.form == form && insn.length == bytes.length) {
        return Optional.of(bytes);
      }
    }
    return Optional.empty();
  }

  private byte[] attempt(Form form) {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final boolean operandPrefix = random.nextInt(5) == 0;
    final boolean addressPrefix = random.nextInt(12) == 0;
    if (operandPrefix) {
      out.write(OPERAND_SIZE);
    }
    if (addressPrefix) {
      out.write(ADDRESS_SIZE);
    }
    if (random.nextInt(12) == 0) {
      out.write(SEGMENT_PREFIXES[random.nextInt(SEGMENT_PREFIXES.length)]);
    }
    if ((form.has(Form.Trait.REP) || form.has(Form.Trait.REP_WHILE)) && random.nextBoolean()) {
      out.write(0xF2 + random.nextInt(2));
    }
    if (form.has(Form.Trait.LOCKABLE) && random.nextInt(12) == 0) {
      out.write(0xF0);
    }
    final boolean wide = code32 != operandPrefix;
    final boolean wideAddress = code32 != addressPrefix;
    for (String word : form.encoding().split(" ")) {
      switch (word) {
        case "NP" -> {}
        case "ib", "cb" -> out.write(anyValue());
        case "iw" -> immediate(out, 2);
        case "iv", "cv" -> immediate(out, wide ? 4 : 2);
        case "cp" -> immediate(out, wide ? 6 : 4);
        case "mo" -> number(out, wantedOffset.getAsInt(), wideAddress ? 4 : 2);
        default -> {
          if (word.startsWith("/")) {
            modrm(out, form, word, wideAddress);
          } else {
            out.write(opcodeByte(word));
          }
        }
      }
    }
    return out.toByteArray();
  }

  private int opcodeByte(String word) {
    final int first = Integer.parseInt(word, 0, 2, 16);
    final String variable = word.substring(2);
    return switch (variable) {
      case "+r", "+i" -> first + (variable.equals("+r") ? register() : random.nextInt(8));
      case "+cc" -> first + random.nextInt(16);
      default -> first;
    };
  }

  /** A register's number, seldom that of the stack pointer. */
  private int register() {
    final int number = random.nextInt(8);
    return number == CpuState.ESP && random.nextInt(8) != 0 ? CpuState.EAX : number;
  }

  private void immediate(ByteArrayOutputStream out, int size) {
    number(out, anyValue(), Math.min(size, 4));
    if (size > 4) {
      number(out, anyValue(), size - 4);
    }
  }

  private static void number(ByteArrayOutputStream out, int value, int size) {
    for (int i = 0; i < size; i++) {
      out.write(value >> 8 * i);
    }
  }

  // --- ModR/M ----------------------------------------------------------------------------------

  private void modrm(ByteArrayOutputStream out, Form form, String word, boolean wideAddress) {
    final int reg =
        form.operands().contains(OperandKind.SREG)
            ? random.nextInt(6)
            : word.equals("/r") ? register() : word.charAt(1) - '0';
    if (takesMemory(form)) {
      if (wideAddress) {
        memory32(out, reg);
      } else {
        memory16(out, reg);
      }
    } else {
      out.write(0xC0 | reg << 3 | register());
    }
  }

  private boolean takesMemory(Form form) {
    for (OperandKind kind : form.operands()) {
      switch (kind) {
        case M, M8, M16, M32, M64, M80, M128, M_FAR, M_BOUND, M_TABLE:
        case M32FP, M64FP, M80FP, M16INT, M32INT, M64INT, M80BCD:
          return true;
        case R32_RM, MM_RM, XMM_RM:
          return false;
        default:
          break;
      }
    }
    return random.nextInt(5) < 2;
  }

  private void memory32(ByteArrayOutputStream out, int reg) {
    final int wanted = wantedOffset.getAsInt();
    final int base = knownRegister();
    final int way = random.nextInt(20);
    if (way < 2) { // anything
      final int rm = random.nextInt(8);
      final int mod = random.nextInt(3);
      out.write(mod << 6 | reg << 3 | rm);
      final int sib = random.nextInt(256);
      if (rm == 4) {
        out.write(sib);
      }
      final boolean noBase = mod == 0 && (rm == 5 || rm == 4 && (sib & 7) == 5);
      number(out, anyValue(), noBase || mod == 2 ? 4 : mod);
    } else if (way < 4) { // on the stack
      out.write(1 << 6 | reg << 3 | 4);
      out.write(4 << 3 | CpuState.ESP);
      out.write(random.nextInt(0x40) - 0x10);
    } else if (way < 10 || base < 0) {
      out.write(reg << 3 | 5);
      number(out, wanted, 4);
    } else {
      memoryByBase(out, reg, base, wanted);
    }
  }

  private void memoryByBase(ByteArrayOutputStream out, int reg, int base, int wanted) {
    final int index = random.nextInt(3) == 0 ? knownRegister() : -1;
    final int scale = random.nextInt(4);
    int displacement = wanted - value[base];
    if (index >= 0) {
      displacement -= value[index] << scale;
    }
    final int size = displacement == (byte) displacement ? 1 : 4;
    out.write((size == 1 ? 1 : 2) << 6 | reg << 3 | (index >= 0 ? 4 : base));
    if (index >= 0) {
      out.write(scale << 6 | index << 3 | base);
    }
    number(out, displacement, size);
  }

  private void memory16(ByteArrayOutputStream out, int reg) {
    final int wanted = wantedOffset.getAsInt();
    final int way = random.nextInt(20);
    if (way < 2) {
      final int modrm = random.nextInt(0xC0) & 0xC7 | reg << 3;
      out.write(modrm);
      number(out, anyValue(), (modrm & 0xC7) == 6 ? 2 : modrm >> 6);
    } else if (way < 8) {
      out.write(reg << 3 | 6);
      number(out, wanted, 2);
    } else {
      final int rm = random.nextInt(8);
      final int sum = Arrays.stream(BASES_16[rm]).map(register -> value[register]).sum();
      out.write(2 << 6 | reg << 3 | rm);
      number(out, wanted - sum, 2);
    }
  }

  /** Any register, other than ESP, whose value is known; -1 where there is none. */
  private int knownRegister() {
    final int usable = known & ~(1 << CpuState.ESP);
    if (usable == 0) {
      return -1;
    }
    int number;
    do {
      number = random.nextInt(8);
    } while ((usable >> number & 1) == 0);
    return number;
  }
}
