/**
 * The instruction set: one table, and the decoder and disassembler made from it.
 *
 * <p>{@link hourglass.translator.isa.InstructionTable} holds the rows, as text; start there. A
 * {@link hourglass.translator.isa.Form} is a row; an {@link hourglass.translator.isa.Instruction}
 * is one decoded occurrence of a form in guest memory, made by the {@link
 * hourglass.translator.isa.Decoder}. The {@link hourglass.translator.isa.Disassembler} writes it as
 * text. Of flags and {@link hourglass.translator.isa.RegisterSet registers} the table tells which
 * an instruction reads and writes.
 *
 * <p>To add an instruction: a row in the table, and a {@link hourglass.translator.isa.Mnemonic} if
 * it needs a new one. The tests generate encodings of every row and hold them against objdump, and
 * what the row says of registers against the interpreter.
 */
package hourglass.translator.isa;
