package hourglass.translator.asm;

/** An operand of an instruction; {@code toString} is how it looks in a listing. */
public sealed interface Operand permits Register, Memory, Immediate {}
