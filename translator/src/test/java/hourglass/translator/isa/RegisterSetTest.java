package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.cpu.CpuState;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RegisterSetTest {
  private static Instruction decode32(String hex) {
    final byte[] code = HexFormat.of().parseHex(hex);
    return Decoder.decode(code, 0, code.length, true);
  }

  private static void assertUse(String read, String written, String hex) {
    final Instruction insn = decode32(hex);
    assertEquals(read, insn.registersRead().toString(), hex);
    assertEquals(written, insn.registersWritten().toString(), hex);
  }

  @Test
  void partsOfGeneralRegistersAreToldApart() {
    assertUse("al", "ah", "88c4"); // mov ah,al
    assertUse("ax", "eax", "98"); // cwde
    assertUse("sp", "bp", "6689e5"); // mov bp,sp
    final RegisterSet both = RegisterSet.general(0, 8).with(RegisterSet.general(4, 8));
    assertEquals(RegisterSet.general(CpuState.EAX, 16), both);
    assertEquals("eax.upper", RegisterSet.general(CpuState.EAX, 32).without(both).toString());
  }

  @Test
  void addressesAreRead() {
    assertUse("eax esi gs", "ecx", "658b0c46"); // mov ecx,gs:[esi+eax*2]
    assertUse("bx di ds", "ecx", "678b09"); // mov ecx,[bx+di]
    assertUse("eax esi", "ecx", "8d0c46"); // lea ecx,[esi+eax*2]
    assertUse("ds", "eax", "a100100000"); // mov eax,[0x1000]
  }

  @Test
  void stringsMoveTheirRegistersAndMayNotBeDone() {
    assertUse("esi edi es ds", "esi edi", "a4");
    assertUse("ecx esi edi es ds", "ecx esi edi", "f3a4");
    assertUse("esi ds", "eax esi", "ad");
    assertUse("eax ecx esi ds", "eax ecx esi", "f3ad");
  }

  @Test
  void theStackIsReadAndWritten() {
    assertUse("esp ebp ss", "esp", "55"); // push ebp
    assertUse("esp ss", "eax ecx edx ebx esp ebp esi edi", "61"); // popa
  }

  @Test
  void x87RegistersCountFromTheTopBeforeAPush() {
    assertUse("st2", "st7", "d9c2"); // fld st2
    assertUse("st0 st1", "st1", "dec1"); // faddp st1,st0
    assertUse("-", "-", "ddc3"); // ffree st3
  }

  @Test
  void aSetTellsWhichGeneralRegistersItHasPartsOf() {
    final RegisterSet set = RegisterSet.general(7, 8).with(RegisterSet.general(CpuState.EDI, 32));
    assertEquals(1 << CpuState.EBX | 1 << CpuState.EDI, set.generalMask());
  }
}
