/**
 * An assembler for tests and benchmarks: guest code written as Java.
 *
 * <pre>{@code
 * byte[] code = new Assembler(0x1000)
 *     .mov(ECX, 10)
 *     .label("loop")
 *     .add(EAX, mem(EBX).plus(ECX, 4).disp(8))
 *     .dec(ECX)
 *     .jcc(NE, "loop")
 *     .hlt()
 *     .bytes();
 * }</pre>
 *
 * <p>Start with {@link hourglass.translator.asm.Assembler}. It shares nothing with the instruction
 * table, so that the two can be held against each other. Encodings are those of the Intel SDM,
 * volume 2.
 */
package hourglass.translator.asm;
