package hourglass.runtime.interpreter;

import static hourglass.translator.cpu.CpuState.EAX;
import static hourglass.translator.cpu.CpuState.EBX;
import static hourglass.translator.cpu.CpuState.ECX;
import static hourglass.translator.cpu.CpuState.EDX;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.CpuModel;
import hourglass.translator.isa.Feature;
import hourglass.translator.isa.Instruction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Handlers of CPUID, the time stamp and performance counters, model-specific registers, HLT and the
 * cache instructions.
 */
final class MachineHandlers {
  /** The size of a cache line in units of 8 bytes, in EBX of leaf 1, for CLFLUSH. */
  private static final int LINE_SIZE = 8 << 8;

  private static final int LAST_LEAF = 2;
  private static final int LAST_EXTENDED_LEAF = 0x8000_0004;

  private static final ByteBuffer BRAND =
      ByteBuffer.wrap(
              "Hourglass virtual CPU".concat("\0".repeat(27)).getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);

  private static final int MSR_TIME_STAMP_COUNTER = 0x10;
  private static final int MSR_MICROCODE_SIGNATURE = 0x8B;
  private static final int MSR_SYSENTER_CS = 0x174;
  private static final int MSR_SYSENTER_ESP = 0x175;
  private static final int MSR_SYSENTER_EIP = 0x176;
  private static final int MSR_EFER = 0xC000_0080;

  private MachineHandlers() {}

  static Handler find(Instruction insn) {
    return switch (insn.mnemonic) {
      case CPUID -> MachineHandlers::cpuid;
      case RDTSC -> MachineHandlers::readTimeStamp;
      case RDPMC -> MachineHandlers::readPerformanceCounter;
      case RDMSR -> MachineHandlers::readMsr;
      case WRMSR -> MachineHandlers::writeMsr;
      case HLT -> MachineHandlers::halt;
      case INVD, WBINVD -> (cpu, i) -> SystemHandlers.requirePrivilege(cpu); // there is no cache
      case RSM -> MachineHandlers::undefined; // there is no system management mode
      default -> null;
    };
  }

  static void undefined(Processor cpu, Instruction insn) {
    throw cpu.state.fault.of(GuestFault.INVALID_OPCODE);
  }

  private static void halt(Processor cpu, Instruction insn) {
    SystemHandlers.requirePrivilege(cpu);
    cpu.state.halted = true;
    cpu.state.endSlice();
  }

  // --- CPUID

  private static void cpuid(Processor cpu, Instruction insn) {
    final CpuState state = cpu.state;
    final CpuModel model = cpu.model;
    final boolean extended = model.has(Feature.NX);
    final int leaf = state.reg[EAX];
    switch (leaf < 0 && !extended ? LAST_LEAF : leaf) {
      case 0 -> answer(state, LAST_LEAF, word("Genu"), word("ntel"), word("ineI"));
      case 1 ->
          answer(
              state,
              model.signature(),
              model.has(Feature.CLFLUSH) ? LINE_SIZE : 0,
              model.features(Feature.Word.ECX),
              model.features(Feature.Word.EDX));
      case 0x8000_0000 -> answer(state, LAST_EXTENDED_LEAF, 0, 0, 0);
      case 0x8000_0001 -> answer(state, 0, 0, 0, model.features(Feature.Word.EXTENDED_EDX));
      case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> {
        final int at = (leaf - 0x8000_0002) * 16;
        answer(
            state,
            BRAND.getInt(at),
            BRAND.getInt(at + 4),
            BRAND.getInt(at + 8),
            BRAND.getInt(at + 12));
      }
      // Leaf 2, and whatever lies beyond the last leaf: TLBs, 8 KiB L1 caches each, 256 KiB L2
      // cache.
      default -> answer(state, 0x0302_0101, 0, 0, 0x0604_0A42);
    }
  }

  private static int word(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  private static void answer(CpuState state, int eax, int ebx, int ecx, int edx) {
    state.reg[EAX] = eax;
    state.reg[EBX] = ebx;
    state.reg[ECX] = ecx;
    state.reg[EDX] = edx;
  }

  // --- counters and model-specific registers

  private static long timeStamp(Processor cpu) {
    return cpu.timeline.timeStampCounter() + cpu.state.tscOffset;
  }

  private static void readTimeStamp(Processor cpu, Instruction insn) {
    if ((cpu.state.cr4 & CpuState.CR4_TSD) != 0) {
      SystemHandlers.requirePrivilege(cpu);
    }
    split(cpu.state, timeStamp(cpu));
  }

  /** The two performance counters exist and never count. */
  private static void readPerformanceCounter(Processor cpu, Instruction insn) {
    if ((cpu.state.cr4 & CpuState.CR4_PCE) == 0) {
      SystemHandlers.requirePrivilege(cpu);
    }
    if (Integer.compareUnsigned(cpu.state.reg[ECX], 1) > 0) {
      throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
    split(cpu.state, 0);
  }

  /** #GP(0) without privilege, and for a register that came with a feature the model lacks. */
  private static void requireMsr(Processor cpu) {
    SystemHandlers.requirePrivilege(cpu);
    final Feature needed =
        switch (cpu.state.reg[ECX]) {
          case MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP -> Feature.SEP;
          case MSR_MICROCODE_SIGNATURE -> Feature.CMOV;
          case MSR_EFER -> Feature.NX;
          default -> Feature.MSR;
        };
    if (!cpu.model.has(needed)) {
      throw cpu.state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
  }

  private static void readMsr(Processor cpu, Instruction insn) {
    requireMsr(cpu);
    final CpuState state = cpu.state;
    final long value =
        switch (state.reg[ECX]) {
          case MSR_TIME_STAMP_COUNTER -> timeStamp(cpu);
          case MSR_MICROCODE_SIGNATURE -> 0;
          case MSR_SYSENTER_CS -> state.sysenterCs;
          case MSR_SYSENTER_ESP -> state.sysenterEsp;
          case MSR_SYSENTER_EIP -> state.sysenterEip;
          case MSR_EFER -> state.efer;
          default -> throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
        };
    split(state, value);
  }

  private static void split(CpuState state, long value) {
    state.reg[EAX] = (int) value;
    state.reg[EDX] = (int) (value >>> 32);
  }

  private static void writeMsr(Processor cpu, Instruction insn) {
    requireMsr(cpu);
    final CpuState state = cpu.state;
    final int low = state.reg[EAX];
    final long value = low & 0xFFFF_FFFFL | (long) state.reg[EDX] << 32;
    switch (state.reg[ECX]) {
      case MSR_TIME_STAMP_COUNTER -> state.tscOffset = value - cpu.timeline.timeStampCounter();
      case MSR_MICROCODE_SIGNATURE -> {} // kernels clear it before CPUID loads it; no microcode
      // here
      case MSR_SYSENTER_CS -> state.sysenterCs = low;
      case MSR_SYSENTER_ESP -> state.sysenterEsp = low;
      case MSR_SYSENTER_EIP -> state.sysenterEip = low;
      case MSR_EFER -> cpu.controlRegisters.writeEfer(value);
      default -> throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
    }
  }
}
