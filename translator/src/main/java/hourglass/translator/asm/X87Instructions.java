package hourglass.translator.asm;

import hourglass.translator.asm.Register.Kind;

/**
 * The x87 instructions. Register operands are ST0 to ST7; the width of a memory operand (16, 32, 64
 * or 80) chooses the format.
 */
abstract class X87Instructions extends SystemInstructions {
  X87Instructions(int origin) {
    super(origin);
  }

  // --- arithmetic ------------------------------------------------------------------------------

  public Assembler fadd(Memory from) {
    return real("fadd " + from, 0, from);
  }

  public Assembler fadd(Register to, Register from) {
    return arithmetic("fadd", 0, to, from);
  }

  public Assembler faddp(Register to) {
    return stack("faddp " + to + ", st0", 0xDE, 0, to);
  }

  public Assembler fiadd(Memory from) {
    return integer("fiadd " + from, 0, from);
  }

  public Assembler fmul(Memory from) {
    return real("fmul " + from, 1, from);
  }

  public Assembler fmul(Register to, Register from) {
    return arithmetic("fmul", 1, to, from);
  }

  public Assembler fmulp(Register to) {
    return stack("fmulp " + to + ", st0", 0xDE, 1, to);
  }

  public Assembler fimul(Memory from) {
    return integer("fimul " + from, 1, from);
  }

  public Assembler fcom(Memory from) {
    return real("fcom " + from, 2, from);
  }

  public Assembler fcom(Register with) {
    return stack("fcom " + with, 0xD8, 2, with);
  }

  public Assembler ficom(Memory from) {
    return integer("ficom " + from, 2, from);
  }

  public Assembler fcomp(Memory from) {
    return real("fcomp " + from, 3, from);
  }

  public Assembler fcomp(Register with) {
    return stack("fcomp " + with, 0xD8, 3, with);
  }

  public Assembler ficomp(Memory from) {
    return integer("ficomp " + from, 3, from);
  }

  public Assembler fsub(Memory from) {
    return real("fsub " + from, 4, from);
  }

  public Assembler fsub(Register to, Register from) {
    return arithmetic("fsub", 4, to, from);
  }

  public Assembler fsubp(Register to) {
    return stack("fsubp " + to + ", st0", 0xDE, 5, to);
  }

  public Assembler fisub(Memory from) {
    return integer("fisub " + from, 4, from);
  }

  public Assembler fsubr(Memory from) {
    return real("fsubr " + from, 5, from);
  }

  public Assembler fsubr(Register to, Register from) {
    return arithmetic("fsubr", 5, to, from);
  }

  public Assembler fsubrp(Register to) {
    return stack("fsubrp " + to + ", st0", 0xDE, 4, to);
  }

  public Assembler fisubr(Memory from) {
    return integer("fisubr " + from, 5, from);
  }

  public Assembler fdiv(Memory from) {
    return real("fdiv " + from, 6, from);
  }

  public Assembler fdiv(Register to, Register from) {
    return arithmetic("fdiv", 6, to, from);
  }

  public Assembler fdivp(Register to) {
    return stack("fdivp " + to + ", st0", 0xDE, 7, to);
  }

  public Assembler fidiv(Memory from) {
    return integer("fidiv " + from, 6, from);
  }

  public Assembler fdivr(Memory from) {
    return real("fdivr " + from, 7, from);
  }

  public Assembler fdivr(Register to, Register from) {
    return arithmetic("fdivr", 7, to, from);
  }

  public Assembler fdivrp(Register to) {
    return stack("fdivrp " + to + ", st0", 0xDE, 6, to);
  }

  public Assembler fidivr(Memory from) {
    return integer("fidivr " + from, 7, from);
  }

  private Assembler arithmetic(String name, int which, Register to, Register from) {
    final String text = name + " " + to + ", " + from;
    if (to == Register.ST0) {
      return stack(text, 0xD8, which, from);
    }
    if (from != Register.ST0) {
      throw badOperands(text);
    }
    return stack(
        text, 0xDC, which < 4 ? which : which ^ 1, to); // SUB and SUBR, DIV and DIVR change places
  }

  private Assembler real(String text, int which, Memory from) {
    return modrm(text, 0, x87Opcode(text, from, 32, 0xD8, 64, 0xDC), which, from);
  }

  private Assembler integer(String text, int which, Memory from) {
    return modrm(text, 0, x87Opcode(text, from, 32, 0xDA, 16, 0xDE), which, from);
  }

