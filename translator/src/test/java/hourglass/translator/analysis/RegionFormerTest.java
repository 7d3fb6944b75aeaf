package hourglass.translator.analysis;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDX;
import static hourglass.translator.asm.Register.ESP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.RegionCode;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegionFormerTest {
  private static List<Integer> offsets(RegionCode region) {
    return region.blocks().stream().map(Block::offset).toList();
  }

  private static Value condition(Block block) {
    return assertInstanceOf(Terminal.Branch.class, block.terminal()).condition();
  }

  @Test
  void bothSidesOfABranchAreInTheRegion() {
    final Assembler code =
        new Assembler(0)
            .cmp(EAX, EBX) // 0
            .jccShort(Condition.E, "equal") // 2
            .inc(EAX) // 4
            .label("equal")
            .ret(); // 5
    assertEquals(List.of(0, 4, 5), offsets(Regions.of(code)));
  }

  @Test
  void whatTheGuestHasNotReachedIsLeftOut() {
    final Assembler code =
        new Assembler(0).cmp(EAX, EBX).jccShort(Condition.E, "equal").inc(EAX).label("equal").ret();
    final RegionCode region = Regions.of(code, 0, at -> at != 4, 100).orElseThrow();
    assertEquals(List.of(0, 5), offsets(region));
  }

  @Test
  void aLoopStaysInsideTheRegion() {
    final Assembler code =
        new Assembler(0)
            .label("again")
            .dec(ECX) // 0
            .jccShort(Condition.NE, "again") // 1
            .ret(); // 3
    final RegionCode region = Regions.of(code);
    final Terminal.Branch branch =
        assertInstanceOf(Terminal.Branch.class, Regions.block(region, 0).terminal());
    assertEquals(0, branch.taken());
    assertEquals(3, branch.notTaken());
  }

  @Test
  void aBranchIntoABlockDividesIt() {
    final Assembler code =
        new Assembler(0)
            .inc(EAX) // 0
            .label("again")
            .inc(EBX) // 1
            .dec(ECX) // 2
            .jccShort(Condition.NE, "again") // 3
            .ret(); // 5
    assertEquals(List.of(0, 1, 5), offsets(Regions.of(code)));
  }

  @Test
  void theCodeAfterACallIsAnEntry() {
    final Assembler code =
        new Assembler(0)
            .call("far away") // 0
            .inc(EAX) // 5
            .ret() // 6
            .org(0x800)
            .label("far away")
            .ret();
    final RegionCode region = Regions.of(code, 0, at -> at < 0x800, 100).orElseThrow();
    assertEquals(List.of(0, 5), region.entries());
    assertEquals(List.of(0, 5), offsets(region));
    assertEquals(Map.of(), region.knownTargets());
  }

  @Test
  void aFunctionThatCallsNothingIsTakenIn() {
    final Assembler code =
        new Assembler(0)
            .call("leaf") // 0
            .inc(EAX) // 5
            .ret() // 6
            .org(0x800)
            .label("leaf")
            .ret();
    final RegionCode region = Regions.of(code);
    assertEquals(List.of(0, 5), region.entries());
    assertEquals(List.of(0, 5, 0x800), offsets(region));
    assertEquals(Map.of(0x800, List.of(5)), region.knownTargets());
  }

  @Test
  void aFunctionThatCallsAnotherIsNot() {
    final Assembler code =
        new Assembler(0)
            .call("caller") // 0
            .ret() // 5
            .org(0x800)
            .label("caller")
            .call("larger")
            .ret()
            .org(0xC00);
    assertEquals(List.of(0, 5), offsets(Regions.of(larger(code))));
  }

  /** A function that is not very small. */
  private static Assembler larger(Assembler code) {
    code.label("larger");
    for (int i = 0; i < 8; i++) {
      code.inc(EAX);
    }
    return code.ret();
  }

  @Test
  void aFunctionThatCallsAVerySmallOneIsTakenIn() {
    final Assembler code =
        new Assembler(0)
            .call("caller") // 0
            .ret() // 5
            .org(0x800)
            .label("caller")
            .call("whereAmI") // 800
            .ret() // 805
            .org(0xC00)
            .label("whereAmI")
            .mov(EAX, mem(ESP))
            .ret();
    final RegionCode region = Regions.of(code);
    assertEquals(List.of(0, 5, 0x800, 0x805, 0xC00), offsets(region));
    assertEquals(Map.of(0x805, List.of(5), 0xC00, List.of(0x805)), region.knownTargets());
  }

  @Test
  void eachFunctionReturnsToItsOwnCallers() {
    final Assembler code =
        new Assembler(0)
            .call("first") // 0
            .call("second") // 5
            .call("first") // A
            .ret() // F
            .org(0x800)
            .label("first")
            .cmp(EAX, EBX) // 800
            .jccShort(Condition.E, "end") // 802
            .ret() // 804
            .label("second")
            .inc(EAX) // 805
            .label("end")
            .ret(); // 806
    final Map<Integer, List<Integer>> returns = Regions.of(code).knownTargets();
    assertEquals(Set.of(0x804, 0x806), returns.keySet());
    assertEquals(List.of(5, 0xF), returns.get(0x804).stream().sorted().toList());
    assertEquals(List.of(5, 0xA, 0xF), returns.get(0x806).stream().sorted().toList());
  }

  @Test
  void aVerySmallFunctionIsTakenInWhereTheRegionIsFull() {
    final Assembler code =
        new Assembler(0)
            .call("whereAmI") // 0
            .call("larger") // 5
            .ret() // A
            .org(0x800)
            .label("whereAmI")
            .mov(EAX, mem(ESP))
            .ret()
            .org(0xC00);
    larger(code);
    final RegionCode full = Regions.of(code, 0, at -> true, 2).orElseThrow();
    assertEquals(List.of(0, 5, 0x800), offsets(full));
    assertEquals(Map.of(0x800, List.of(5)), full.knownTargets());
    assertEquals(List.of(0, 5, 0xA, 0x800, 0xC00), offsets(Regions.of(code)));
  }

  /** A call of a function of one computed jump, up to where that may lead. */
  private static Assembler callByLinkageTable() {
    return new Assembler(0)
        .call("stub") // 0
        .ret() // 5
        .org(0x800)
        .label("stub")
        .jmp(mem(EBX))
        .org(0xC00);
  }

  @Test
  void whatALinkageTableLeadsToIsTakenIn() {
    final RegionCode region = Regions.of(callByLinkageTable().inc(EAX).ret(), Map.of(0x800, 0xC00));
    assertEquals(List.of(0, 5, 0x800, 0xC00), offsets(region));
    assertEquals(Map.of(0x800, List.of(0xC00), 0xC00, List.of(5)), region.knownTargets());
  }

  @Test
  void aVerySmallFunctionThatEndsInAComputedJumpIsTakenInWithoutWhatItLeadsTo() {
    final RegionCode region = Regions.of(callByLinkageTable().inc(EAX).ret());
    assertEquals(List.of(0, 5, 0x800), offsets(region));
    assertEquals(Map.of(), region.knownTargets());
  }

  @Test
  void functionsThatEndInComputedJumpsToEachOtherAreTakenInOnce() {
    final Assembler code = callByLinkageTable().jmp(mem(ECX));
    final RegionCode region = Regions.of(code, Map.of(0x800, 0xC00, 0xC00, 0x800));
    assertEquals(List.of(0, 5, 0x800, 0xC00), offsets(region));
    assertEquals(Map.of(0x800, List.of(0xC00), 0xC00, List.of(0x800)), region.knownTargets());
  }

  @Test
  void aLargerFunctionThatEndsInAComputedJumpIsNotTakenIn() {
    final Assembler code = new Assembler(0).call("function").ret().org(0x800).label("function");
    for (int i = 0; i < 8; i++) {
      code.inc(EAX);
    }
    assertEquals(List.of(0, 5), offsets(Regions.of(code.jmp(mem(EBX)), Map.of())));
  }

  @Test
  void whatAComputedCallLedToLastIsTakenIn() {
    final Assembler code =
        new Assembler(0)
            .call(EDX) // 0
            .ret() // 2
            .org(0x800)
            .inc(EAX)
            .ret();
    final RegionCode region = Regions.of(code, Map.of(0, 0x800));
    assertEquals(List.of(0, 2, 0x800), offsets(region));
    assertEquals(Map.of(0, List.of(0x800), 0x800, List.of(2)), region.knownTargets());
  }

  @Test
  void aCallIntoTheMiddleOfABlockDividesIt() {
    final Assembler code =
        new Assembler(0)
            .call("middle") // 0
            .inc(EAX) // 5
            .label("middle")
            .inc(EAX) // 6
            .ret();
    final RegionCode region = Regions.of(code);
    assertEquals(List.of(0, 5, 6), offsets(region));
    assertEquals(Map.of(6, List.of(5)), region.knownTargets());
  }

  @Test
  void anInstructionThatCrossesThePageIsLeftToTheInterpreter() {
    final int last = GuestMemory.PAGE_SIZE - 2;
    final Assembler code = new Assembler(last).inc(EAX).db(0x40 + 3);
    final RegionCode whole = Regions.of(code, last, at -> true, 100).orElseThrow();
    assertEquals(2, whole.instructionCount());
    final Assembler crossing = new Assembler(last).inc(EAX).db(0xB8);
    final RegionCode cut = Regions.of(crossing, last, at -> true, 100).orElseThrow();
    assertEquals(1, cut.instructionCount());
    assertEquals(new Terminal.Jump(last + 1), cut.blocks().getFirst().terminal());
  }

  @Test
  void thereIsNoRegionWhereThereIsNoInstruction() {
    final Assembler code = new Assembler(GuestMemory.PAGE_SIZE - 1).db(0xB8);
    assertFalse(Regions.of(code, GuestMemory.PAGE_SIZE - 1, at -> true, 100).isPresent());
  }

  @Test
  void aRegionEndsWhenItIsLargeEnough() {
    final Assembler code = new Assembler(0);
    for (int i = 0; i < 10; i++) {
      code.inc(EAX);
    }
    final RegionCode region = Regions.of(code, 0, at -> true, 4).orElseThrow();
    assertEquals(4, region.instructionCount());
    assertEquals(new Terminal.Jump(4), region.blocks().getFirst().terminal());
  }

  @Test
  void theSecondBranchAfterAComparisonIsAComparisonToo() {
    final Assembler code =
        new Assembler(0)
            .cmp(EAX, EBX) // 0
            .jccShort(Condition.E, "end") // 2
            .jccShort(Condition.L, "end") // 4
            .inc(EAX) // 6
            .label("end")
            .ret();
    assertInstanceOf(Value.Comparison.class, condition(Regions.block(Regions.of(code), 4)));
  }

  @Test
  void aBlockReachedInTwoWaysTestsTheFlagsThemselves() {
    final Assembler code =
        new Assembler(0)
            .cmp(EAX, EBX) // 0
            .label("again")
            .jccShort(Condition.E, "end") // 2
            .cmp(EAX, ECX) // 4
            .jmpShort("again") // 6
            .label("end")
            .ret();
    assertTrue(
        condition(Regions.block(Regions.of(code), 2)) instanceof Value.FlagCondition,
        "flags may come from either comparison");
  }

  /** A call is a way into a block like any other, though a region is not formed along it. */
  @Test
  void aBlockThatIsCalledAndFollowedTestsTheFlagsThemselves() {
    final Assembler code =
        new Assembler(0)
            .label("callee")
            .jccShort(Condition.E, "end") // 0
            .cmp(EAX, EBX) // 2
            .call("middle") // 4
            .cmp(EAX, ECX) // 9
            .jccShort(Condition.L, "middle") // B
            .ret() // D
            .label("middle")
            .jccShort(Condition.E, "end") // E
            .ret() // 10
            .label("end")
            .ret();
    assertTrue(
        condition(Regions.block(Regions.of(code), 0x0E)) instanceof Value.FlagCondition,
        "flags may come from either comparison");
  }
}
