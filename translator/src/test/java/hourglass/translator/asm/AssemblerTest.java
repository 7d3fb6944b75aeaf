package hourglass.translator.asm;

import static hourglass.translator.asm.Immediate.address;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BP;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.CL;
import static hourglass.translator.asm.Register.CR0;
import static hourglass.translator.asm.Register.DS;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.FS;
import static hourglass.translator.asm.Register.SI;
import static hourglass.translator.asm.Register.ST0;
import static hourglass.translator.asm.Register.ST3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Encodings, each as the Intel SDM, volume 2, gives it. */
class AssemblerTest {
  private static void assert32(String expected, Consumer<Assembler> code) {
    assertCode(expected, new Assembler(0x1000), code);
  }

  private static void assert16(String expected, Consumer<Assembler> code) {
    assertCode(expected, new Assembler(0x1000).bits16(), code);
  }

  private static void assertCode(String expected, Assembler asm, Consumer<Assembler> code) {
    code.accept(asm);
    assertEquals(expected, HexFormat.ofDelimiter(" ").formatHex(asm.bytes()), asm::listing);
  }

  @Test
  void operandSizePrefixFollowsTheCodeSegment() {
    assert32("b8 05 00 00 00", asm -> asm.mov(EAX, 5));
    assert32("66 b8 05 00", asm -> asm.mov(AX, 5));
    assert16("b8 05 00", asm -> asm.mov(AX, 5));
    assert16("66 b8 05 00 00 00", asm -> asm.mov(EAX, 5));
  }

  @Test
  void memoryOperandsTakeTheShortestDisplacement() {
    assert32("8b 03", asm -> asm.mov(EAX, mem(EBX)));
    assert32("8b 43 7f", asm -> asm.mov(EAX, mem(EBX).disp(0x7F)));
    assert32("8b 83 80 00 00 00", asm -> asm.mov(EAX, mem(EBX).disp(0x80)));
    assert32("8b 43 80", asm -> asm.mov(EAX, mem(EBX).disp(-128)));
    assert32("8b 05 78 56 34 12", asm -> asm.mov(EAX, mem(0x1234_5678)));
  }

  @Test
  void ebpAndEspAreSpecialAsBases() {
    assert32("8b 45 00", asm -> asm.mov(EAX, mem(EBP)));
    assert32("8b 04 24", asm -> asm.mov(EAX, mem(ESP)));
    assert32("8b 44 cd 00", asm -> asm.mov(EAX, mem(EBP).plus(ECX, 8)));
    assert32("8b 04 8d 10 00 00 00", asm -> asm.mov(EAX, mem(0x10).plus(ECX, 4)));
  }

  @Test
  void sixteenBitAddressesHaveTheirOwnForms() {
    assert16("89 10", asm -> asm.mov(mem(BX).plus(SI), DX));
    assert16("8b 46 00", asm -> asm.mov(AX, mem(BP)));
    assert16("8b 84 00 02", asm -> asm.mov(AX, mem(SI).disp(0x200)));
    assert16("8b 06 34 12", asm -> asm.mov(AX, mem(0x1234)));
    assert32("67 8b 07", asm -> asm.mov(EAX, mem(BX)));
    assert16("67 66 8b 03", asm -> asm.mov(EAX, mem(EBX)));
  }

  @Test
  void segmentOverridesAndPrefixesPrecedeTheOpcode() {
    assert32("64 8a 03", asm -> asm.mov(AL, mem(EBX).in(FS)));
    assert32("f0 01 03", asm -> asm.lock().add(mem(EBX), EAX));
    assert32("f3 66 a5", asm -> asm.rep().movsw());
    assert32("64 ac", asm -> asm.segment(FS).lodsb());
  }

  @Test
  void arithmeticTakesTheShortestImmediate() {
    assert32("83 c3 05", asm -> asm.add(EBX, 5));
    assert32("81 c3 00 10 00 00", asm -> asm.add(EBX, 0x1000));
    assert32("05 00 10 00 00", asm -> asm.add(EAX, 0x1000));
    assert32("80 2b 07", asm -> asm.sub(mem(EBX).as8(), 7));
    assert32("66 83 3b ff", asm -> asm.cmp(mem(EBX).as16(), -1));
  }

