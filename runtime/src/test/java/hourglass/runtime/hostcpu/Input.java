package hourglass.runtime.hostcpu;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import hourglass.translator.isa.OperandKind;
import java.util.Random;

/**
 * What an instruction starts from: registers, flags and memory, made out of its encoding and a
 * number. Recordings hold none of it, so a change here makes them worthless; they would say so.
 *
 * <p>Memory operands lie in the windows of {@link Layout}, at and across page boundaries too, and
 * values are weighted towards edges.
 */
final class Input {
  private static final int[] EDGES = {
    0,
    1,
    2,
    -1,
    -2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    1 << 31,
    0x8000_0001,
    0x5555_5555,
    0xAAAA_AAAA,
    0x0F0F_0F0F,
    0x9999_9999,
    0x0909_0909,
    9,
    10
  };
  private static final int[] COUNTS = {
    0, 1, 2, 7, 8, 9, 15, 16, 17, 18, 24, 30, 31, 32, 33, 63, 64
  };

  private static final int[] SINGLES = {
    0,
    1,
    0x007F_FFFF,
    0x0080_0000,
    0x0080_0001,
    0x3F80_0000,
    0x3F80_0001,
    0x3F7F_FFFF,
    0x3F00_0000,
    0x3FC0_0000,
    0x7F7F_FFFF,
    0x7F80_0000,
    0x7F80_0001,
    0x7FC0_0005,
    0x7FBF_FFFF,
    0x4EFF_FFFF,
    0x4F00_0000,
    0x4B00_0001,
    0x4AFF_FFFF,
    0x1F80_0000,
    0x2000_0000,
    0x3380_0000,
    0x3380_0001,
    0x0040_0000,
    0x7E80_0000,
    0x7EFF_FFFF,
    0x4020_0000
  };
  private static final long[] DOUBLES = {
    0,
    1,
    0xF_FFFF_FFFF_FFFFL,
    0x10_0000_0000_0000L,
    0x10_0000_0000_0001L,
    0x3FF0_0000_0000_0000L,
    0x3FF0_0000_0000_0001L,
    0x3FE0_0000_0000_0000L,
    0x3FF8_0000_0000_0000L,
    0x7FEF_FFFF_FFFF_FFFFL,
    0x7FF0_0000_0000_0000L,
    0x7FF0_0000_0000_0001L,
    0x7FF8_0000_0000_0005L,
    0x4004_0000_0000_0000L,
    0x41DF_FFFF_FFC0_0000L,
    0x41E0_0000_0000_0000L,
    0x41DF_FFFF_FFE0_0000L,
    0x41DF_FFFF_FFD0_0000L,
    0x36A0_0000_0000_0000L,
    0x3690_0000_0000_0000L,
    0x3690_0000_0000_0001L,
    0x3810_0000_0000_0000L,
    0x380F_FFFF_FFFF_FFFFL,
    0x47EF_FFFF_E000_0000L,
    0x47EF_FFFF_F000_0000L,
    0x0008_0000_0000_0000L,
    0x0360_0000_0000_0000L,
    0x1FF0_0000_0000_0000L,
    0x4330_0000_0000_0001L,
    0x432F_FFFF_FFFF_FFFFL
  };

  private static final int MXCSR_DEFAULT = 0x1F80;

  final byte[] code;
  final Instruction instruction;

  /** DS, ES, FS and GS begin at the data. */
  final boolean segmented;

  /** The state before the instruction. */
  final Outcome before = new Outcome();

  private final Random random;

  /** Makes the input of a number for an encoding. */
  Input(byte[] code, int number) {
    this.code = code;
    instruction = Decoder.decode(code, 0, code.length, true);
    long seed = 0;
    for (byte b : code) {
      seed = seed * 0x9E37_79B9_7F4A_7C15L + b + 1;
    }
    segmented = instruction.addressSize == 16 || (seed >>> 40 & 7) == 0;
    random = new Random(seed * 31 + number * 0x5851_F42D_4C95_7F2DL);
    fillMemory();
    for (int i = 0; i < 8; i++) {
      before.registers[i] = value();
    }
    before.flags = 2 | Flags.IF | random.nextInt() & Flags.ARITHMETIC;
    before.registers[CpuState.ESP] = stackPointer();
    fillVectorRegisters();
    if (instruction.memory) {
      leadToMemory();
    }
    fitToMnemonic();
    fitCounts();
  }

