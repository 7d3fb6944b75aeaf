package hourglass.translator.ir;

/**
 * How an instruction's code in a region gets at memory: each way is slower than the one before, and
 * misses less.
 */
public enum Accesses {
  /**
   * With those of other instructions that lie side by side it shares one look at the page map. The
   * region is left where they do not all lie in one page, or one of them needs the slow path.
   */
  SHARED,

  /** Each access looks at the page map. The region is left where one needs the slow path. */
  SINGLE,

  /** Each access looks at the page map, and takes the slow path on the spot. */
  SLOW
}
