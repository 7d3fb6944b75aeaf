/**
 * The intermediate representation: what a region does, between guest instructions and JVM bytecode.
 *
 * <p>A {@link hourglass.translator.ir.Value} is an expression without side effects, except that a
 * load can fault. An {@link hourglass.translator.ir.Op} changes something. Each guest instruction
 * is a {@link hourglass.translator.ir.Step} of ops, whose last op that can fault comes before the
 * first that commits; each {@link hourglass.translator.ir.Block} ends in a {@link
 * hourglass.translator.ir.Terminal}. {@link hourglass.translator.ir.Lowering} makes all of this
 * from decoded instructions.
 */
package hourglass.translator.ir;
