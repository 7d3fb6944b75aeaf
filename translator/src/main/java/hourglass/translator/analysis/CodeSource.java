package hourglass.translator.analysis;

import hourglass.translator.ir.Accesses;
import hourglass.translator.isa.CpuModel;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Guest code as the translator reads it: the page that holds the root of a region, and the pages
 * around it.
 *
 * <p>Offsets are from the start of the root's page and may lie in other pages: below 0, or from
 * 4,096 up.
 */
public interface CodeSource {
  /**
   * A page of code.
   *
   * @param frame physical page number
   * @param bytes its 4,096 bytes
   */
  record Page(int frame, byte[] bytes) {}

  /** The mode key that the code runs under. */
  int modeKey();

  /** The processor that runs it; one that has everything unless said. */
  default CpuModel model() {
    return CpuModel.MAX;
  }

  /**
   * A page as it was when it was first asked for.
   *
   * @param number linear pages from the root's, which is page 0 and always there
   * @return nothing where the page cannot be fetched from, or is not to be looked at
   */
  Optional<Page> page(int number);

  /**
   * How instructions are to get at memory, by their offsets, as far as that has been learnt; {@link
   * Accesses#SHARED} where nothing is said.
   */
  default Map<Integer, Accesses> accesses() {
    return Map.of();
  }

  /** Whether the guest has executed an instruction at an offset, so that it is worth following. */
  boolean isReached(int offset);

  /** Where the computed branch at an offset led last, if that is known, as an offset. */
  default OptionalInt lastTarget(int offset) {
    return OptionalInt.empty();
  }

  /**
   * Whether the instruction at an offset is left to the interpreter: somebody is told when it is
   * executed, or it is rewritten too often.
   */
  default boolean isLeftOut(int offset) {
    return false;
  }
}
