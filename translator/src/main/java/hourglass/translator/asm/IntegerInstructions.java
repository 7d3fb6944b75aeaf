package hourglass.translator.asm;

import hourglass.translator.asm.Register.Kind;

/**
 * The user-mode integer instructions. A method is named after its instruction, with an N added
 * where Java has the name already; operands are in Intel order, destination first. Where a name
 * carries no size ({@code ret}, {@code pusha}), the operand size is the default one.
 */
abstract class IntegerInstructions extends Encoder {
  IntegerInstructions(int origin) {
    super(origin);
  }

  // --- moves -----------------------------------------------------------------------------------

  public Assembler mov(Operand to, Operand from) {
    final String text = "mov " + to + ", " + from;
    if (from instanceof Immediate constant) {
      return moveConstant(text, to, constant);
    }
    final int size = size(to, from);
    if (to instanceof Register register && !register.isGeneral()) {
      return switch (register.kind) {
        case SEGMENT -> modrm(text, 0, 0x8E, register.number, from);
        case CONTROL -> modrm(text, 0, 0x0F22, register.number, from);
        case DEBUG -> modrm(text, 0, 0x0F23, register.number, from);
        default -> throw badOperands(text);
      };
    }
    if (from instanceof Register register && !register.isGeneral()) {
      return switch (register.kind) {
        case SEGMENT ->
            modrm(text, to instanceof Memory ? 0 : size(to, to), 0x8C, register.number, to);
        case CONTROL -> modrm(text, 0, 0x0F20, register.number, to);
        case DEBUG -> modrm(text, 0, 0x0F21, register.number, to);
        default -> throw badOperands(text);
      };
    }
    return twoWay(text, size, 0x88, to, from);
  }

  public Assembler mov(Operand to, int value) {
    return mov(to, Immediate.imm(value));
  }

  private Assembler moveConstant(String text, Operand to, Immediate constant) {
    final int size = size(to, to);
    if (to instanceof Register register) {
      return encode(
          text, size, (size == 8 ? 0xB0 : 0xB8) + register.number, 0, null, constant, size / 8);
    }
    return encode(text, size, size == 8 ? 0xC6 : 0xC7, 0, to, constant, size / 8);
  }

  public Assembler movzx(Register to, Operand from) {
    final int opcode = size(from, from) == 8 ? 0x0FB6 : 0x0FB7;
    return modrm("movzx " + to + ", " + from, to.size, opcode, to.number, from);
  }

  public Assembler movsx(Register to, Operand from) {
    final int opcode = size(from, from) == 8 ? 0x0FBE : 0x0FBF;
    return modrm("movsx " + to + ", " + from, to.size, opcode, to.number, from);
  }

  public Assembler lea(Register to, Memory from) {
    return modrm("lea " + to + ", " + from, to.size, 0x8D, to.number, from);
  }

  public Assembler bound(Register to, Memory from) {
    return modrm("bound " + to + ", " + from, to.size, 0x62, to.number, from);
  }

  public Assembler les(Register to, Memory from) {
    return modrm("les " + to + ", " + from, to.size, 0xC4, to.number, from);
  }

  public Assembler lds(Register to, Memory from) {
    return modrm("lds " + to + ", " + from, to.size, 0xC5, to.number, from);
  }

  public Assembler lss(Register to, Memory from) {
    return modrm("lss " + to + ", " + from, to.size, 0xFB2, to.number, from);
  }

  public Assembler lfs(Register to, Memory from) {
    return modrm("lfs " + to + ", " + from, to.size, 0xFB4, to.number, from);
  }

  public Assembler lgs(Register to, Memory from) {
    return modrm("lgs " + to + ", " + from, to.size, 0xFB5, to.number, from);
  }

  public Assembler xchg(Operand a, Register b) {
    return modrm("xchg " + a + ", " + b, b.size, b.size == 8 ? 0x86 : 0x87, b.number, a);
  }

  public Assembler bswap(Register register) {
    return sized("bswap " + register, register.size, 0x0FC8 + register.number);
  }

