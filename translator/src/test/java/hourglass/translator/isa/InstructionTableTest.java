package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstructionTableTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void encodingsOfAFormDecodeToIt(boolean code32) {
    final EncodingGenerator generator = new EncodingGenerator(new Random(8086));
    for (final Encoding encoding : InstructionTable.allEncodings()) {
      for (int i = 0; i < 20; i++) {
        final byte[] code = generator.prefixed(encoding, code32);
        final Instruction insn = Decoder.decode(code, 0, code.length, code32);
        assertEquals(encoding.form, insn.form, () -> HexFormat.of().formatHex(code));
        assertEquals(code.length, insn.length, () -> HexFormat.of().formatHex(code));
      }
    }
  }

  @Test
  void everyMnemonicHasAForm() {
    final Set<Mnemonic> missing = EnumSet.allOf(Mnemonic.class);
    missing.removeAll(EnumSet.of(Mnemonic.INVALID, Mnemonic.TOO_LONG, Mnemonic.INCOMPLETE));
    InstructionTable.forms().forEach(form -> missing.remove(form.mnemonic()));
    assertEquals(Set.of(), missing);
  }

  @Test
  void noRowStandsTwice() {
    final Set<String> seen = new HashSet<>();
    for (final Form form : InstructionTable.forms()) {
      assertTrue(
          seen.add(form.encoding() + form.operands()), () -> form.encoding() + " stands twice");
    }
  }

  @Test
  void immediatesInTheEncodingAreThoseOfTheOperands() {
    for (final Form form : InstructionTable.forms()) {
      final String written =
          Arrays.stream(form.encoding().split(" "))
              .filter(word -> word.matches("[a-z][a-z]"))
              .collect(Collectors.joining(" "));
      final String needed =
          form.operands().stream()
              .map(kind ->
                  switch (kind) {
                    case IMM8, IMM8_SX, IMM8_SECOND -> "ib";
                    case IMM16 -> "iw";
                    case IMMV -> "iv";
                    case REL8 -> "cb";
                    case RELV -> "cv";
                    case PTR_FAR -> "cp";
                    case MOFFS8, MOFFSV -> "mo";
                    default -> "";
                  })
              .filter(word -> !word.isEmpty())
              .collect(Collectors.joining(" "));
      assertEquals(needed, written, form::encoding);
    }
  }

  @Test
  void aFlagIsEitherWrittenOrUndefined() {
    for (final Form form : InstructionTable.forms()) {
      assertEquals(0, form.flagsWritten() & form.flagsUndefined(), form::toString);
    }
  }
}
