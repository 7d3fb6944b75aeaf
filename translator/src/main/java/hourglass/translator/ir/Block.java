package hourglass.translator.ir;

import java.util.List;

/**
 * Guest instructions with one entry and one exit.
 *
 * @param offset of the first instruction from the start of the root's page
 * @param steps the instructions in order
 * @param terminal how it ends
 */
public record Block(int offset, List<Step> steps, Terminal terminal) {
  /** Whether the first instruction reaches into the next page; no other one does. */
  public boolean crossesPage() {
    return steps.getFirst().crossesPage();
  }
}