  public Assembler cmpxchg(Operand to, Register from) {
    final int opcode = from.size == 8 ? 0x0FB0 : 0x0FB1;
    return modrm("cmpxchg " + to + ", " + from, from.size, opcode, from.number, to);
  }

  public Assembler xadd(Operand to, Register from) {
    final int opcode = from.size == 8 ? 0x0FC0 : 0x0FC1;
    return modrm("xadd " + to + ", " + from, from.size, opcode, from.number, to);
  }

  public Assembler cmpxchg8b(Memory to) {
    return modrm("cmpxchg8b " + to, 0, 0x0FC7, 1, to);
  }

  public Assembler cmovcc(Condition condition, Register to, Operand from) {
    final String text = "cmov" + condition.suffix() + " " + to + ", " + from;
    return modrm(text, to.size, 0x0F40 + condition.ordinal(), to.number, from);
  }

  public Assembler setcc(Condition condition, Operand to) {
    return modrm("set" + condition.suffix() + " " + to, 8, 0x0F90 + condition.ordinal(), 0, to);
  }

  // --- stack -----------------------------------------------------------------------------------

  public Assembler push(Operand from) {
    final String text = "push " + from;
    return switch (from) {
      case Register r when r.kind == Kind.SEGMENT -> pushSegment(text, r);
      case Register r -> sized(text, r.size, 0x50 + r.number);
      case Memory memory -> modrm(text, sizeOrDefault(memory), 0xFF, 6, memory);
      case Immediate constant when constant.isByte() -> encode(text, 0, 0x6A, 0, null, constant, 1);
      case Immediate constant -> encode(text, 0, 0x68, 0, null, constant, bits() / 8);
    };
  }

  public Assembler push(int value) {
    return push(Immediate.imm(value));
  }

  private Assembler pushSegment(String text, Register register) {
    final int opcode =
        register.number < 4 ? 0x06 + 8 * register.number : 0x0F80 + 8 * register.number;
    return plain(text, opcode);
  }

  public Assembler pop(Operand to) {
    final String text = "pop " + to;
    return switch (to) {
      case Register r when r.kind == Kind.SEGMENT ->
          plain(text, r.number < 4 ? 0x07 + 8 * r.number : 0x0F81 + 8 * r.number);
      case Register r -> sized(text, r.size, 0x58 + r.number);
      case Memory memory -> modrm(text, sizeOrDefault(memory), 0x8F, 0, memory);
      case Immediate constant -> throw badOperands(text);
    };
  }

  public Assembler pusha() {
    return plain("pusha", 0x60);
  }

  public Assembler popa() {
    return plain("popa", 0x61);
  }

  public Assembler pushf() {
    return plain("pushf", 0x9C);
  }

  public Assembler popf() {
    return plain("popf", 0x9D);
  }

  public Assembler leave() {
    return plain("leave", 0xC9);
  }

  public Assembler pushfw() {
    return sized("pushfw", 16, 0x9C);
  }

  public Assembler pushfd() {
    return sized("pushfd", 32, 0x9C);
  }

  public Assembler popfw() {
    return sized("popfw", 16, 0x9D);
  }

  public Assembler popfd() {
    return sized("popfd", 32, 0x9D);
  }

  public Assembler enter(int bytes, int level) {
    encode("enter " + bytes + ", " + level, 0, 0xC8, 0, null, Immediate.imm(bytes), 2);
    put(level, 1);
    return self();
  }

  // --- arithmetic and logic --------------------------------------------------------------------

  public Assembler add(Operand to, Operand from) {
    return arithmetic("add", 0, to, from);
  }

  public Assembler add(Operand to, int value) {
    return arithmetic("add", 0, to, Immediate.imm(value));
  }

  public Assembler or(Operand to, Operand from) {
    return arithmetic("or", 1, to, from);
  }

  public Assembler or(Operand to, int value) {
    return arithmetic("or", 1, to, Immediate.imm(value));
  }

  public Assembler adc(Operand to, Operand from) {
    return arithmetic("adc", 2, to, from);
  }

  public Assembler adc(Operand to, int value) {
    return arithmetic("adc", 2, to, Immediate.imm(value));
  }

  public Assembler sbb(Operand to, Operand from) {
    return arithmetic("sbb", 3, to, from);
  }

