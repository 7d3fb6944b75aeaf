/**
 * The engines held against results captured from real processors.
 *
 * <p>{@link hourglass.runtime.vectors.MooFile} reads the captured tests, {@link
 * hourglass.runtime.vectors.Captured80286Test} runs them.
 */
package hourglass.runtime.vectors;
