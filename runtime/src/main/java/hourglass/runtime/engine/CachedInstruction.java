package hourglass.runtime.engine;

import hourglass.runtime.interpreter.Handler;
import hourglass.runtime.interpreter.Handlers;
import hourglass.translator.emit.Region;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Mnemonic;

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

  /** How often a block began here. */
  int heat;

  /** The region that has an entry here; null where there is none. */
  Region region;

  CachedInstruction(Instruction instruction, CodePage page, int offset) {
    this.instruction = instruction;
    this.page = page;
    this.offset = (short) offset;
    crossesPage = instruction.mnemonic == Mnemonic.INCOMPLETE;
    handler = crossesPage ? IN_TWO_PAGES : Handlers.of(instruction);
    length = instruction.length;
    endsBlock = instruction.form.ending() != Form.Ending.NONE;
  }

  /**
   * An observed instruction, a block of its own.
   *
   * @param observer runs before each execution
   */
  CachedInstruction(Instruction instruction, CodePage page, int offset, Runnable observer) {
    this.instruction = instruction;
    this.page = page;
    this.offset = (short) offset;
    final Handler own = Handlers.of(instruction);
    handler =
        (cpu, insn) -> {
          observer.run();
          own.execute(cpu, insn);
        };
    length = instruction.length;
    endsBlock = true;
    crossesPage = false;
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