  public Assembler sbb(Operand to, int value) {
    return arithmetic("sbb", 3, to, Immediate.imm(value));
  }

  public Assembler and(Operand to, Operand from) {
    return arithmetic("and", 4, to, from);
  }

  public Assembler and(Operand to, int value) {
    return arithmetic("and", 4, to, Immediate.imm(value));
  }

  public Assembler sub(Operand to, Operand from) {
    return arithmetic("sub", 5, to, from);
  }

  public Assembler sub(Operand to, int value) {
    return arithmetic("sub", 5, to, Immediate.imm(value));
  }

  public Assembler xor(Operand to, Operand from) {
    return arithmetic("xor", 6, to, from);
  }

  public Assembler xor(Operand to, int value) {
    return arithmetic("xor", 6, to, Immediate.imm(value));
  }

  public Assembler cmp(Operand to, Operand from) {
    return arithmetic("cmp", 7, to, from);
  }

  public Assembler cmp(Operand to, int value) {
    return arithmetic("cmp", 7, to, Immediate.imm(value));
  }

  private Assembler arithmetic(String name, int which, Operand to, Operand from) {
    final String text = name + " " + to + ", " + from;
    final int size = size(to, from);
    if (!(from instanceof Immediate constant)) {
      return twoWay(text, size, which << 3, to, from);
    }
    final boolean accumulator = to instanceof Register register && register.isAccumulator();
    if (size == 8) {
      return accumulator
          ? encode(text, 8, which << 3 | 4, 0, null, constant, 1)
          : encode(text, 8, 0x80, which, to, constant, 1);
    }
    if (constant.isByte()) {
      return encode(text, size, 0x83, which, to, constant, 1);
    }
    return accumulator
        ? encode(text, size, which << 3 | 5, 0, null, constant, size / 8)
        : encode(text, size, 0x81, which, to, constant, size / 8);
  }

  public Assembler test(Operand a, Operand b) {
    final String text = "test " + a + ", " + b;
    final int size = size(a, b);
    return switch (b) {
      case Register r -> modrm(text, size, size == 8 ? 0x84 : 0x85, r.number, a);
      case Immediate i when a instanceof Register r && r.isAccumulator() ->
          encode(text, size, size == 8 ? 0xA8 : 0xA9, 0, null, i, size / 8);
      case Immediate i -> encode(text, size, size == 8 ? 0xF6 : 0xF7, 0, a, i, size / 8);
      case Memory memory -> throw badOperands(text);
    };
  }

  public Assembler test(Operand a, int value) {
    return test(a, Immediate.imm(value));
  }

  public Assembler inc(Operand to) {
    final int size = size(to, to);
    return to instanceof Register register && size != 8
        ? sized("inc " + to, size, 0x40 + register.number)
        : modrm("inc " + to, size, size == 8 ? 0xFE : 0xFF, 0, to);
  }

  public Assembler dec(Operand to) {
    final int size = size(to, to);
    return to instanceof Register register && size != 8
        ? sized("dec " + to, size, 0x48 + register.number)
        : modrm("dec " + to, size, size == 8 ? 0xFE : 0xFF, 1, to);
  }

  public Assembler not(Operand to) {
    return unary("not", 2, to);
  }

  public Assembler neg(Operand to) {
    return unary("neg", 3, to);
  }

  public Assembler mul(Operand to) {
    return unary("mul", 4, to);
  }

  public Assembler imul(Operand to) {
    return unary("imul", 5, to);
  }

  public Assembler div(Operand to) {
    return unary("div", 6, to);
  }

  public Assembler idiv(Operand to) {
    return unary("idiv", 7, to);
  }

  private Assembler unary(String name, int which, Operand to) {
    final int size = size(to, to);
    return modrm(name + " " + to, size, size == 8 ? 0xF6 : 0xF7, which, to);
  }

  public Assembler imul(Register to, Operand from) {
    return modrm("imul " + to + ", " + from, to.size, 0x0FAF, to.number, from);
  }

