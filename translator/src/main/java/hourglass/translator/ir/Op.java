package hourglass.translator.ir;

import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestFault;
import java.util.function.UnaryOperator;

/** Something that changes the guest's state, or a temporary. */
public sealed interface Op {
  /** Assigns a temporary. */
  record SetTemp(int id, Value value) implements Op {}

  /** Assigns a general register, all 32 bits. */
  record SetRegister(int index, Value value) implements Op {}

  /**
   * Stores the low bytes of a value; can fault.
   *
   * @param size 1, 2 or 4 bytes
   * @param address linear
   */
  record Store(int size, Value address, Value value) implements Op {}

  /**
   * Stores the low bytes of a value in one cell of RAM; cannot fault.
   *
   * @param size 1, 2 or 4 bytes
   * @param window index of the first cell of a {@link Value.Window} for writing
   * @param offset of the first byte from the beginning of the window
   */
  record RamStore(int size, Value window, int offset, Value value) implements Op {}

  /** Calls a routine that returns nothing. */
  record Perform(Value.Invoke call) implements Op {}

  /**
   * Sets arithmetic flags from a pair of flag words, see {@link Flags}; the kind says which ones.
   */
  record SetFlags(FlagKind kind, Value result, Value auxiliary) implements Op {}

  /** Which flags a {@link SetFlags} sets. */
  enum FlagKind {
    /** All six. */
    ALL(Flags.ARITHMETIC),
    /** All but CF, which stays (INC, DEC). */
    ALL_BUT_CARRY(Flags.ARITHMETIC & ~Flags.CF),
    /**
     * CF and OF from {@code auxiliary}, a whole word made from the old one (rotations); {@code
     * result} is not used.
     */
    CARRY_AND_OVERFLOW(Flags.CF | Flags.OF),
    /** CF alone: {@code auxiliary} is 0 or 1 (CLC, STC, CMC, BT); {@code result} is not used. */
    CARRY(Flags.CF);

    private final int written;

    FlagKind(int written) {
      this.written = written;
    }

    /** The flags overwritten, as a mask of EFLAGS bits. */
    public int written() {
      return written;
    }
  }

  /**
   * Sets or clears a flag outside the six arithmetic ones, where that has no effect but the flag's
   * own: DF, and IF where it is cleared.
   */
  record SetSystemFlag(int flag, boolean set) implements Op {}

  /**
   * Raises an exception unless a condition holds; comes before whatever the instruction commits.
   *
   * @param condition 0 or 1
   * @param vector {@link GuestFault#GENERAL_PROTECTION}, its error code then is 0, or one without
   *     an error code
   */
  record Require(Value condition, int vector) implements Op {}

  /**
   * Has the runtime carry out the instruction on the processor's state: flags are written back
   * before, registers and flags are read again after. The region is left where the instruction went
   * elsewhere or changed the mode.
   */
  record CallOut() implements Op {}

  /**
   * As {@link CallOut}, for an instruction that commits nothing when it faults, goes nowhere else
   * and has few effects: only what is named is written back and read again.
   *
   * @param writes general registers it may write, a bit each
   * @param readsFlags whether it reads arithmetic flags
   * @param writesFlags whether it may write arithmetic flags
   */
  record LightCallOut(int writes, boolean readsFlags, boolean writesFlags) implements Op {}

  /**
   * As {@link LightCallOut}, for an instruction with few effects on registers, but which may end
   * the slice, change the mode or what is mapped, write to code, or commit a part and then fault;
   * the region is left where it has done so.
   *
   * @param writes general registers it may write, a bit each
   * @param flags whether it reads or writes arithmetic flags
   */
  record GuardedCallOut(int writes, boolean flags) implements Op {}

  /** This op, with what {@code change} makes of the values that it is made of. */
  default Op map(UnaryOperator<Value> change) {
    return switch (this) {
      case SetTemp(int id, Value value) -> new SetTemp(id, change.apply(value));
      case SetRegister(int index, Value value) -> new SetRegister(index, change.apply(value));
      case Store(int size, Value address, Value value) ->
          new Store(size, change.apply(address), change.apply(value));
      case RamStore(int size, Value window, int offset, Value value) ->
          new RamStore(size, change.apply(window), offset, change.apply(value));
      case Perform(Value.Invoke call) -> new Perform((Value.Invoke) call.map(change));
      case SetFlags(FlagKind kind, Value result, Value auxiliary) ->
          new SetFlags(kind, change.apply(result), change.apply(auxiliary));
      case Require(Value condition, int vector) -> new Require(change.apply(condition), vector);
      case SetSystemFlag s -> s;
      case CallOut c -> c;
      case LightCallOut c -> c;
      case GuardedCallOut c -> c;
    };
  }
}
