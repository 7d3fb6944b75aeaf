package hourglass.runtime.interpreter;

import hourglass.runtime.device.PortBus;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.Segment;
import hourglass.translator.cpu.sse.Mxcsr;
import hourglass.translator.cpu.x87.X87State;
import hourglass.translator.isa.Form.Ending;
import hourglass.translator.isa.Form.Trait;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.OperandKind;
import hourglass.translator.isa.RegisterSet;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Executes one instruction again and again from the same random state, in ring 0 of protected mode
 * with flat segments, and takes images of what it leaves.
 *
 * <p>An image begins with {@link #UNITS} values, one for each part of a register that {@link
 * RegisterSet} tells apart; x87 and MMX registers, which are the same ones, have one value each.
 * What follows are flags, control registers, memory, ports and what else an instruction can change.
 * Of memory that is a window below 64 KiB, where operands, the stack and the GDT lie.
 */
final class InstructionTrial {
  /** Parts of general registers, segment registers, x87 or MMX registers, XMM registers. */
  static final int UNITS = 24 + 6 + 8 + 8;

  private static final int SEGMENT_UNITS = 24;
  private static final int X87_UNITS = SEGMENT_UNITS + 6;
  private static final int XMM_UNITS = X87_UNITS + 8;

  /** Where an image has the vector and error code of a fault, or -1. */
  static final int FAULT = UNITS;

  /** All units but CS, where the instruction is. */
  static final long CHANGEABLE = (1L << UNITS) - 1 & ~(1L << SEGMENT_UNITS + CpuState.CS);

  /** The length of an image; its last values may be 0. */
  private static final int IMAGE = UNITS + 32;

  private static final int WINDOW = GuestMachine.GDT - 0x800;
  private static final int WINDOW_BYTES = 0x880;
  private static final int DATA_BYTES = 0x800;
  private static final int STACK = WINDOW + 0x100;
  private static final int OPERANDS = WINDOW + 0x200;
  private static final int FXSAVE_BYTES = 512;
  private static final int SLICE = 1000;

  /** Where nothing lies. */
  private static final int ELSEWHERE = 0x70_0000;

  private static final List<String> KINDS =
      List.of("a general register", "a segment", "an x87 or MMX register", "an XMM register");

  private static final int[] EDGES = {0, 1, -1, 2, 9, 0x7F, 0x80, 0x8000, 0xFFFF, 1 << 31, 31, 33};
  private static final int[] SELECTORS = {
    0,
    GuestMachine.KERNEL_CODE,
    GuestMachine.KERNEL_DATA,
    GuestMachine.USER_DATA,
    GuestMachine.KERNEL_DATA16,
    GuestMachine.TASK
  };

  /** Time stamp, APIC base, SYSENTER's three, EFER. */
  private static final int[] MODEL_SPECIFIC = {0x10, 0x1B, 0x174, 0x175, 0x176, 0xC000_0080};

  private final GuestMachine machine = GuestMachine.protected32();
  private final CpuState state = machine.state;
  private final Random random;
  private final Segment code = copy(state.segment[CpuState.CS]);
  private final Segment data = copy(state.segment[CpuState.DS]);
  private final Segment ldtr = copy(state.ldtr);
  private final Segment tr = copy(state.tr);
  private final byte[] gdt = machine.memory.ram.bytes(GuestMachine.GDT, WINDOW_BYTES - DATA_BYTES);
  private final int gdtrLimit = state.gdtrLimit;
  private final int idtrLimit = state.idtrLimit;
  private int ports;

  // the state to begin with
  private Instruction insn;
  private final int[] general = new int[8];
  private final long[] significand = new long[8];
  private final int[] signExponent = new int[8];
  private final long[] xmm = new long[16];
  private final long[] noise = new long[UNITS];
  private final byte[] memory = new byte[WINDOW_BYTES];
  private int flags;
  private int top;
  private int empty;
  private boolean stack32;

  /** Most values made now are {@link #likeness}, so that comparisons find them equal. */
  private boolean alike;

  private int likeness;

  InstructionTrial(Random random) {
    this.random = random;
    machine.ports.attach(
        0,
        0xFFFF,
        new PortBus.PortDevice() {
          @Override
          public int readPort(int port) {
            return port * 7 & 0xFF;
          }

          @Override
          public void writePort(int port, int value) {
            ports = 31 * ports + 257 * port + value;
          }
        });
  }

  private static Segment copy(Segment from) {
    final Segment to = new Segment();
    to.copyFrom(from);
    return to;
  }