  public Assembler imul(Register to, Operand from, int value) {
    final Immediate constant = Immediate.imm(value);
    final String text = "imul " + to + ", " + from + ", " + constant;
    return constant.isByte()
        ? encode(text, to.size, 0x6B, to.number, from, constant, 1)
        : encode(text, to.size, 0x69, to.number, from, constant, to.size / 8);
  }

  public Assembler daa() {
    return plain("daa", 0x27);
  }

  public Assembler das() {
    return plain("das", 0x2F);
  }

  public Assembler aaa() {
    return plain("aaa", 0x37);
  }

  public Assembler aas() {
    return plain("aas", 0x3F);
  }

  public Assembler aam(int base) {
    return encode("aam " + base, 0, 0xD4, 0, null, Immediate.imm(base), 1);
  }

  public Assembler aad(int base) {
    return encode("aad " + base, 0, 0xD5, 0, null, Immediate.imm(base), 1);
  }

  public Assembler cbw() {
    return sized("cbw", 16, 0x98);
  }

  public Assembler cwde() {
    return sized("cwde", 32, 0x98);
  }

  public Assembler cwd() {
    return sized("cwd", 16, 0x99);
  }

  public Assembler cdq() {
    return sized("cdq", 32, 0x99);
  }

  // --- shifts and bits; a count is a number or CL ----------------------------------------------

  public Assembler rol(Operand to, int count) {
    return shift("rol", 0, to, count);
  }

  public Assembler rol(Operand to, Register cl) {
    return shift("rol", 0, to, cl);
  }

  public Assembler ror(Operand to, int count) {
    return shift("ror", 1, to, count);
  }

  public Assembler ror(Operand to, Register cl) {
    return shift("ror", 1, to, cl);
  }

  public Assembler rcl(Operand to, int count) {
    return shift("rcl", 2, to, count);
  }

  public Assembler rcl(Operand to, Register cl) {
    return shift("rcl", 2, to, cl);
  }

  public Assembler rcr(Operand to, int count) {
    return shift("rcr", 3, to, count);
  }

  public Assembler rcr(Operand to, Register cl) {
    return shift("rcr", 3, to, cl);
  }

  public Assembler shl(Operand to, int count) {
    return shift("shl", 4, to, count);
  }

  public Assembler shl(Operand to, Register cl) {
    return shift("shl", 4, to, cl);
  }

  public Assembler shr(Operand to, int count) {
    return shift("shr", 5, to, count);
  }

  public Assembler shr(Operand to, Register cl) {
    return shift("shr", 5, to, cl);
  }

  public Assembler sar(Operand to, int count) {
    return shift("sar", 7, to, count);
  }

  public Assembler sar(Operand to, Register cl) {
    return shift("sar", 7, to, cl);
  }

  private Assembler shift(String name, int which, Operand to, int count) {
    final int size = size(to, to);
    final String text = name + " " + to + ", " + count;
    return count == 1
        ? modrm(text, size, size == 8 ? 0xD0 : 0xD1, which, to)
        : encode(text, size, size == 8 ? 0xC0 : 0xC1, which, to, Immediate.imm(count), 1);
  }

  private Assembler shift(String name, int which, Operand to, Register cl) {
    final int size = size(to, to);
    requireCl(cl);
    return modrm(name + " " + to + ", cl", size, size == 8 ? 0xD2 : 0xD3, which, to);
  }

  public Assembler shld(Operand to, Register from, int count) {
    final String text = "shld " + to + ", " + from + ", " + count;
    return encode(text, from.size, 0x0FA4, from.number, to, Immediate.imm(count), 1);
  }

  public Assembler shld(Operand to, Register from, Register cl) {
    requireCl(cl);
    return modrm("shld " + to + ", " + from + ", cl", from.size, 0x0FA5, from.number, to);
  }

  public Assembler shrd(Operand to, Register from, int count) {
    final String text = "shrd " + to + ", " + from + ", " + count;
    return encode(text, from.size, 0x0FAC, from.number, to, Immediate.imm(count), 1);
  }

  public Assembler shrd(Operand to, Register from, Register cl) {
    requireCl(cl);
    return modrm("shrd " + to + ", " + from + ", cl", from.size, 0x0FAD, from.number, to);
  }

