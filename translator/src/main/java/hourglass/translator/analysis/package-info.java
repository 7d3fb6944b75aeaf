/**
 * Which guest code becomes a region, and what of it is dead.
 *
 * <p>{@link hourglass.translator.analysis.RegionFormer} follows direct branches from a hot place of
 * a {@link hourglass.translator.analysis.CodeSource}, takes in small functions that are called, and
 * lowers what it finds. {@link hourglass.translator.analysis.Checkpoints} are where the region
 * looks whether its slice is over; {@link hourglass.translator.analysis.Windows} has accesses to
 * memory side by side share one look at the page map; {@link
 * hourglass.translator.analysis.Liveness} removes the flags that nobody reads.
 */
package hourglass.translator.analysis;