  @Test
  void oneOfEachKindOfInstruction() {
    assert32("0f b6 c1", asm -> asm.movzx(EAX, CL));
    assert32("8e d8", asm -> asm.mov(DS, AX));
    assert32("0f 22 c0", asm -> asm.mov(CR0, EAX));
    assert32("d1 f8", asm -> asm.sar(EAX, 1));
    assert32("0f a4 03 04", asm -> asm.shld(mem(EBX), EAX, 4));
    assert32("0f ba 2b 1f", asm -> asm.bts(mem(EBX).as32(), 31));
    assert32("6b c1 0a", asm -> asm.imul(EAX, ECX, 10));
    assert32("0f 95 c0", asm -> asm.setcc(Condition.NE, AL));
    assert32("c8 10 00 01", asm -> asm.enter(16, 1));
    assert32("cd 80", asm -> asm.intN(0x80));
    assert32("e6 f4", asm -> asm.out(0xF4, AL));
    assert32("0f 01 1e", asm -> asm.lidt(mem(ESI)));
    assert16("66 ea 00 20 00 00 08 00", asm -> asm.jmpFar(32, 8, Immediate.imm(0x2000)));
  }

  @Test
  void x87RegisterFormsReverseWithTheDestination() {
    assert32("d8 e3", asm -> asm.fsub(ST0, ST3));
    assert32("dc eb", asm -> asm.fsub(ST3, ST0));
    assert32("dc e3", asm -> asm.fsubr(ST3, ST0));
    assert32("de eb", asm -> asm.fsubp(ST3));
    assert32("de fb", asm -> asm.fdivp(ST3));
    assert32("db 2b", asm -> asm.fld(mem(EBX).as80()));
    assert32("df 2b", asm -> asm.fild(mem(EBX).as64()));
    assert32("df e0", asm -> asm.fnstsw(AX));
  }

  @Test
  void backwardBranchesAreShortAndForwardOnesNear() {
    assert32("90 eb fd", asm -> asm.label("a").nop().jmp("a"));
    assert32("e9 01 00 00 00 90", asm -> asm.jmp("a").nop().label("a"));
    assert32("75 01 90", asm -> asm.jccShort(Condition.NE, "a").nop().label("a"));
    assert16("0f 84 01 00 90", asm -> asm.jcc(Condition.E, "a").nop().label("a"));
    assert16("e8 fd ff", asm -> asm.label("a").call("a"));
  }

  @Test
  void labelsAreAddressesInImmediatesAndDisplacements() {
    assert32("b8 05 10 00 00", asm -> asm.mov(EAX, address("end")).label("end"));
    assert32("8b 04 8d 07 10 00 00", asm -> asm.mov(EAX, mem("end").plus(ECX, 4)).label("end"));
    assert32("04 10 00 00", asm -> asm.dd("end").label("end"));
  }

  @Test
  void dataAndAlignment() {
    assert32("01 02 90 90 34 12 78 56 34 12", a -> a.db(1, 2).align(4).dw(0x1234).dd(0x1234_5678));
    assert32("01 00 00 02", asm -> asm.db(1).org(0x1003).db(2));
  }

  @Test
  void listingShowsAddressBytesAndSourceAndMarksTheAddress() {
    final Assembler asm =
        new Assembler(0x1000).label("start").mov(EAX, mem(EBX).plus(ECX, 4).disp(8)).jmp("start");
    final String expected =
        """
                                              start:
           00001000  8b 44 8b 08                mov eax, [ebx+ecx*4+8]
        => 00001004  eb fa                      jmp short start
        """;
    assertEquals(expected, asm.listing(0x1004, 16));
  }

  @Test
  void mistakesAreReported() {
    final Assembler asm = new Assembler(0);
    assertThrows(IllegalArgumentException.class, () -> asm.mov(mem(EBX), 5), "no width");
    assertThrows(IllegalArgumentException.class, () -> asm.mov(mem(EBX), mem(ECX)));
    assertThrows(IllegalStateException.class, () -> new Assembler(0).jmp("nowhere").bytes());
    assertThrows(IllegalStateException.class, () -> new Assembler(0).label("a").label("a"));
  }
}