  public Assembler bt(Operand to, Register bit) {
    return modrm("bt " + to + ", " + bit, bit.size, 0x0FA3, bit.number, to);
  }

  public Assembler bt(Operand to, int bit) {
    return encode("bt " + to + ", " + bit, size(to, to), 0x0FBA, 4, to, Immediate.imm(bit), 1);
  }

  public Assembler bts(Operand to, Register bit) {
    return modrm("bts " + to + ", " + bit, bit.size, 0x0FAB, bit.number, to);
  }

  public Assembler bts(Operand to, int bit) {
    return encode("bts " + to + ", " + bit, size(to, to), 0x0FBA, 5, to, Immediate.imm(bit), 1);
  }

  public Assembler btr(Operand to, Register bit) {
    return modrm("btr " + to + ", " + bit, bit.size, 0x0FB3, bit.number, to);
  }

  public Assembler btr(Operand to, int bit) {
    return encode("btr " + to + ", " + bit, size(to, to), 0x0FBA, 6, to, Immediate.imm(bit), 1);
  }

  public Assembler btc(Operand to, Register bit) {
    return modrm("btc " + to + ", " + bit, bit.size, 0x0FBB, bit.number, to);
  }

  public Assembler btc(Operand to, int bit) {
    return encode("btc " + to + ", " + bit, size(to, to), 0x0FBA, 7, to, Immediate.imm(bit), 1);
  }

  public Assembler bsf(Register to, Operand from) {
    return modrm("bsf " + to + ", " + from, to.size, 0x0FBC, to.number, from);
  }

  public Assembler bsr(Register to, Operand from) {
    return modrm("bsr " + to + ", " + from, to.size, 0x0FBD, to.number, from);
  }

  // --- branches --------------------------------------------------------------------------------

  /** Jumps to a label: short where the label is known to be near, else near. */
  public Assembler jmp(String label) {
    return isNear(label) ? jmpShort(label) : branch("jmp " + label, 0xE9, label, bits() / 8);
  }

  public Assembler jmpShort(String label) {
    return branch("jmp short " + label, 0xEB, label, 1);
  }

  /** Jumps to an address in a register or in memory. */
  public Assembler jmp(Operand target) {
    return modrm("jmp " + target, sizeOrDefault(target), 0xFF, 4, target);
  }

  /** Jumps to a label on a condition: short where the label is known to be near, else near. */
  public Assembler jcc(Condition condition, String label) {
    return isNear(label)
        ? jccShort(condition, label)
        : branch(
            "j" + condition.suffix() + " " + label,
            0x0F80 + condition.ordinal(),
            label,
            bits() / 8);
  }

  public Assembler jccShort(Condition condition, String label) {
    final String text = "j" + condition.suffix() + " short " + label;
    return branch(text, 0x70 + condition.ordinal(), label, 1);
  }

  public Assembler loopne(String label) {
    return branch("loopne " + label, 0xE0, label, 1);
  }

  public Assembler loope(String label) {
    return branch("loope " + label, 0xE1, label, 1);
  }

  public Assembler loop(String label) {
    return branch("loop " + label, 0xE2, label, 1);
  }

  /** JCXZ or JECXZ, whichever goes with the default address size. */
  public Assembler jcxz(String label) {
    return branch((bits() == 32 ? "jecxz " : "jcxz ") + label, 0xE3, label, 1);
  }

  public Assembler call(String label) {
    return branch("call " + label, 0xE8, label, bits() / 8);
  }

  /** Calls an address in a register or in memory. */
  public Assembler call(Operand target) {
    return modrm("call " + target, sizeOrDefault(target), 0xFF, 2, target);
  }

  public Assembler ret() {
    return plain("ret", 0xC3);
  }

  public Assembler ret(int bytes) {
    return encode("ret " + bytes, 0, 0xC2, 0, null, Immediate.imm(bytes), 2);
  }

  private Assembler branch(String text, int opcode, String label, int size) {
    plain(text, opcode);
    putRelative(label, size);
    return self();
  }

  // --- strings ---------------------------------------------------------------------------------

  /** REP or REPE. */
  public Assembler rep() {
    return prefix("rep", 0xF3);
  }

