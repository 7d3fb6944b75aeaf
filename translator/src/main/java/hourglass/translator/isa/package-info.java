/**
 * The instruction set: one table, and the decoder and disassembler made from it.
 *
 * <p>A {@link hourglass.translator.isa.Form} is a row of the table; an {@link
 * hourglass.translator.isa.Instruction} is one decoded occurrence of a form in guest memory.
 */
package hourglass.translator.isa;
