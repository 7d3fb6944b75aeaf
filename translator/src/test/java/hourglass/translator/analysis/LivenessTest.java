package hourglass.translator.analysis;

import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ESI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.ir.Block;
import hourglass.translator.ir.Op;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private static Block firstBlock(Assembler code) {
    return Liveness.prune(Regions.of(code)).blocks().getFirst();
  }

  private static boolean setsFlags(Block block, int index) {
    return Regions.flags(block, index).isPresent();
  }

  @Test
  void flagsThatAreSetAgainInTheBlockAreDropped() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).add(ECX, EBX).nop().jmp(EAX));
    assertFalse(setsFlags(block, 0), "the first addition's flags are dead");
    assertTrue(setsFlags(block, 1), "the second addition's flags leave the region");
  }

  @Test
  void flagsAreKeptForAFaultInBetween() {
    final Block block =
        firstBlock(new Assembler(0).add(EAX, EBX).mov(ECX, mem(ESI)).add(ECX, EBX).jmp(EAX));
    assertTrue(setsFlags(block, 0), "a fault handler sees the first addition's flags");
  }

  @Test
  void flagsAreKeptForAFaultOfTheInstructionThatSetsThemAgain() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).add(mem(ESI), EBX).jmp(EAX));
    assertTrue(setsFlags(block, 0), "a fault handler sees the first addition's flags");
  }

  @Test
  void flagsThatTheNextBlockSetsAnewAreDead() {
    final Block block =
        firstBlock(
            new Assembler(0)
                .add(EAX, EBX)
                .jccShort(Condition.E, "equal")
                .label("equal")
                .add(EAX, EBX)
                .ret());
    assertFalse(setsFlags(block, 0), "nobody sees the first addition's flags");
  }

  /** The slice may be over at the head of a loop, and the interpreter goes on there. */
  @Test
  void flagsAreKeptAtTheHeadOfALoop() {
    final Block block =
        firstBlock(
            new Assembler(0)
                .add(EAX, EBX)
                .label("loop")
                .add(EAX, EBX)
                .jccShort(Condition.E, "loop")
                .ret());
    assertTrue(setsFlags(block, 0), "the slice may end before the loop");
  }

  @Test
  void theCarryThatAdcReadsIsKept() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).adc(ECX, EBX).jmp(EAX));
    assertTrue(setsFlags(block, 0), "ADC reads the addition's carry");
  }

  @Test
  void incKeepsTheCarryOfTheInstructionBefore() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).inc(ECX).jmp(EAX));
    assertTrue(setsFlags(block, 0), "INC leaves the addition's carry");
    assertEquals(Op.FlagKind.ALL_BUT_CARRY, Regions.flags(block, 1).orElseThrow().kind());
  }

  @Test
  void incNeedNotKeepACarryThatIsSetAgain() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).inc(ECX).clc().jmp(EAX));
    assertFalse(setsFlags(block, 0), "nothing of the addition's flags is left");
    assertEquals(Op.FlagKind.ALL, Regions.flags(block, 1).orElseThrow().kind());
  }

  @Test
  void rotationsKeepTheOtherFlags() {
    final Block block = firstBlock(new Assembler(0).add(EAX, EBX).rol(ECX, 1).jmp(EAX));
    assertTrue(setsFlags(block, 0), "ROL sets CF and OF only");
  }

  @Test
  void aLoadIsKeptForItsFaultThoughNobodyUsesIt() {
    final Block block = firstBlock(new Assembler(0).cmp(mem(ESI), EAX).add(EAX, EBX).jmp(EAX));
    assertFalse(setsFlags(block, 0), "the comparison's flags are dead");
    assertTrue(
        Regions.ops(block, 0).stream().anyMatch(Effects::canFault),
        "the comparison still reads memory");
  }

  @Test
  void temporariesOfDroppedFlagsAreDropped() {
    final Block block = firstBlock(new Assembler(0).cmp(EAX, EBX).add(EAX, EBX).jmp(EAX));
    assertEquals(0, Regions.ops(block, 0).size(), "nothing is left of the comparison");
  }
}
