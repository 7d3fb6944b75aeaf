package hourglass.runtime.engine;

import hourglass.runtime.interpreter.Handler;
import hourglass.runtime.interpreter.Handlers;
import hourglass.translator.emit.Region;
import hourglass.translator.isa.Form;
import hourglass.translator.isa.Instruction;

/**
 * A decoded instruction at its place in a code page, with what the engine has learnt of that place.
 */
final class CachedInstruction {
  final Instruction instruction;
  final Handler handler;
  final int length;

  /** Whether execution may go elsewhere, or on in another mode, after it. */
  final boolean endsBlock;

  /** The instruction after it in the same page, once it has been executed; null before. */
  CachedInstruction next;

  /** How often a block began here. */
  int heat;

  /** The region that has an entry here; null where there is none. */
  Region region;

  CachedInstruction(Instruction instruction) {
    this.instruction = instruction;
    handler = Handlers.of(instruction);
    length = instruction.length;
    endsBlock = instruction.form.ending() != Form.Ending.NONE;
  }

  /**
   * An observed instruction, a block of its own.
   *
   * @param observer runs before each execution
   */
  CachedInstruction(Instruction instruction, Runnable observer) {
    this.instruction = instruction;
    final Handler own = Handlers.of(instruction);
    handler =
        (cpu, insn) -> {
          observer.run();
          own.execute(cpu, insn);
        };
    length = instruction.length;
    endsBlock = true;
  }
}
