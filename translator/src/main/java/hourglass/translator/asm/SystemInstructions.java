package hourglass.translator.asm;

/**
 * The instructions for ports, interrupts, far transfers, descriptor tables and control of the
 * processor.
 */
abstract class SystemInstructions extends IntegerInstructions {
  SystemInstructions(int origin) {
    super(origin);
  }

  // --- ports -----------------------------------------------------------------------------------

  /** Reads a port given as a number or in DX into AL, AX or EAX. */
  public Assembler in(Register accumulator, int port) {
    final int opcode = accumulator.size == 8 ? 0xE4 : 0xE5;
    return encode(
        "in " + accumulator + ", " + number(port),
        accumulator.size,
        opcode,
        0,
        null,
        Immediate.imm(port),
        1);
  }

  public Assembler in(Register accumulator, Register dx) {
    requireDx(dx);
    return sized(
        "in " + accumulator + ", dx", accumulator.size, accumulator.size == 8 ? 0xEC : 0xED);
  }

  /** Writes AL, AX or EAX to a port given as a number or in DX. */
  public Assembler out(int port, Register accumulator) {
    final int opcode = accumulator.size == 8 ? 0xE6 : 0xE7;
    return encode(
        "out " + number(port) + ", " + accumulator,
        accumulator.size,
        opcode,
        0,
        null,
        Immediate.imm(port),
        1);
  }

  public Assembler out(Register dx, Register accumulator) {
    requireDx(dx);
    return sized("out dx, " + accumulator, accumulator.size, accumulator.size == 8 ? 0xEE : 0xEF);
  }

  private static void requireDx(Register register) {
    if (register != Register.DX) {
      throw new IllegalArgumentException("a port is a number or dx, not " + register);
    }
  }

  public Assembler insb() {
    return plain("insb", 0x6C);
  }

  public Assembler insw() {
    return sized("insw", 16, 0x6D);
  }

  public Assembler insd() {
    return sized("insd", 32, 0x6D);
  }

  public Assembler outsb() {
    return plain("outsb", 0x6E);
  }

  public Assembler outsw() {
    return sized("outsw", 16, 0x6F);
  }

  public Assembler outsd() {
    return sized("outsd", 32, 0x6F);
  }

  // --- interrupts and far transfers ------------------------------------------------------------

  public Assembler intN(int vector) {
    return encode("int " + number(vector), 0, 0xCD, 0, null, Immediate.imm(vector), 1);
  }

  public Assembler int1() {
    return plain("int1", 0xF1);
  }

  public Assembler int3() {
    return plain("int3", 0xCC);
  }

  public Assembler into() {
    return plain("into", 0xCE);
  }

  public Assembler iret() {
    return plain("iret", 0xCF);
  }

  public Assembler retf() {
    return plain("retf", 0xCB);
  }

  public Assembler sysenter() {
    return plain("sysenter", 0xF34);
  }

  public Assembler sysexit() {
    return plain("sysexit", 0xF35);
  }

  public Assembler iretw() {
    return sized("iretw", 16, 0xCF);
  }

  public Assembler iretd() {
    return sized("iretd", 32, 0xCF);
  }

  public Assembler retfw() {
    return sized("retfw", 16, 0xCB);
  }

  public Assembler retfd() {
    return sized("retfd", 32, 0xCB);
  }

  public Assembler retf(int bytes) {
    return encode("retf " + bytes, 0, 0xCA, 0, null, Immediate.imm(bytes), 2);
  }

  /** To a label in another segment, with an offset of the default operand size. */
  public Assembler jmpFar(int selector, String label) {
    return jmpFar(bits(), selector, Immediate.address(label));
  }

  /** To an offset of 16 or 32 bits in another segment. */
  public Assembler jmpFar(int size, int selector, Immediate offset) {
    encode("jmp " + number(selector) + ":" + offset, size, 0xEA, 0, null, offset, size / 8);
    put(selector, 2);
    return self();
  }

  /** To a far pointer in memory; the memory's width (16 or 32) is that of the offset. */
  public Assembler jmpFar(Memory pointer) {
    return modrm("jmp far " + pointer, sizeOrDefault(pointer), 0xFF, 5, pointer);
  }