  public Assembler repne() {
    return prefix("repne", 0xF2);
  }

  public Assembler lock() {
    return prefix("lock", 0xF0);
  }

  /** Overrides the segment of the next instruction: for string instructions and XLAT. */
  public Assembler segment(Register segment) {
    return prefix(segment.toString(), segmentPrefix(segment));
  }

  /**
   * Gives the next instruction the address size that is not the default: for string instructions
   * and LOOP.
   */
  public Assembler otherAddressSize() {
    return prefix("a" + (48 - bits()), 0x67);
  }

  public Assembler movsb() {
    return plain("movsb", 0xA4);
  }

  public Assembler movsw() {
    return sized("movsw", 16, 0xA5);
  }

  public Assembler movsd() {
    return sized("movsd", 32, 0xA5);
  }

  public Assembler cmpsb() {
    return plain("cmpsb", 0xA6);
  }

  public Assembler cmpsw() {
    return sized("cmpsw", 16, 0xA7);
  }

  public Assembler cmpsd() {
    return sized("cmpsd", 32, 0xA7);
  }

  public Assembler stosb() {
    return plain("stosb", 0xAA);
  }

  public Assembler stosw() {
    return sized("stosw", 16, 0xAB);
  }

  public Assembler stosd() {
    return sized("stosd", 32, 0xAB);
  }

  public Assembler lodsb() {
    return plain("lodsb", 0xAC);
  }

  public Assembler lodsw() {
    return sized("lodsw", 16, 0xAD);
  }

  public Assembler lodsd() {
    return sized("lodsd", 32, 0xAD);
  }

  public Assembler scasb() {
    return plain("scasb", 0xAE);
  }

  public Assembler scasw() {
    return sized("scasw", 16, 0xAF);
  }

  public Assembler scasd() {
    return sized("scasd", 32, 0xAF);
  }

  public Assembler xlat() {
    return plain("xlat", 0xD7);
  }

  // --- flags and the rest ----------------------------------------------------------------------

  public Assembler nop() {
    return plain("nop", 0x90);
  }

  public Assembler sahf() {
    return plain("sahf", 0x9E);
  }

  public Assembler lahf() {
    return plain("lahf", 0x9F);
  }

  public Assembler salc() {
    return plain("salc", 0xD6);
  }

  public Assembler cmc() {
    return plain("cmc", 0xF5);
  }

  public Assembler clc() {
    return plain("clc", 0xF8);
  }

  public Assembler stc() {
    return plain("stc", 0xF9);
  }

  public Assembler cld() {
    return plain("cld", 0xFC);
  }

  public Assembler std() {
    return plain("std", 0xFD);
  }

  public Assembler ud2() {
    return plain("ud2", 0xF0B);
  }

  // --- operands --------------------------------------------------------------------------------

  /** An instruction whose opcode has bit 1 for its direction and bit 0 for its width. */
  private Assembler twoWay(String text, int size, int opcode, Operand to, Operand from) {
    final int wide = size == 8 ? 0 : 1;
    if (from instanceof Register register) {
      return modrm(text, size, opcode | wide, register.number, to);
    }
    if (to instanceof Register register) {
      return modrm(text, size, opcode | 2 | wide, register.number, from);
    }
    throw badOperands(text);
  }

  /** The width in bits that one of two operands tells. */
  static int size(Operand a, Operand b) {
    final int size = Math.max(sizeOf(a), sizeOf(b));
    if (size == 0) {
      throw new IllegalArgumentException("operands without a width: " + a + ", " + b);
    }
    return size;
  }

  private static int sizeOf(Operand operand) {
    return switch (operand) {
      case Register register -> register.size;
      case Memory memory -> memory.size;
      case Immediate constant -> 0;
    };
  }

  int sizeOrDefault(Operand operand) {
    final int size = sizeOf(operand);
    return size == 0 ? bits() : size;
  }

  static void requireCl(Register register) {
    if (register != Register.CL) {
      throw new IllegalArgumentException("a count is a number or cl, not " + register);
    }
  }

  static IllegalArgumentException badOperands(String text) {
    return new IllegalArgumentException("no such operands: " + text);
  }
}
