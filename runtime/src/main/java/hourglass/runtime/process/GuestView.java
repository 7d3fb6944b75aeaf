package hourglass.runtime.process;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.Ram;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks at a guest's memory by linear address, through its page tables as they are, without leaving
 * a trace: no accessed bits, no faults, no devices (Intel SDM volume 3, chapter 4).
 */
final class GuestView {
  /** What {@link #physical} gives where there is no RAM. */
  static final int NOT_MAPPED = -1;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int PRESENT = 1;
  private static final int LARGE = 1 << 7;
  private static final long FRAME = 0xF_FFFF_F000L;

  private final CpuState state;
  private final Ram ram;

  GuestView(CpuState state, PhysicalMemory memory) {
    this.state = state;
    ram = memory.ram();
  }

  // --- addresses

  /** The offset in RAM that a linear address is mapped to, whatever its permissions. */
  int physical(int linear) {
    final long physical = translate(linear);
    return physical >= 0 && physical < ram.size() ? (int) physical : NOT_MAPPED;
  }

  private long translate(int linear) {
    if ((state.cr0 & CpuState.CR0_PG) == 0) {
      return linear & 0xFFFF_FFFFL;
    }
    return (state.cr4 & CpuState.CR4_PAE) == 0 ? translate32(linear) : translatePae(linear);
  }

  private long translate32(int linear) {
    final long directory = entry32((state.cr3 & 0xFFFF_F000L) + 4 * (linear >>> 22));
    if ((directory & PRESENT) == 0) {
      return NOT_MAPPED;
    }
    if ((state.cr4 & CpuState.CR4_PSE) != 0 && (directory & LARGE) != 0) {
      return directory & 0xFFC0_0000L | linear & 0x3F_FFFF;
    }
    final long leaf = entry32((directory & 0xFFFF_F000L) + (linear >>> 12 - 2 & 0xFFC));
    return (leaf & PRESENT) == 0
        ? NOT_MAPPED
        : leaf & 0xFFFF_F000L | linear & GuestMemory.OFFSET_MASK;
  }

  private long translatePae(int linear) {
    final long pointer = entry64((state.cr3 & 0xFFFF_FFE0L) + 8 * (linear >>> 30));
    if ((pointer & PRESENT) == 0) {
      return NOT_MAPPED;
    }
    final long directory = entry64((pointer & FRAME) + (linear >>> 21 - 3 & 0xFF8));
    if ((directory & PRESENT) == 0) {
      return NOT_MAPPED;
    }
    if ((directory & LARGE) != 0) {
      return directory & FRAME & ~0x1F_FFFFL | linear & 0x1F_FFFF;
    }
    final long leaf = entry64((directory & FRAME) + (linear >>> 12 - 3 & 0xFF8));
    return (leaf & PRESENT) == 0 ? NOT_MAPPED : leaf & FRAME | linear & GuestMemory.OFFSET_MASK;
  }

  /** A paging entry; one outside RAM is not present. */
  private long entry32(long physical) {
    return physical + 4 <= ram.size() ? ram.load32((int) physical) & 0xFFFF_FFFFL : 0;
  }

  private long entry64(long physical) {
    return entry32(physical) | entry32(physical + 4) << 32;
  }

  // --- memory

  /** The bytes at a linear address, as many of them as are mapped to RAM without a gap. */
  byte[] bytes(int linear, int length) {
    final byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      final int at = physical(linear + done);
      if (at == NOT_MAPPED) {
        break;
      }
      final int inPage = GuestMemory.PAGE_SIZE - (at & GuestMemory.OFFSET_MASK);
      final int piece = Math.min(inPage, length - done);
      ram.copyOut(at, bytes, done, piece);
      done += piece;
    }
    return done == length ? bytes : Arrays.copyOf(bytes, done);
  }

  /** The doubleword at a linear address; empty where it is not mapped to RAM. */
  OptionalInt word(int linear) {
    final byte[] bytes = bytes(linear, 4);
    return bytes.length == 4 ? OptionalInt.of(wordAt(bytes, 0)) : OptionalInt.empty();
  }

  /** The doubleword at an index of an array. */
  static int wordAt(byte[] bytes, int index) {
    return (int) INT.get(bytes, index);
  }

  /**
   * The zero-terminated text at a linear address; empty where it is not mapped, longer than {@code
   * longest}, or not printable ASCII.
   */
  Optional<String> text(int linear, int longest) {
    final byte[] bytes = bytes(linear, longest);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return Optional.of(new String(bytes, 0, i, StandardCharsets.US_ASCII));
      }
      if (bytes[i] < ' ' || bytes[i] == 0x7F) {
        break;
      }
    }
    return Optional.empty();
  }

  // --- registers and tables

  /** The kernel's stack pointer that the current 32-bit TSS has for entries from user mode. */
  OptionalInt kernelStack() {
    return word(state.tr.base + 4);
  }

  /** The handler that a vector's gate in the IDT leads to; empty where there is no gate. */
  OptionalInt handler(int vector) {
    final OptionalInt low = word(state.idtrBase + 8 * vector);
    final OptionalInt high = word(state.idtrBase + 8 * vector + 4);
    if (low.isEmpty() || high.isEmpty() || (high.getAsInt() & 0x8000) == 0) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(high.getAsInt() & 0xFFFF_0000 | low.getAsInt() & 0xFFFF);
  }
}
