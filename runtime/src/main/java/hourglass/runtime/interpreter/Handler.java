package hourglass.runtime.interpreter;

import hourglass.runtime.engine.Processor;
import hourglass.translator.isa.Instruction;

/**
 * Carries out one kind of instruction on the processor: the one implementation that the interpreter
 * runs, and that translated code calls for instructions it has no code of its own for.
 */
@FunctionalInterface
public interface Handler {
  /**
   * Executes an instruction. On entry {@code state.eip} is its offset and {@code state.nextEip} the
   * offset after it; a branch changes {@code nextEip} only, and the caller moves it to {@code eip}.
   * A repeated string instruction that has not finished sets {@code nextEip} back to {@code eip}:
   * it does at most a page's worth of elements at a time.
   *
   * @throws hourglass.translator.cpu.GuestFault with nothing committed (string instructions:
   *     nothing of the element that faulted)
   */
  void execute(Processor cpu, Instruction insn);
}
