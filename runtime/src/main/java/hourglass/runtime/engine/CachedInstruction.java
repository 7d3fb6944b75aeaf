package hourglass.runtime.engine;

import hourglass.runtime.interpreter.Handler;
import hourglass.runtime.interpreter.Handlers;
import hourglass.translator.emit.Region;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;
import java.util.OptionalInt;

/**
 * A decoded instruction at its place in a code page, with what the engine has learnt of that place.
 */
final class CachedInstruction {
  private static final Handler IN_TWO_PAGES =
      (cpu, insn) -> {
        throw new IllegalStateException("an instruction in two pages is not run from one");
      };

  final Instruction instruction;
  final Handler handler;

  /** Its {@link QuickForms quick form}. */
  final byte form;

  // What the quick form needs of the instruction, here for the sake of the host's caches.

  /** The register that is its first operand. */
  final byte first;

  /** The register that is its last operand. */
  final byte second;

  /** Where its last operand is, see {@link QuickForms#source}. */
  final byte source;

  final byte base;
  final byte index;
  final byte scale;
  final int displacement;
  final int immediate;

  /** Where it was decoded; null where it belongs to no page, or its bytes have been dropped. */
  CodePage page;

  final short offset;
  final byte length;

  /** Whether execution may go elsewhere, or on in another mode, after it. */
  final boolean endsBlock;

  /**
   * Whether it reaches into the next page. Only its place is kept then, for a region to begin at:
   * what the next page is may change.
   */
  final boolean crossesPage;

  /**
   * The instruction after it, once it has been executed; null before. In the same page, unless this
   * one ends a block: then to be used only where it is {@linkplain #isAt still} what comes next.
   */
  CachedInstruction next;

  /** Where this branch led to last, to be used likewise; null before. */
  CachedInstruction target;

  /**
   * The linear address that this branch led to when {@link #next} or {@link #target} was last set.
   */
  private int targetAddress;

  /** How often a block began here. */
  int heat;

  /** The region that has an entry here; null where there is none. */
  Region region;

  CachedInstruction(Instruction instruction, CodePage page, int offset) {
    this(
        instruction,
        page,
        offset,
        page == null ? QuickForms.GENERIC : QuickForms.of(instruction, page.modeKey),
        instruction.mnemonic == Mnemonic.INCOMPLETE ? IN_TWO_PAGES : Handlers.of(instruction),
        instruction.form.ending() != Form.Ending.NONE);
  }

  /**
   * An observed instruction, a block of its own.
   *
   * @param observer runs before each execution
   */
  CachedInstruction(Instruction instruction, CodePage page, int offset, Runnable observer) {
    this(instruction, page, offset, QuickForms.GENERIC, after(observer, instruction), true);
  }

  private CachedInstruction(
      Instruction instruction,
      CodePage page,
      int offset,
      byte form,
      Handler handler,
      boolean endsBlock) {
    this.instruction = instruction;
    this.page = page;
    this.offset = (short) offset;
    this.form = form;
    this.handler = handler;
    this.endsBlock = endsBlock;
    crossesPage = instruction.mnemonic == Mnemonic.INCOMPLETE;
    length = instruction.length;
    first = QuickForms.register(instruction, 0);
    second = QuickForms.register(instruction, instruction.operandCount() - 1);
    source = form == QuickForms.GENERIC ? QuickForms.REGISTER : QuickForms.source(instruction);
    base = instruction.base;
    index = instruction.index;
    scale = instruction.scale;
    displacement = instruction.displacement;
    immediate = instruction.immediate;
  }

  private static Handler after(Runnable observer, Instruction instruction) {
    final Handler own = Handlers.of(instruction);
    return (cpu, insn) -> {
      observer.run();
      own.execute(cpu, insn);
    };
  }

  /**
   * What this branch led to last when it went to an offset of a page; null where it has not gone
   * there yet. It may lie elsewhere by now, or belong to another mode.
   */
  CachedInstruction ledTo(int offset) {
    return isFollowedAt(offset) ? next : target;
  }

  /** Where this branch led last, as a linear address, if it is known. */
  OptionalInt lastTarget() {
    return next == null && target == null ? OptionalInt.empty() : OptionalInt.of(targetAddress);
  }

  /** Remembers what this branch has led to, and its linear address. */
  void leadsTo(CachedInstruction first, int linear) {
    targetAddress = linear;
    if (isFollowedAt(first.offset)) {
      next = first;
    } else {
      target = first;
    }
  }

  private boolean isFollowedAt(int offset) {
    return this.offset + length == offset;
  }

  /** Whether this is the instruction of an offset of a frame under a mode key, not dropped. */
  boolean isAt(int frame, int modeKey, int offset) {
    return this.offset == offset && page != null && page.frame == frame && page.modeKey == modeKey;
  }

  /** Has nothing lead here, or on from here, any more. */
  void drop() {
    page = null;
    next = null;
    target = null;
  }
}