  /** An offset for the memory operand of an encoding: in the window, near 0, or any. */
  int offset() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(256) - 128;
      case 1 -> random.nextInt();
      default -> OPERANDS + 16 * random.nextInt(0x20);
    };
  }

  // --- the state to begin with -------------------------------------------------------------------

  /** Makes a random state for an instruction; false where its operand would lie elsewhere. */
  boolean prepare(Instruction instruction) {
    insn = instruction;
    likeness = random.nextBoolean() ? value() : SELECTORS[random.nextInt(6)] * 0x1_0001;
    flags = 2 | random.nextInt() & Flags.ARITHMETIC | (random.nextInt(4) == 0 ? Flags.DF : 0);
    stack32 = random.nextInt(4) != 0;
    alike = random.nextInt(3) == 0;
    Arrays.setAll(general, i -> value());
    Arrays.setAll(xmm, i -> wide());
    Arrays.setAll(significand, i -> wide());
    alike = random.nextInt(3) == 0;
    Arrays.setAll(noise, i -> random.nextLong() | 0x0001_0001_0001_0101L);
    for (int i = 0; i < DATA_BYTES; i += 8) {
      final long value = wide();
      for (int n = 0; n < 8; n++) {
        memory[i + n] = (byte) (value >>> 8 * n);
      }
    }
    System.arraycopy(gdt, 0, memory, DATA_BYTES, gdt.length);
    top = random.nextInt(8);
    empty = random.nextInt(256) & random.nextInt(256);
    for (int i = 0; i < 8; i++) {
      significand[i] |= insn.form.has(Trait.X87) ? 1L << 63 : 0;
      signExponent[i] = (random.nextInt() & 0x8000) | 0x3FFF - 40 + random.nextInt(80);
    }
    final int esp = STACK + 4 * random.nextInt(0x20);
    general[CpuState.ESP] = stack32 ? esp : general[CpuState.ESP] & -1 << 16 | esp;
    fitToMnemonic();
    if (insn.memory) {
      leadToMemory();
    }
    return staysInside();
  }

  private int value() {
    if (random.nextInt(10) == 0) {
      return random.nextInt(20); // a count
    }
    if (alike && random.nextInt(8) != 0) {
      return likeness;
    }
    return switch (random.nextInt(6)) {
      case 0 -> EDGES[random.nextInt(EDGES.length)];
      case 1 -> SELECTORS[random.nextInt(SELECTORS.length)] * 0x1_0001;
      case 2 -> Float.floatToRawIntBits((float) random.nextGaussian());
      default -> random.nextInt();
    };
  }

  private long wide() {
    return switch (random.nextInt(alike ? 20 : 6)) {
      case 0 -> random.nextInt(20);
      case 1 -> Double.doubleToRawLongBits(random.nextGaussian());
      default -> (long) value() << 32 | Integer.toUnsignedLong(value());
    };
  }

  private void fitToMnemonic() {
    switch (insn.mnemonic) {
      case INS, OUTS, MOVS, CMPS, STOS, LODS, SCAS -> {
        setAddress(CpuState.ESI, target());
        setAddress(CpuState.EDI, target());
        if (insn.repeat != Instruction.NO_REPEAT) {
          setAddress(CpuState.ECX, random.nextInt(5));
        }
      }
      case XLAT -> setAddress(CpuState.EBX, target());
      case MASKMOVQ, MASKMOVDQU -> setAddress(CpuState.EDI, target());
      case ENTER, LEAVE -> general[CpuState.EBP] = target();
      case LOOP, LOOPE, LOOPNE, JCXZ -> setAddress(CpuState.ECX, random.nextInt(3));
      case RDPMC -> general[CpuState.ECX] = random.nextInt(3);
      case RDMSR, WRMSR ->
          general[CpuState.ECX] = MODEL_SPECIFIC[random.nextInt(MODEL_SPECIFIC.length)];
      case BT, BTS, BTR, BTC -> {
        if (isBitTest()) {
          general[insn.reg] = random.nextInt(0x400) - 0x200;
        }
      }
      default -> {}
    }
  }

  private int target() {
    return OPERANDS + 16 * random.nextInt(0x20) + (random.nextInt(4) == 0 ? random.nextInt(16) : 0);
  }

  private void setAddress(int register, int value) {
    general[register] =
        insn.addressSize == 32 ? value : general[register] & -1 << 16 | value & 0xFFFF;
  }

  private void leadToMemory() {
    final int wanted = target();
    if (insn.base >= 0 && insn.base != insn.index) {
      setAddress(insn.base, 0);
      setAddress(insn.base, wanted - address());
    } else if (insn.index >= 0) {
      setAddress(insn.index, random.nextInt(4));
    }
  }

  private int address() {
    final int base = insn.base < 0 ? 0 : general[insn.base];
    final int index = insn.index < 0 ? 0 : general[insn.index] << insn.scale;
    final int sum = base + index + insn.displacement;
    return insn.addressSize == 32 ? sum : sum & 0xFFFF;
  }

  private boolean staysInside() {
    final int esp = stack32 ? general[CpuState.ESP] : general[CpuState.ESP] & 0xFFFF;
    final boolean movesItself = isBitTest() && (insn.reg == insn.base || insn.reg == insn.index);
    return isData(esp) && (!insn.memory || isData(address()) && !movesItself);
  }

  /** Whether a register tells how many bits beside the operand's address the bit is. */
  private boolean isBitTest() {
    return switch (insn.mnemonic) {
      case BT, BTS, BTR, BTC -> insn.memory && insn.form.operands().contains(OperandKind.RV);
      default -> false;
    };
  }

  private static boolean isData(int address) {
    return address >= WINDOW + 0x80 && address < WINDOW + DATA_BYTES - FXSAVE_BYTES;
  }

  // --- units -------------------------------------------------------------------------------------

  private RegisterSet unit(int unit) {
    if (unit < SEGMENT_UNITS) {
      final int number = unit / 3;
      final RegisterSet half = RegisterSet.general(number, 16);
      return switch (unit % 3) {
        case 0 -> number < 4 ? RegisterSet.general(number, 8) : half;
        case 1 -> number < 4 ? RegisterSet.general(number + 4, 8) : half;
        default -> RegisterSet.general(number, 32).without(half);
      };
    }
    if (unit < X87_UNITS) {
      return RegisterSet.segment(unit - SEGMENT_UNITS);
    }
    if (unit < XMM_UNITS) {
      final int physical = unit - X87_UNITS;
      return RegisterSet.mmx(physical).with(RegisterSet.x87(physical - top & 7));
    }
    return RegisterSet.xmm(unit - XMM_UNITS);
  }

  /** The units of which something is in a set, a bit each. */
  long units(RegisterSet registers) {
    long units = 0;
    for (int unit = 0; unit < UNITS; unit++) {
      if ((unit(unit).parts() & registers.parts()) != 0) {
        units |= 1L << unit;
      }
    }
    return units;
  }

  /** What messages call a unit. */
  String name(int unit) {
    return unit(unit).toString();
  }

  /** The kind of register that a unit is part of. */
  String kind(int unit) {
    return KINDS.get(unit < SEGMENT_UNITS ? 0 : unit < X87_UNITS ? 1 : unit < XMM_UNITS ? 2 : 3);
  }

  /** The register that a unit is part of. */
  String register(int unit) {
    return unit < SEGMENT_UNITS ? RegisterSet.general(unit / 3, 32).toString() : name(unit);
  }

  private void change(int unit) {
    if (unit < SEGMENT_UNITS) {
      final int shift = 8 * (unit % 3);
      final int mask = unit % 3 == 2 ? -1 << 16 : 0xFF << shift;
      state.reg[unit / 3] ^= (int) noise[unit] & mask;
    } else if (unit < X87_UNITS) {
      final Segment segment = state.segment[unit - SEGMENT_UNITS];
      segment.set(GuestMachine.USER_DATA, ELSEWHERE, segment.limit, segment.attributes);
    } else if (unit < XMM_UNITS) {
      state.fpu.significand[unit - X87_UNITS] ^= noise[unit];
      state.fpu.signExponent[unit - X87_UNITS] ^= (int) noise[unit] & 0xFFFF;
    } else {
      state.xmm[2 * (unit - XMM_UNITS)] ^= noise[unit];
      state.xmm[2 * (unit - XMM_UNITS) + 1] ^= noise[unit];
    }
  }

  // --- running -----------------------------------------------------------------------------------

  /** Sets up the prepared state with some units changed, and gives the image of its registers. */
  long[] enter(long changed) {
    System.arraycopy(general, 0, state.reg, 0, general.length);
    state.setEflags(flags);
    for (final Segment segment : state.segment) {
      segment.copyFrom(data);
    }
    state.segment[CpuState.CS].copyFrom(code);
    if (!stack32) {
      state.segment[CpuState.SS].set(data.selector, 0, data.limit, data.attributes & ~Segment.BIG);
    }
    state.ldtr.copyFrom(ldtr);
    state.tr.copyFrom(tr);
    state.gdtrBase = GuestMachine.GDT;
    state.gdtrLimit = gdtrLimit;
    state.idtrBase = GuestMachine.IDT;
    state.idtrLimit = idtrLimit;
    state.cr0 = CpuState.CR0_PE | CpuState.CR0_ET | CpuState.CR0_NE;
    state.cr2 = 0;
    state.cr3 = 0;
    state.cr4 = CpuState.CR4_OSFXSR | CpuState.CR4_OSXMMEXCPT;
    Arrays.fill(state.dr, 0);
    state.dr[7] = 0x400;
    state.efer = 0;
    state.sysenterCs = 0;
    state.sysenterEsp = 0;
    state.sysenterEip = 0;
    state.tscOffset = 0;
    final X87State fpu = state.fpu;
    fpu.initialize();
    fpu.top = top;
    fpu.empty = empty;
    for (int i = 0; i < 8; i++) {
      fpu.significand[i] = significand[i];
      fpu.signExponent[i] = signExponent[i];
    }
    System.arraycopy(xmm, 0, state.xmm, 0, xmm.length);
    state.mxcsr.set(Mxcsr.RESET);
    state.interruptShadow = false;
    state.halted = false;
    state.eip = GuestMachine.CODE;
    state.nextEip = GuestMachine.CODE + insn.length;
    state.sliceEnd = SLICE;
    state.budget = SLICE;
    machine.bus.copyIn(WINDOW, memory, 0, WINDOW_BYTES);
    ports = 0;
    for (int unit = 0; unit < UNITS; unit++) {
      if ((changed >> unit & 1) != 0) {
        change(unit);
      }
    }
    state.updateMode();
    if (insn.form.ending() == Ending.SERIALIZE) {
      machine.memory.flushAll(); // the run before may have turned paging on
    }
    final long[] registers = new long[UNITS];
    putRegisters(registers);
    return registers;
  }

  /** Executes the instruction and gives the image of what it leaves. */
  long[] execute() {
    try {
      Handlers.of(insn).execute(machine.cpu, insn);
    } catch (GuestFault fault) {
      return image(fault.vector() << 16 | fault.errorCode() & 0xFFFF);
    }
    return image(-1);
  }

  private long[] image(int fault) {
    final long[] image = new long[IMAGE];
    putRegisters(image);
    final X87State fpu = state.fpu;
    int at = FAULT;
    image[at++] = fault;
    image[at++] = state.eflags();
    image[at++] = state.nextEip;
    image[at++] = fpu.top << 8 | fpu.empty;
    image[at++] = (long) fpu.status << 32 | fpu.control();
    image[at++] = (long) fpu.lastInstructionOffset << 32 | fpu.lastInstructionSelector;
    image[at++] = (long) fpu.lastDataOffset << 32 | fpu.lastDataSelector;
    image[at++] = fpu.lastOpcode;
    image[at++] = state.mxcsr.value();
    image[at++] = state.cr0;
    image[at++] = state.cr2;
    image[at++] = state.cr3;
    image[at++] = state.cr4;
    image[at++] = Arrays.hashCode(state.dr);
    image[at++] = state.efer;
    image[at++] = state.sysenterCs;
    image[at++] = state.sysenterEsp;
    image[at++] = state.sysenterEip;
    image[at++] = state.tscOffset;
    image[at++] = (long) state.gdtrBase << 32 | state.gdtrLimit;
    image[at++] = (long) state.idtrBase << 32 | state.idtrLimit;
    image[at++] = image(state.ldtr);
    image[at++] = image(state.tr);
    image[at++] = (state.interruptShadow ? 1 : 0) + (state.halted ? 2 : 0) + state.cpl * 4;
    image[at++] = ports;
    image[at] = Arrays.hashCode(machine.memory.ram.bytes(WINDOW, WINDOW_BYTES));
    return image;
  }

  private void putRegisters(long[] image) {
    for (int unit = 0; unit < SEGMENT_UNITS; unit++) {
      final int value = state.reg[unit / 3];
      image[unit] = unit % 3 == 2 ? value >>> 16 : value >>> 8 * (unit % 3) & 0xFF;
    }
    for (int i = 0; i < 6; i++) {
      image[SEGMENT_UNITS + i] = image(state.segment[i]);
    }
    final X87State fpu = state.fpu;
    for (int i = 0; i < 8; i++) {
      image[X87_UNITS + i] = fpu.significand[i] * 0x1_0003L + fpu.signExponent[i];
      image[XMM_UNITS + i] = state.xmm[2 * i] * 31 + state.xmm[2 * i + 1];
    }
  }

  private static long image(Segment s) {
    return s.selector + 31L * (s.base + 0x1_0003L * (s.limit + 0x1_0003L * s.attributes));
  }
}
