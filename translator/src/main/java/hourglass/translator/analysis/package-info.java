/**
 * Which guest code becomes a region, and what of it is dead.
 *
 * <p>{@link hourglass.translator.analysis.RegionFormer} follows direct branches from a hot place
 * and lowers what it finds; {@link hourglass.translator.analysis.Liveness} then removes the flags
 * nobody reads.
 */
package hourglass.translator.analysis;