  // --- values ------------------------------------------------------------------------------------

  private int value() {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> EDGES[random.nextInt(EDGES.length)];
      case 3 -> random.nextInt() >> random.nextInt(32);
      default -> random.nextInt();
    };
  }

  private long wideValue() {
    return (long) value() << 32 | Integer.toUnsignedLong(value());
  }

  private int single() {
    final int bits =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt();
          case 1 -> random.nextInt() & 0x7F_FFFF | 127 - 30 + random.nextInt(60) << 23;
          default -> SINGLES[random.nextInt(SINGLES.length)];
        };
    return random.nextInt(3) == 0 ? bits ^ 1 << 31 : bits;
  }

  private long twoSingles() {
    return (long) single() << 32 | Integer.toUnsignedLong(single());
  }

  private long twice() {
    final long bits =
        switch (random.nextInt(4)) {
          case 0 -> random.nextLong();
          case 1 -> random.nextLong() & -1L >>> 12 | 1023L - 60 + random.nextInt(120) << 52;
          default -> DOUBLES[random.nextInt(DOUBLES.length)];
        };
    return random.nextInt(3) == 0 ? bits ^ 1L << 63 : bits;
  }

  private long vectorValue(int style) {
    return style == 0 ? wideValue() : style == 1 ? twoSingles() : twice();
  }

  private void fillMemory() {
    final int style = random.nextInt(3);
    for (int at = 0; at < before.memory.length; at += 8) {
      put(at, vectorValue(style), 8);
    }
  }

  private void fillVectorRegisters() {
    final int style = random.nextInt(3);
    for (int i = 0; i < 16; i++) {
      before.xmm[i] = vectorValue(style);
    }
    for (int i = 0; i < 8; i++) {
      before.mmx[i] = vectorValue(style);
      before.exponents[i] = 0x3F3F;
    }
    int mxcsr = MXCSR_DEFAULT;
    final int way = random.nextInt(8);
    if (way >= 2) {
      mxcsr |= random.nextInt(4) << 13;
    }
    if (way >= 5) {
      mxcsr ^= random.nextInt(64) << 7;
    }
    if (way >= 4) {
      mxcsr |= random.nextInt() & 0x8040;
    }
    before.mxcsr = mxcsr | random.nextInt(64) & random.nextInt(64) & random.nextInt(64);
  }

  private void put(int index, long value, int size) {
    for (int i = 0; i < size && index >= 0 && index + i < before.memory.length; i++) {
      before.memory[index + i] = (byte) (value >>> 8 * i);
    }
  }

  private int get(int index, int size) {
    int value = 0;
    for (int i = 0; i < size && index >= 0 && index + i < before.memory.length; i++) {
      value |= (before.memory[index + i] & 0xFF) << 8 * i;
    }
    return value;
  }

  // --- addresses ---------------------------------------------------------------------------------

  /** The low byte of the window's middle, seldom at the edge of what is mapped. */
  private int stackPointer() {
    final boolean free = !instruction.memory || instruction.base != CpuState.ESP;
    return switch (random.nextInt(free ? 16 : 12)) {
      case 12 -> 0x2_1000 - 4 + random.nextInt(8);
      case 13 -> 0x2_1000 + 2 * random.nextInt(20);
      case 14 -> Layout.DATA_END - random.nextInt(8);
      case 15 -> Layout.DATA + random.nextInt(2);
      default -> 0x2_0F80 + 4 * random.nextInt(24);
    };
  }

  /** The linear address of a memory operand. */
  private int target() {
    if (instruction.lock || instruction.mnemonic == Mnemonic.XCHG) {
      // The host does not like locked accesses across its cache's lines.
      return Layout.FIRST_WINDOW + 0x40 + 16 * random.nextInt(0x18);
    }
    return switch (random.nextInt(16)) {
      case 0, 1 -> 0x2_1000 - random.nextInt(4);
      case 2, 3 -> 0x2_1000 - random.nextInt(16);
      case 4 -> Layout.DATA_END - 1 - random.nextInt(16);
      case 5, 6, 7 -> Layout.FIRST_WINDOW + 0x40 + random.nextInt(0x180);
      default -> Layout.FIRST_WINDOW + 0x40 + 16 * random.nextInt(0x18);
    };
  }

  private int segmentBase(int segment) {
    return segmented && segment != CpuState.CS && segment != CpuState.SS ? Layout.DATA : 0;
  }

  /** Sets a register, or the part of it that addresses use. */
  private void setAddress(int register, int value) {
    final int[] r = before.registers;
    r[register] = instruction.addressSize == 32 ? value : r[register] & -1 << 16 | value & 0xFFFF;
  }

  private int offset() {
    final Instruction i = instruction;
    final int base = i.base < 0 ? 0 : before.registers[i.base];
    final int index = i.index < 0 ? 0 : before.registers[i.index] << i.scale;
    final int sum = base + index + i.displacement;
    return i.addressSize == 32 ? sum : sum & 0xFFFF;
  }

  private int linear() {
    return segmentBase(instruction.segment) + offset();
  }

  private void leadToMemory() {
    final Instruction i = instruction;
    final int wanted = target() - segmentBase(i.segment);
    if (i.base >= 0 && i.base != CpuState.ESP && i.base != i.index) {
      setAddress(i.base, 0);
      setAddress(i.base, wanted - offset());
    } else if (i.index >= 0 && i.index != CpuState.ESP) {
      setAddress(i.index, random.nextInt(4));
    }
  }

  /** Whether the memory operand, if there is one, lies in the windows. */
  boolean staysInside() {
    return !instruction.memory
        || Layout.indexOf(linear()) >= 0
            && (linear() >= Layout.SECOND_WINDOW || Layout.indexOf(linear() + 32) >= 0);
  }

  // --- what instructions need --------------------------------------------------------------------

  private boolean has(OperandKind kind) {
    return instruction.form.operands().contains(kind);
  }

  private int operandBytes() {
    final boolean bytes = has(OperandKind.RM8) || has(OperandKind.DST8) || has(OperandKind.SRC8);
    return bytes ? 1 : instruction.operandSize / 8;
  }

  private void fitCounts() {
    if (has(OperandKind.CL) && random.nextInt(4) != 0 && instruction.base != CpuState.ECX) {
      final int[] r = before.registers;
      r[CpuState.ECX] = r[CpuState.ECX] & ~0xFF | COUNTS[random.nextInt(COUNTS.length)];
    }
  }

  private void fitToMnemonic() {
    final int[] r = before.registers;
    switch (instruction.mnemonic) {
      case MOVS, CMPS, STOS, LODS, SCAS -> string();
      case XLAT ->
          setAddress(
              CpuState.EBX,
              Layout.FIRST_WINDOW + random.nextInt(0x100) - segmentBase(instruction.segment));
      case MASKMOVQ, MASKMOVDQU ->
          setAddress(CpuState.EDI, target() - segmentBase(instruction.segment));
      case LDMXCSR -> {
        if (random.nextBoolean()) {
          put(Layout.indexOf(linear()), random.nextInt(0x1_0000), 4);
        }
      }
      case PCMPESTRI, PCMPESTRM -> {
        if (random.nextBoolean()) {
          r[CpuState.EAX] = random.nextInt(36) - 18;
          r[CpuState.EDX] = random.nextInt(36) - 18;
        }
      }
      case BT, BTS, BTR, BTC -> {
        if (instruction.memory && has(OperandKind.RV)) {
          final int bit = random.nextInt(512) - 256;
          r[instruction.reg] =
              instruction.operandSize == 32 ? bit : r[instruction.reg] & -1 << 16 | bit & 0xFFFF;
        }
      }
      case CMPXCHG -> {
        if (random.nextBoolean()) {
          r[CpuState.EAX] = operandValue(operandBytes());
        }
      }
      case CMPXCHG8B -> {
        if (random.nextBoolean()) {
          r[CpuState.EAX] = operandValue(4);
          r[CpuState.EDX] = get(Layout.indexOf(linear()) + 4, 4);
        }
      }
      case DIV, IDIV -> divisible();
      case BOUND -> {
        final int size = instruction.operandSize / 8;
        if (random.nextBoolean()) {
          final int low = random.nextInt(64) - 32;
          put(Layout.indexOf(linear()), low, size);
          put(Layout.indexOf(linear()) + size, low + random.nextInt(64), size);
          r[instruction.reg] = low + random.nextInt(64) - 8;
        }
      }
      case LOOP, LOOPE, LOOPNE, JCXZ -> {
        final int count = random.nextInt(3);
        r[CpuState.ECX] = random.nextBoolean() ? count : random.nextInt() & -1 << 16 | count;
      }
      case ENTER -> {
        r[CpuState.ESP] = 0x2_1040 + 4 * random.nextInt(16);
        r[CpuState.EBP] = 0x2_0FC0 + 4 * random.nextInt(16);
      }
      case LEAVE -> r[CpuState.EBP] = stackPointer();
      case POPF -> put(Layout.indexOf(r[CpuState.ESP]), random.nextInt() & 0xCD5, 4);
      case RET -> {
        r[CpuState.ESP] = Math.max(r[CpuState.ESP], Layout.FIRST_WINDOW);
        put(Layout.indexOf(r[CpuState.ESP]), codeAddress(), 4);
      }
      case JMP, CALL -> {
        if (instruction.memory) {
          put(Layout.indexOf(linear()), codeAddress(), 4);
        } else if (instruction.rm >= 0) {
          r[instruction.rm] = codeAddress();
        }
      }
      default -> {
        // any state will do
      }
    }
  }

  /** A breakpoint before the instruction. */
  private int codeAddress() {
    return Layout.CODE_PAGE + random.nextInt(0x700);
  }

  /** The value of the operand in ModR/M r/m. */
  private int operandValue(int size) {
    if (instruction.memory) {
      return get(Layout.indexOf(linear()), size);
    }
    return size == 1
        ? before.registers[instruction.rm & 3] >>> (instruction.rm < 4 ? 0 : 8)
        : before.registers[instruction.rm];
  }

  /** Lets half of the divisions have a quotient. */
  private void divisible() {
    if (random.nextBoolean() || instruction.base == CpuState.EAX) {
      return;
    }
    final int[] r = before.registers;
    final boolean sign = instruction.mnemonic == Mnemonic.IDIV && random.nextBoolean();
    if (operandBytes() == 1) {
      r[CpuState.EAX] = r[CpuState.EAX] & -1 << 16 | (sign ? 0xFF00 : 0) | random.nextInt(256);
    } else if (instruction.base != CpuState.EDX && instruction.index != CpuState.EDX) {
      final int small = random.nextInt(4);
      r[CpuState.EDX] = sign ? ~small : small;
    }
  }

  private void string() {
    final int[] r = before.registers;
    if (random.nextBoolean()) {
      before.flags |= Flags.DF;
    }
    if (instruction.repeat != Instruction.NO_REPEAT) {
      setAddress(CpuState.ECX, random.nextInt(12));
    }
    if (instruction.form.has(Form.Trait.REP_WHILE) && random.nextInt(3) != 0) {
      repeatPattern();
    }
    final int source = 0x2_0FA0 + random.nextInt(0xC0);
    int destination = 0x2_0FA0 + random.nextInt(0xC0);
    if (random.nextBoolean()) {
      destination = source + random.nextInt(33) - 16;
    }
    final boolean atEnd = random.nextInt(8) == 0;
    final boolean sourceAtEnd = random.nextBoolean();
    final int end = Layout.DATA_END - random.nextInt(24);
    setAddress(
        CpuState.ESI, (atEnd && sourceAtEnd ? end : source) - segmentBase(instruction.segment));
    setAddress(
        CpuState.EDI, (atEnd && !sourceAtEnd ? end : destination) - segmentBase(CpuState.ES));
    if (instruction.mnemonic == Mnemonic.SCAS && random.nextBoolean()) {
      r[CpuState.EAX] = get(random.nextInt(Layout.MEMORY_BYTES - 4), 4);
    }
  }

  /** Makes all memory the same, but for a few bytes. */
  private void repeatPattern() {
    final int pattern = value() & 0xFF;
    for (int i = 0; i < before.memory.length; i++) {
      before.memory[i] = (byte) (random.nextInt(40) == 0 ? random.nextInt() : pattern);
    }
    before.registers[CpuState.EAX] = pattern * 0x0101_0101;
  }
}
