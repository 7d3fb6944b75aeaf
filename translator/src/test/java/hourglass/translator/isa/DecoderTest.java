package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.cpu.Flags;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
  private static Instruction decode32(String hex) {
    final byte[] code = HexFormat.of().parseHex(hex);
    return Decoder.decode(code, 0, code.length, true);
  }

  @Test
  void fifteenBytesAreNotTooLong() {
    assertEquals(Mnemonic.NOP, decode32("66".repeat(14) + "90").mnemonic);
    assertEquals(15, decode32("66".repeat(14) + "90").length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"90", "0500000000", "8b00", "f0"})
  void sixteenBytesAreTooLong(String rest) {
    assertEquals(Mnemonic.TOO_LONG, decode32("2e".repeat(15) + rest).mnemonic);
  }

  @Test
  void bytesBeyondTheLimitAreNotRead() {
    final byte[] code = HexFormat.of().parseHex("90b878563412");
    for (int limit = 1; limit < 6; limit++) {
      assertEquals(Mnemonic.INCOMPLETE, Decoder.decode(code, 1, limit, true).mnemonic);
    }
    assertEquals(0x1234_5678, Decoder.decode(code, 1, 6, true).immediate);
  }

  @ParameterizedTest
  @CsvSource({
    "f00100, ADD", "f0ff00, INC", "f08700, XCHG", "f00fc708, CMPXCHG8B", "f00fab00, BTS",
    "f001c0, INVALID", "f00300, INVALID", "f03900, INVALID", "f08900, INVALID", "f090, INVALID",
    "f00fa300, INVALID", "f0a4, INVALID"
  })
  void lockNeedsAMemoryDestinationThatIsReadAndWritten(String hex, Mnemonic expected) {
    final Instruction insn = decode32(hex);
    assertEquals(expected, insn.mnemonic);
    assertEquals(expected != Mnemonic.INVALID, insn.lock);
    assertEquals(hex.length() / 2, insn.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0f05", "0f01c1", "8dc0", "62c0", "c4c0", "c5c0", "8ec8", "8ef0", "8cf0", "0f20c8",
        "0f22e8", "8fc8", "c6c800", "fed0", "ff38", "fff8", "ffd8", "ffe8", "0fc7c8", "0f24c0",
        "d9d1", "d908", "0f38f000", "0f01c8", "660f3a44c000", "0f0ec0", "660fae18"
      })
  void whatThisProcessorLacksIsInvalid(String hex) {
    assertEquals(Mnemonic.INVALID, decode32(hex).mnemonic);
  }

  @Test
  void theLastSegmentOverrideCounts() {
    assertEquals(4, decode32("2e26648b00").segment);
    assertEquals(0, decode32("2e64268b00").segment);
  }

  @Test
  void addressesOnTheStackPointersAreInTheStackSegment() {
    assertEquals(2, decode32("8b4500").segment);
    assertEquals(2, decode32("8b0424").segment);
    assertEquals(3, decode32("8b042d00000000").segment); // EBP as index only
    assertEquals(3, decode32("8b00").segment);
    assertEquals(2, decode32("678b4200").segment); // BP+SI
  }

  @Test
  void stringsAndXlatReadFromTheOverriddenSegment() {
    assertEquals(3, decode32("a4").segment);
    assertEquals(0, decode32("26a4").segment);
    assertEquals(5, decode32("656f").segment);
    assertEquals(1, decode32("2ed7").segment);
  }

  @Test
  void repeatBelongsToStringsOnly() {
    assertEquals(Instruction.REPEAT, decode32("f3a5").repeat);
    assertEquals(Instruction.REPEAT_NOT_EQUAL, decode32("f3f2a5").repeat);
    assertEquals(Instruction.NO_REPEAT, decode32("f3c3").repeat);
    assertEquals(Instruction.NO_REPEAT, decode32("f390").repeat);
  }

  @Test
  void conditionsNameTheFlagsTheyRead() {
    assertEquals(Flags.ZF, decode32("7400").flagsRead());
    assertEquals(Flags.CF | Flags.ZF, decode32("0f8700000000").flagsRead());
    assertEquals(Flags.SF | Flags.OF, decode32("0f9cc0").flagsRead());
    assertEquals(Flags.PF, decode32("0f4bc0").flagsRead());
  }

  @Test
  void onlyASureWriteKillsFlags() {
    assertEquals(Flags.ARITHMETIC, decode32("01c0").flagsKilled());
    assertEquals(Flags.ARITHMETIC & ~Flags.CF, decode32("40").flagsKilled());
    assertEquals(Flags.ARITHMETIC, decode32("c1e003").flagsKilled());
    assertEquals(Flags.CF | Flags.OF, decode32("c1c003").flagsKilled());
    assertEquals(Flags.ARITHMETIC, decode32("d1e0").flagsKilled());
    assertEquals(0, decode32("c1e020").flagsKilled(), "a count of 32 shifts by nothing");
    assertEquals(0, decode32("d3e0").flagsKilled(), "CL may be 0");
    assertEquals(0, decode32("0fa5c8").flagsKilled(), "CL may be 0");
    assertEquals(Flags.ARITHMETIC, decode32("a6").flagsKilled());
    assertEquals(0, decode32("f3a6").flagsKilled(), "ECX may be 0");
  }

  @Test
  void onlyForcedRegisterFormsIgnoreMod() {
    final Instruction fromControl = decode32("0f2018");
    assertFalse(fromControl.memory);
    assertEquals(3, fromControl.reg);
    assertEquals(0, fromControl.rm);
    assertEquals(3, fromControl.length);
    assertTrue(decode32("8b18").memory);
  }
}