  private static int x87Opcode(
      String text, Memory m, int size, int opcode, int size2, int opcode2) {
    if (m.size == size) {
      return opcode;
    }
    if (m.size == size2) {
      return opcode2;
    }
    throw badOperands(text);
  }

  private Assembler stack(String text, int opcode, int which, Register register) {
    if (register.kind != Kind.X87) {
      throw badOperands(text);
    }
    return modrm(text, 0, opcode, which, register);
  }

  // --- loads and stores ------------------------------------------------------------------------

  public Assembler fld(Memory from) {
    return from.size == 80
        ? modrm("fld " + from, 0, 0xDB, 5, from)
        : modrm("fld " + from, 0, x87Opcode("fld " + from, from, 32, 0xD9, 64, 0xDD), 0, from);
  }

  public Assembler fst(Memory to) {
    return modrm("fst " + to, 0, x87Opcode("fst " + to, to, 32, 0xD9, 64, 0xDD), 2, to);
  }

  public Assembler fstp(Memory to) {
    return to.size == 80
        ? modrm("fstp " + to, 0, 0xDB, 7, to)
        : modrm("fstp " + to, 0, x87Opcode("fstp " + to, to, 32, 0xD9, 64, 0xDD), 3, to);
  }

  public Assembler fild(Memory from) {
    return from.size == 64
        ? modrm("fild " + from, 0, 0xDF, 5, from)
        : modrm("fild " + from, 0, x87Opcode("fild " + from, from, 32, 0xDB, 16, 0xDF), 0, from);
  }

  public Assembler fist(Memory to) {
    return modrm("fist " + to, 0, x87Opcode("fist " + to, to, 32, 0xDB, 16, 0xDF), 2, to);
  }

  public Assembler fistp(Memory to) {
    return to.size == 64
        ? modrm("fistp " + to, 0, 0xDF, 7, to)
        : modrm("fistp " + to, 0, x87Opcode("fistp " + to, to, 32, 0xDB, 16, 0xDF), 3, to);
  }

  public Assembler fbld(Memory from) {
    return modrm("fbld " + from, 0, 0xDF, 4, from);
  }

  public Assembler fbstp(Memory to) {
    return modrm("fbstp " + to, 0, 0xDF, 6, to);
  }

  public Assembler fldenv(Memory from) {
    return modrm("fldenv " + from, 0, 0xD9, 4, from);
  }

  public Assembler fldcw(Memory from) {
    return modrm("fldcw " + from, 0, 0xD9, 5, from);
  }

  public Assembler fnstenv(Memory to) {
    return modrm("fnstenv " + to, 0, 0xD9, 6, to);
  }

  public Assembler fnstcw(Memory to) {
    return modrm("fnstcw " + to, 0, 0xD9, 7, to);
  }

  public Assembler frstor(Memory from) {
    return modrm("frstor " + from, 0, 0xDD, 4, from);
  }

  public Assembler fnsave(Memory to) {
    return modrm("fnsave " + to, 0, 0xDD, 6, to);
  }

  public Assembler fxsave(Memory to) {
    return modrm("fxsave " + to, 0, 0xFAE, 0, to);
  }

  public Assembler fxrstor(Memory from) {
    return modrm("fxrstor " + from, 0, 0xFAE, 1, from);
  }

  /** Stores the status word in AX or memory. */
  public Assembler fnstsw(Operand to) {
    return to == Register.AX ? plain("fnstsw ax", 0xDFE0) : modrm("fnstsw " + to, 0, 0xDD, 7, to);
  }

  // --- the register stack ----------------------------------------------------------------------

  public Assembler fld(Register register) {
    return stack("fld " + register, 0xD9, 0, register);
  }

  public Assembler fxch(Register register) {
    return stack("fxch " + register, 0xD9, 1, register);
  }

  public Assembler ffree(Register register) {
    return stack("ffree " + register, 0xDD, 0, register);
  }

  public Assembler ffreep(Register register) {
    return stack("ffreep " + register, 0xDF, 0, register);
  }

  public Assembler fst(Register register) {
    return stack("fst " + register, 0xDD, 2, register);
  }

  public Assembler fstp(Register register) {
    return stack("fstp " + register, 0xDD, 3, register);
  }

  public Assembler fucom(Register register) {
    return stack("fucom " + register, 0xDD, 4, register);
  }

