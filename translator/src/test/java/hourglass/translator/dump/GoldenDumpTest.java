package hourglass.translator.dump;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.CL;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static hourglass.translator.asm.Register.FS;
import static hourglass.translator.asm.Register.SI;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.isa.Syntax;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whole dumps of a few pieces of code, to be read when the translator changes. Where a change is
 * meant, copy the new text from {@code target/golden} over the old one.
 */
class GoldenDumpTest {
  private static final int FLAT_32 =
      CpuState.MODE_CODE32 | CpuState.MODE_STACK32 | CpuState.MODE_FLAT;

  private static void check(String name, Assembler code, int base, int modeKey, Set<View> views)
      throws IOException {
    final String actual = BinaryDump.text(code.bytes(), base, modeKey, views, Syntax.INTEL);
    final Path copy = Path.of("target", "golden", name + ".txt");
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, actual);
    try (InputStream in = GoldenDumpTest.class.getResourceAsStream(name + ".txt")) {
      final String expected =
          in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected, actual, "the new text is in " + copy);
    }
  }

  /** The loop stays inside the method; only the flags of its last instruction live. */
  @Test
  void aLoopThatSumsWords() throws IOException {
    final Assembler code =
        new Assembler(0x1000)
            .label("next")
            .add(EAX, mem(ESI))
            .add(ESI, 4)
            .dec(ECX)
            .jccShort(Condition.NE, "next")
            .ret();
    check("sum", code, 0x1000, FLAT_32, EnumSet.allOf(View.class));
  }

  /**
   * The kernel's switch from one process to another: the stack changes, nothing else is special.
   */
  @Test
  void aSwitchBetweenStacks() throws IOException {
    final Assembler code =
        new Assembler(0xC1000000)
            .push(EBP)
            .push(EBX)
            .push(EDI)
            .push(ESI)
            .mov(mem(EAX).disp(0x89C), ESP)
            .mov(ESP, mem(EDX).disp(0x89C))
            .mov(EBX, mem(EDX).disp(0x45C))
            .mov(mem(0x1000).in(FS), EBX)
            .pop(ESI)
            .pop(EDI)
            .pop(EBX)
            .pop(EBP)
            .ret();
    check("switch", code, 0xC1000000, FLAT_32, EnumSet.of(View.ASM, View.IR));
  }

  /** In real mode segments are checked, and offsets wrap at 64 KiB. */
  @Test
  void realModeCodeThatPrintsACharacter() throws IOException {
    final Assembler code =
        new Assembler(0x7C00).bits16().mov(AX, mem(SI)).shl(AX, CL).intN(0x10).ret();
    check("real", code, 0x7C00, 0, EnumSet.of(View.ASM, View.IR));
  }
}