  /** To a label in another segment, with an offset of the default operand size. */
  public Assembler callFar(int selector, String label) {
    return callFar(bits(), selector, Immediate.address(label));
  }

  /** To an offset of 16 or 32 bits in another segment. */
  public Assembler callFar(int size, int selector, Immediate offset) {
    encode("call " + number(selector) + ":" + offset, size, 0x9A, 0, null, offset, size / 8);
    put(selector, 2);
    return self();
  }

  /** To a far pointer in memory; the memory's width (16 or 32) is that of the offset. */
  public Assembler callFar(Memory pointer) {
    return modrm("call far " + pointer, sizeOrDefault(pointer), 0xFF, 3, pointer);
  }

  // --- descriptor tables and segments ----------------------------------------------------------

  public Assembler sgdt(Memory table) {
    return modrm("sgdt " + table, sizeOrDefault(table), 0x0F01, 0, table);
  }

  public Assembler sidt(Memory table) {
    return modrm("sidt " + table, sizeOrDefault(table), 0x0F01, 1, table);
  }

  public Assembler lgdt(Memory table) {
    return modrm("lgdt " + table, sizeOrDefault(table), 0x0F01, 2, table);
  }

  public Assembler lidt(Memory table) {
    return modrm("lidt " + table, sizeOrDefault(table), 0x0F01, 3, table);
  }

  public Assembler invlpg(Memory page) {
    return modrm("invlpg " + page, 0, 0x0F01, 7, page);
  }

  public Assembler sldt(Operand to) {
    return modrm("sldt " + to, to instanceof Register register ? register.size : 0, 0x0F00, 0, to);
  }

  public Assembler str(Operand to) {
    return modrm("str " + to, to instanceof Register register ? register.size : 0, 0x0F00, 1, to);
  }

  public Assembler smsw(Operand to) {
    return modrm("smsw " + to, to instanceof Register register ? register.size : 0, 0x0F01, 4, to);
  }

  public Assembler lldt(Operand from) {
    return modrm("lldt " + from, 0, 0x0F00, 2, from);
  }

  public Assembler ltr(Operand from) {
    return modrm("ltr " + from, 0, 0x0F00, 3, from);
  }

  public Assembler verr(Operand from) {
    return modrm("verr " + from, 0, 0x0F00, 4, from);
  }

  public Assembler verw(Operand from) {
    return modrm("verw " + from, 0, 0x0F00, 5, from);
  }

  public Assembler lmsw(Operand from) {
    return modrm("lmsw " + from, 0, 0x0F01, 6, from);
  }

  public Assembler lar(Register to, Operand from) {
    return modrm("lar " + to + ", " + from, to.size, 0x0F02, to.number, from);
  }

  public Assembler lsl(Register to, Operand from) {
    return modrm("lsl " + to + ", " + from, to.size, 0x0F03, to.number, from);
  }

  public Assembler arpl(Operand to, Register from) {
    return modrm("arpl " + to + ", " + from, 0, 0x63, from.number, to);
  }

  // --- control of the processor ----------------------------------------------------------------

  public Assembler hlt() {
    return plain("hlt", 0xF4);
  }

  public Assembler cli() {
    return plain("cli", 0xFA);
  }

  public Assembler sti() {
    return plain("sti", 0xFB);
  }

  public Assembler clts() {
    return plain("clts", 0xF06);
  }

  public Assembler invd() {
    return plain("invd", 0xF08);
  }

  public Assembler wbinvd() {
    return plain("wbinvd", 0xF09);
  }

  public Assembler wrmsr() {
    return plain("wrmsr", 0xF30);
  }

  public Assembler rdtsc() {
    return plain("rdtsc", 0xF31);
  }

  public Assembler rdmsr() {
    return plain("rdmsr", 0xF32);
  }

  public Assembler rdpmc() {
    return plain("rdpmc", 0xF33);
  }

  public Assembler cpuid() {
    return plain("cpuid", 0xFA2);
  }
}
