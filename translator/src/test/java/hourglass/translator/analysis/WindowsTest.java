package hourglass.translator.analysis;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBP;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESI;
import static hourglass.translator.asm.Register.ESP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.dump.IrText;
import hourglass.translator.ir.Accesses;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Step;
import hourglass.translator.ir.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WindowsTest {
  /** The looks at the page map, and the accesses that have one of their own, in order. */
  private static List<String> looks(Assembler code) {
    return looks(Regions.of(code));
  }

  private static List<String> looks(RegionCode region) {
    final IrText text = new IrText(Integer::toHexString);
    return Windows.share(region).blocks().stream()
        .map(Block::steps)
        .flatMap(List::stream)
        .map(Step::ops)
        .flatMap(List::stream)
        .filter(WindowsTest::looksAtPageMap)
        .map(op -> text.of(op).replaceAll("^t\\d+ = ", ""))
        .toList();
  }

  private static boolean looksAtPageMap(Op op) {
    final boolean[] found = {op instanceof Op.Store};
    Effects.visit(op, v -> found[0] |= v instanceof Value.Load || v instanceof Value.Window);
    return found[0];
  }

  @Test
  void pushesShareOne() {
    assertEquals(
        List.of("windowForWrite(esp - 0xc, 12)"),
        looks(new Assembler(0).push(EBP).mov(EBP, ESP).push(EDI).push(ESI).jmp(EAX)));
  }

  @Test
  void whatTheFrameHoldsShareTheOneOfThePushes() {
    assertEquals(
        List.of("windowForWrite(esp - 0xc, 20)"),
        looks(
            new Assembler(0)
                .push(EBP)
                .mov(EBP, ESP)
                .mov(EAX, mem(EBP).disp(8))
                .mov(mem(EBP).disp(-8), EAX)
                .jmp(EAX)));
  }

  @Test
  void whatWasMissedLooksForItselfWithWhatItWouldShareWith() {
    final Assembler code =
        new Assembler(0)
            .mov(EAX, mem(ESI))
            .mov(ECX, mem(EDI))
            .mov(EDX, mem(ESI).disp(4))
            .mov(EBX, mem(EDI).disp(4))
            .jmp(EAX);
    final RegionCode region = Regions.of(code);
    assertEquals(List.of("window(esi, 8)", "window(edi, 8)"), looks(region));
    final int third = region.blocks().getFirst().steps().get(2).offset();
    assertEquals(
        List.of("eax = load32(esi)", "window(edi, 8)", "edx = load32(esi + 4)"),
        looks(
            new RegionCode(
                region.modeKey(),
                region.blocks(),
                region.entries(),
                region.knownTargets(),
                region.frames(),
                Map.of(third, Accesses.SINGLE))));
  }

  @Test
  void fieldsThatAreOnlyReadNeedNoPermissionToWrite() {
    assertEquals(
        List.of("window(esi, 8)"),
        looks(new Assembler(0).mov(EAX, mem(ESI).disp(4)).mov(ECX, mem(ESI)).jmp(EAX)));
  }

  @Test
  void anAccessAloneLooksForItself() {
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load32(edi)"),
        looks(new Assembler(0).mov(EAX, mem(ESI)).mov(ECX, mem(EDI)).jmp(EAX)));
  }

  @Test
  void whatLiesFarApartDoesNotShare() {
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load32(esi + 0x100)"),
        looks(new Assembler(0).mov(EAX, mem(ESI)).mov(ECX, mem(ESI).disp(0x100)).jmp(EAX)));
  }

  @Test
  void aBaseThatIsLoadedAnewIsAnother() {
    assertEquals(
        List.of("esi = load32(esi)", "eax = load32(esi)"),
        looks(new Assembler(0).mov(ESI, mem(ESI)).mov(EAX, mem(ESI)).jmp(EAX)));
  }

  @Test
  void aBaseThatMovesByAConstantIsTheSame() {
    assertEquals(
        List.of("window(esi, 8)"),
        looks(new Assembler(0).mov(EAX, mem(ESI)).add(ESI, 4).mov(ECX, mem(ESI)).jmp(EAX)));
  }

  @Test
  void nothingIsSharedAcrossAnInstructionThatMayChangeWhatIsMapped() {
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load32(esi + 4)"),
        looks(
            new Assembler(0)
                .mov(EAX, mem(ESI))
                .invlpg(mem(EBX))
                .mov(ECX, mem(ESI).disp(4))
                .jmp(EAX)));
  }

  @Test
  void anAccessBehindABranchMakesAWindowLonger() {
    assertEquals(
        List.of("window(esi - 4, 12)"),
        looks(
            new Assembler(0)
                .mov(EAX, mem(ESI))
                .jccShort(Condition.E, "behind")
                .mov(ECX, mem(ESI).disp(4))
                .jmp(EAX)
                .label("behind")
                .mov(ECX, mem(ESI).disp(-4))
                .jmp(EAX)));
  }

  @Test
  void aStoreBehindABranchDoesNotMakeALoadAskForPermissionToWrite() {
    assertEquals(
        List.of("eax = load32(esi)", "store32(esi, ecx)"),
        looks(
            new Assembler(0)
                .mov(EAX, mem(ESI))
                .jccShort(Condition.E, "out")
                .mov(mem(ESI), ECX)
                .label("out")
                .jmp(EAX)));
  }

  @Test
  void whereSeveralBlocksMeetNothingIsShared() {
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load32(esi)"),
        looks(
            new Assembler(0)
                .mov(EAX, mem(ESI))
                .jccShort(Condition.E, "meeting")
                .inc(EAX)
                .label("meeting")
                .mov(ECX, mem(ESI))
                .jmp(EAX)));
  }

  @Test
  void partsOfCellsShareWithDoublewords() {
    assertEquals(
        List.of("window(esi, 8)"),
        looks(
            new Assembler(0)
                .movzx(EAX, mem(ESI).disp(1).as8())
                .movzx(ECX, mem(ESI).disp(2).as16())
                .mov(EDX, mem(ESI).disp(4))
                .jmp(EAX)));
  }

  @Test
  void bytesAloneDoNotTellWhereACellBegins() {
    assertEquals(
        List.of("eax = load8(esi)", "ecx = load8(esi + 1)"),
        looks(
            new Assembler(0)
                .movzx(EAX, mem(ESI).as8())
                .movzx(ECX, mem(ESI).disp(1).as8())
                .jmp(EAX)));
  }

  @Test
  void whatLiesAcrossTwoCellsDoesNotShare() {
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load32(esi + 6)"),
        looks(new Assembler(0).mov(EAX, mem(ESI)).mov(ECX, mem(ESI).disp(6)).jmp(EAX)));
    assertEquals(
        List.of("eax = load32(esi)", "ecx = load16(esi + 3)"),
        looks(new Assembler(0).mov(EAX, mem(ESI)).movzx(ECX, mem(ESI).disp(3).as16()).jmp(EAX)));
  }
}
