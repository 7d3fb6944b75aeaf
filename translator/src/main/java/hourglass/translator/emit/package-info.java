/**
 * From IR to a JVM class, with ASM.
 *
 * <p>{@link hourglass.translator.emit.Region} is what a generated class extends and documents its
 * shape; {@link hourglass.translator.emit.RegionRuntime} is the one interface through which
 * generated code reaches the runtime; {@link hourglass.translator.emit.Translator} goes all the way
 * from a page of guest code to a region that can run.
 */
package hourglass.translator.emit;
