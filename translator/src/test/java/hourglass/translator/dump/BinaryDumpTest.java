package hourglass.translator.dump;

import static hourglass.translator.asm.Register.EAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.asm.Assembler;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Syntax;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a raw binary is found and shown. */
class BinaryDumpTest {
  private static final int FLAT_32 =
      CpuState.MODE_CODE32 | CpuState.MODE_STACK32 | CpuState.MODE_FLAT;

  private static String assembly(Assembler code, int base) {
    return BinaryDump.text(code.bytes(), base, FLAT_32, EnumSet.of(View.ASM), Syntax.INTEL);
  }

  /** The instructions of all regions, without their numbers. */
  private static List<String> instructions(String text) {
    return text.lines()
        .filter(line -> line.matches(" +\\d+  [0-9a-f]{8}  .*"))
        .map(line -> line.replaceFirst(" +\\d+  ", ""))
        .toList();
  }

  @Test
  void callsAreFollowedAndTheCodeBehindThem() {
    final Assembler code =
        new Assembler(0x1000).call("f").hlt().label("end").jmpShort("end").label("f").ret();
    assertEquals(
        List.of(
            "00001000  call   0x1008", "00001005  hlt", "00001006  jmp    0x1006", "00001008  ret"),
        instructions(assembly(code, 0x1000)));
  }

  @Test
  void jumpsIntoOtherPagesAreFollowed() {
    final Assembler code = new Assembler(0x1FF0).jmp("far").org(0x3000).label("far").dec(EAX).ret();
    final String text = assembly(code, 0x1FF0);
    assertEquals(
        List.of("00001ff0  jmp    0x3000", "00003000  dec    eax", "00003001  ret"),
        instructions(text));
    assertTrue(text.contains("not reached  00001ff5 to 00002fff, 4107 bytes\n"), text);
  }

  @Test
  void anInstructionAcrossAPagesEndIsShownAsInterpreted() {
    final Assembler code = new Assembler(0x1FFD).nop().mov(EAX, 0x12345678).ret();
    final String text = assembly(code, 0x1FFD);
    assertTrue(
        text.contains("interpreted  00001ffe  mov    eax,0x12345678: crosses the end of a page\n"),
        text);
    assertTrue(instructions(text).contains("00002003  ret"), text);
  }

  @Test
  void codeThatRunsOutOfTheFileEndsThere() {
    final Assembler code = new Assembler(0x1000).nop().db(0xB8, 1);
    final String text = assembly(code, 0x1000);
    assertEquals(List.of("00001000  nop"), instructions(text));
    assertTrue(text.contains("00001001  (bad): goes on behind the end of the file\n"), text);
  }

  @Test
  void whatIsNoInstructionIsSaidToBeNone() {
    final Assembler code = new Assembler(0x1000).db(0x0F, 0x0A, 0x90, 0x90);
    assertTrue(assembly(code, 0x1000).contains(": is no instruction\n"));
  }

  @Test
  void onlyTheViewsAskedForAreShown() {
    final byte[] code = new Assembler(0).inc(EAX).ret().bytes();
    final String ir = BinaryDump.text(code, 0, FLAT_32, EnumSet.of(View.IR), Syntax.ATT);
    assertTrue(ir.contains("-- IR --"), ir);
    assertTrue(ir.contains("; inc    %eax"), ir);
    assertFalse(ir.contains("-- guest code --"), ir);
    assertFalse(ir.contains("-- bytecode --"), ir);
  }

  @Test
  void branchesBeforeTheFirstByteAreExits() {
    final Assembler code = new Assembler(0x1002).db(0x74, 0xF0).ret();
    final String text = assembly(code, 0x1002);
    assertTrue(text.contains("exit 0    00000ff4\n"), text);
    assertEquals(2, instructions(text).size(), text);
  }
}
