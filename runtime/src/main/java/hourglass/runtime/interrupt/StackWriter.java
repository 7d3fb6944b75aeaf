package hourglass.runtime.interrupt;

import static hourglass.translator.cpu.CpuState.ESP;
import static hourglass.translator.cpu.CpuState.SS;
import static hourglass.translator.cpu.GuestFault.INVALID_TSS;
import static hourglass.translator.cpu.GuestFault.STACK_FAULT;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;

import hourglass.runtime.engine.Processor;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;

/**
 * Pushes a frame onto the current stack or onto that of an inner privilege level, whose place the
 * TSS tells (Intel SDM volume 3, section 5.8.5). SS and ESP change only when the frame is complete,
 * in {@link #commit}.
 */
final class StackWriter {
  private final Processor cpu;
  private final CpuState state;
  private final Segment inner = new Segment();

  private Segment segment;
  private int pointer;
  private int mask;
  private int deny;
  private int errorCode;

  StackWriter(Processor cpu) {
    this.cpu = cpu;
    state = cpu.state;
    segment = state.segment[SS];
  }

  /** Starts a frame on the current stack. */
  void useCurrent(int ext) {
    segment = state.segment[SS];
    mask = segment.isBig() ? -1 : 0xFFFF;
    pointer = state.reg[ESP];
    deny = state.denyWrite;
    errorCode = ext;
  }

  /**
   * Starts a frame on the stack of a more privileged level.
   *
   * @param level 0-2
   * @throws hourglass.translator.cpu.GuestFault #TS or #SS where the TSS names no such stack
   */
  void useInner(int level, int ext) {
    final Segment tss = state.tr;
    final boolean tss32 = (tss.attributes & Segment.CODE) != 0;
    final int place = tss32 ? 4 + level * 8 : 2 + level * 4;
    if (Integer.compareUnsigned(place + (tss32 ? 5 : 3), tss.limit) > 0) {
      throw cpu.segmentation.fault(INVALID_TSS, tss.selector, ext);
    }
    final int selector;
    if (tss32) {
      pointer = cpu.memory.load32(tss.base + place, DENY_READ_SUPERVISOR);
      selector = cpu.memory.load16(tss.base + place + 4, DENY_READ_SUPERVISOR);
    } else {
      pointer = cpu.memory.load16(tss.base + place, DENY_READ_SUPERVISOR);
      selector = cpu.memory.load16(tss.base + place + 2, DENY_READ_SUPERVISOR);
    }
    cpu.segmentation.fetchStack(selector, level, INVALID_TSS, ext);
    cpu.segmentation.install(inner, selector);
    segment = inner;
    mask = inner.isBig() ? -1 : 0xFFFF;
    deny = DENY_WRITE_SUPERVISOR;
    errorCode = selector & 0xFFFC | ext;
  }

  /** Pushes a word or a doubleword. */
  void push(int value, boolean wide) {
    if (wide) {
      push32(value);
    } else {
      push16(value);
    }
  }

  void push16(int value) {
    final int offset = pointer - 2 & mask;
    cpu.memory.store16(linear(offset, 2), value, deny);
    pointer = pointer & ~mask | offset;
  }

  void push32(int value) {
    final int offset = pointer - 4 & mask;
    cpu.memory.store32(linear(offset, 4), value, deny);
    pointer = pointer & ~mask | offset;
  }

  private int linear(int offset, int size) {
    if (!segment.openWrite) {
      final int last = offset + size - 1;
      if (!segment.writable
          || Integer.compareUnsigned(offset, segment.lowest) < 0
          || Integer.compareUnsigned(last, segment.highest) > 0
          || Integer.compareUnsigned(last, offset) < 0) {
        throw state.fault.of(STACK_FAULT, errorCode);
      }
    }
    return segment.base + offset;
  }

  /** Makes the stack written to the current one. Does not update the mode. */
  void commit() {
    if (segment == inner) {
      state.segment[SS].copyFrom(inner);
    }
    state.reg[ESP] = pointer;
  }
}
