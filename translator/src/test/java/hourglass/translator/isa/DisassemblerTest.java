package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisassemblerTest {
  private static final int ENCODINGS_PER_FORM = 40;

  /** objdump writes these as what later processors made of them, or as {@code (bad)}. */
  private static final Set<String> WRITTEN_OTHERWISE =
      Set.of(
          "D6",
          "0F 0D /r",
          "0F 1A /r",
          "0F 1B /r",
          "0F 1C /r",
          "D9 D8+i",
          "DC D0+i",
          "DC D8+i",
          "DD C8+i",
          "DE D0+i",
          "DF C8+i",
          "DF D0+i",
          "DF D8+i",
          "NP 0F AE E8+i",
          "NP 0F AE F0+i",
          "NP 0F AE F8+i");

  @ParameterizedTest
  @CsvSource({"INTEL, true", "INTEL, false", "ATT, true", "ATT, false"})
  void writesEveryFormAsObjdumpDoes(Syntax syntax, boolean code32) throws IOException {
    assumeTrue(Objdump.isInstalled(), "objdump 2.40 is not installed");
    final EncodingGenerator generator = new EncodingGenerator(new Random(386));
    final List<byte[]> encodings = new ArrayList<>();
    for (final Encoding encoding : InstructionTable.allEncodings()) {
      if (!WRITTEN_OTHERWISE.contains(encoding.form.encoding())) {
        for (int i = 0; i < ENCODINGS_PER_FORM; i++) {
          encodings.add(generator.prefixed(encoding, code32));
        }
      }
    }
    if (Boolean.getBoolean("hourglass.counts")) {
      System.out.printf(
          "%s, %d bits: %,d encodings of %,d forms, %d forms left out%n",
          syntax,
          code32 ? 32 : 16,
          encodings.size(),
          encodings.size() / ENCODINGS_PER_FORM,
          InstructionTable.allEncodings().size() - encodings.size() / ENCODINGS_PER_FORM);
    }
    final List<Objdump.Line> expected = Objdump.disassemble(encodings, syntax, code32);
    final Disassembler disassembler = new Disassembler(syntax);
    final List<String> wrong = new ArrayList<>();
    for (int i = 0; i < encodings.size(); i++) {
      final byte[] code = encodings.get(i);
      final Instruction insn = Decoder.decode(code, 0, code.length, code32);
      final Objdump.Line actual =
          new Objdump.Line(disassembler.format(insn, i * Objdump.SLOT), insn.length);
      if (!actual.equals(expected.get(i))) {
        wrong.add(HexFormat.of().formatHex(code) + ": " + actual + ", objdump " + expected.get(i));
      }
    }
    assertEquals(
        0,
        wrong.size(),
        () ->
            "of "
                + encodings.size()
                + ":\n"
                + String.join("\n", wrong.subList(0, Math.min(60, wrong.size()))));
  }

  @Test
  void namesBranchTargets() {
    final byte[] call = {(byte) 0xE8, 0x0B, 0, 0, 0};
    final Disassembler disassembler =
        new Disassembler(
            Syntax.INTEL,
            address -> address == 0x1010 ? Optional.of("__switch_to_asm") : Optional.empty());
    assertEquals(
        "call   0x1010 <__switch_to_asm>",
        disassembler.format(Decoder.decode(call, 0, call.length, true), 0x1000));
    assertEquals(
        "call   0x2010", disassembler.format(Decoder.decode(call, 0, call.length, true), 0x2000));
  }

  @ParameterizedTest
  @CsvSource({
    "f3c3,           repz ret,                             repz ret",
    "3effe0,         notrack jmp eax,                      notrack jmp *%eax",
    "f2e800000000,   bnd call 0x6,                         bnd call 0x6",
    "2e7410,         cs je  0x13,                          'je,pn  0x13'",
    "3e7410,         ds je  0x13,                          'je,pt  0x13'",
    "67e200,         addr16 loop 0x3,                      loopw  0x3",
    "6666900000,     'data16 xchg ax,ax',                  'data16 xchg %ax,%ax'",
    "26a4,           'movs   BYTE PTR es:[edi],BYTE PTR es:[esi]', 'movsb  %es:(%esi),%es:(%edi)'",
    "f0f20100,       'lock xacquire add DWORD PTR [eax],eax',  'lock xacquire add %eax,(%eax)'",
    "f3f08700,       'xrelease lock xchg DWORD PTR [eax],eax', 'xrelease lock xchg %eax,(%eax)'",
    "6690,           'xchg   ax,ax',                       'xchg   %ax,%ax'",
    "66662e0f1f840000000000, 'data16 nop WORD PTR cs:[eax+eax*1+0x0]', 'data16 nopw"
        + " %cs:0x0(%eax,%eax,1)'",
    "8d742600,       'lea    esi,[esi+eiz*1+0x0]',         'lea    0x0(%esi,%eiz,1),%esi'",
    "0faee8,         lfence,                               lfence",
    "0faef0,         mfence,                               mfence",
    "0faef8,         sfence,                               sfence",
    "0fc2c109,       'cmpps  xmm0,xmm1,0x9',               'cmpps  $0x9,%xmm1,%xmm0'",
    "66f30f58c1,     'data16 addss xmm0,xmm1',             'data16 addss %xmm1,%xmm0'",
    "0f05,           (bad),                                (bad)"
  })
  void writesPrefixesThatMeanNothingAsWords(String hex, String intel, String att) {
    final byte[] code = HexFormat.of().parseHex(hex);
    final Instruction insn = Decoder.decode(code, 0, code.length, true);
    assertEquals(intel, new Disassembler(Syntax.INTEL).format(insn, 0));
    assertEquals(att, new Disassembler(Syntax.ATT).format(insn, 0));
  }
}
