/**
 * What the translator made of guest code, as text.
 *
 * <p>{@link hourglass.translator.dump.RegionDump} shows one region in up to three {@link
 * hourglass.translator.dump.View views}: guest assembly, IR ({@link
 * hourglass.translator.dump.IrText}) and JVM bytecode. All three number the guest instructions
 * alike, and so do the line numbers of the generated class. {@link
 * hourglass.translator.dump.BinaryDump} does the same for a whole raw binary.
 */
package hourglass.translator.dump;