  public Assembler fucomp(Register register) {
    return stack("fucomp " + register, 0xDD, 5, register);
  }

  public Assembler fcomi(Register register) {
    return stack("fcomi " + register, 0xDB, 6, register);
  }

  public Assembler fcomip(Register register) {
    return stack("fcomip " + register, 0xDF, 6, register);
  }

  public Assembler fucomi(Register register) {
    return stack("fucomi " + register, 0xDB, 5, register);
  }

  public Assembler fucomip(Register register) {
    return stack("fucomip " + register, 0xDF, 5, register);
  }

  public Assembler fcmovb(Register register) {
    return stack("fcmovb " + register, 0xDA, 0, register);
  }

  public Assembler fcmove(Register register) {
    return stack("fcmove " + register, 0xDA, 1, register);
  }

  public Assembler fcmovbe(Register register) {
    return stack("fcmovbe " + register, 0xDA, 2, register);
  }

  public Assembler fcmovu(Register register) {
    return stack("fcmovu " + register, 0xDA, 3, register);
  }

  public Assembler fcmovnb(Register register) {
    return stack("fcmovnb " + register, 0xDB, 0, register);
  }

  public Assembler fcmovne(Register register) {
    return stack("fcmovne " + register, 0xDB, 1, register);
  }

  public Assembler fcmovnbe(Register register) {
    return stack("fcmovnbe " + register, 0xDB, 2, register);
  }

  public Assembler fcmovnu(Register register) {
    return stack("fcmovnu " + register, 0xDB, 3, register);
  }

  // --- without operands ------------------------------------------------------------------------

  public Assembler fnop() {
    return plain("fnop", 0xD9D0);
  }

  public Assembler fchs() {
    return plain("fchs", 0xD9E0);
  }

  public Assembler fabs() {
    return plain("fabs", 0xD9E1);
  }

  public Assembler ftst() {
    return plain("ftst", 0xD9E4);
  }

  public Assembler fxam() {
    return plain("fxam", 0xD9E5);
  }

  public Assembler fld1() {
    return plain("fld1", 0xD9E8);
  }

  public Assembler fldl2t() {
    return plain("fldl2t", 0xD9E9);
  }

  public Assembler fldl2e() {
    return plain("fldl2e", 0xD9EA);
  }

  public Assembler fldpi() {
    return plain("fldpi", 0xD9EB);
  }

  public Assembler fldlg2() {
    return plain("fldlg2", 0xD9EC);
  }

  public Assembler fldln2() {
    return plain("fldln2", 0xD9ED);
  }

  public Assembler fldz() {
    return plain("fldz", 0xD9EE);
  }

  public Assembler f2xm1() {
    return plain("f2xm1", 0xD9F0);
  }

  public Assembler fyl2x() {
    return plain("fyl2x", 0xD9F1);
  }

  public Assembler fptan() {
    return plain("fptan", 0xD9F2);
  }

  public Assembler fpatan() {
    return plain("fpatan", 0xD9F3);
  }

  public Assembler fxtract() {
    return plain("fxtract", 0xD9F4);
  }

  public Assembler fprem1() {
    return plain("fprem1", 0xD9F5);
  }

  public Assembler fdecstp() {
    return plain("fdecstp", 0xD9F6);
  }

  public Assembler fincstp() {
    return plain("fincstp", 0xD9F7);
  }

  public Assembler fprem() {
    return plain("fprem", 0xD9F8);
  }

  public Assembler fyl2xp1() {
    return plain("fyl2xp1", 0xD9F9);
  }

  public Assembler fsqrt() {
    return plain("fsqrt", 0xD9FA);
  }

  public Assembler fsincos() {
    return plain("fsincos", 0xD9FB);
  }

  public Assembler frndint() {
    return plain("frndint", 0xD9FC);
  }

  public Assembler fscale() {
    return plain("fscale", 0xD9FD);
  }

  public Assembler fsin() {
    return plain("fsin", 0xD9FE);
  }

  public Assembler fcos() {
    return plain("fcos", 0xD9FF);
  }

  public Assembler fcompp() {
    return plain("fcompp", 0xDED9);
  }

  public Assembler fucompp() {
    return plain("fucompp", 0xDAE9);
  }

  public Assembler fnclex() {
    return plain("fnclex", 0xDBE2);
  }

  public Assembler fninit() {
    return plain("fninit", 0xDBE3);
  }

  public Assembler fwait() {
    return plain("fwait", 0x9B);
  }
}
