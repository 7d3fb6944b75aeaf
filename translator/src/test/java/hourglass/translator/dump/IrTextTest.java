package hourglass.translator.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Flags;
import hourglass.translator.ir.Function;
import hourglass.translator.ir.Op;
import hourglass.translator.ir.Terminal;
import hourglass.translator.ir.Value;
import hourglass.translator.ir.X87Routine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The notation of IR. */
class IrTextTest {
  private static final Value EAX = Value.reg(CpuState.EAX);

  private final IrText text = new IrText(offset -> "place" + offset);

  @Test
  void operatorsInsideOthersAreInParentheses() {
    final Value masked = Value.or(Value.and(EAX, 0xFFFF0000), Value.shl(new Value.Temp(2), 8));
    assertEquals("(eax & 0xffff0000) | (t2 << 8)", text.of(masked));
  }

  @Test
  void smallNegativeNumbersAreSubtractedAndAddressesAreNot() {
    assertEquals("eax - 4", text.of(Value.add(EAX, -4)));
  }

  @Test
  void unsignedRelationsSaySo() {
    assertEquals(
        "eax <u 0x10", text.of(new Value.Comparison(Value.Relation.BELOW, EAX, Value.of(0x10))));
  }

  @Test
  void accessesSayTheirWidthAndWhatIsChecked() {
    final Value stack = new Value.Checked(CpuState.SS, EAX, 2, true);
    assertEquals(
        "store16(writable(ss, eax, 2), load8ForWrite(eax))",
        text.of(new Op.Store(2, stack, new Value.Load(1, EAX, true))));
  }

  @Test
  void flagsSayWhichOfThemAreSet() {
    final Value result = Value.signExtend(EAX, 1);
    final Value auxiliary = Value.call(Function.AUX_PRODUCT_UNSIGNED, EAX);
    assertEquals(
        "flags = (signExtend8(eax), auxUnsigned(eax))",
        text.of(new Op.SetFlags(Op.FlagKind.ALL, result, auxiliary)));
    assertEquals(
        "flags.c = 1", text.of(new Op.SetFlags(Op.FlagKind.CARRY, Value.of(0), Value.of(1))));
    assertEquals("df = 0", text.of(new Op.SetSystemFlag(Flags.DF, false)));
  }

  @Test
  void calloutsSayWhatTheySeeAndChange() {
    assertEquals("call out", text.of(new Op.CallOut()));
    assertEquals(
        "call out, writing eax ebx flags", text.of(new Op.LightCallOut(0b1001, false, true)));
    assertEquals("call out, writing nothing", text.of(new Op.LightCallOut(0, false, false)));
    assertEquals(
        "call out and look, reading flags, writing esp flags",
        text.of(new Op.GuardedCallOut(0b10000, true)));
  }

  @Test
  void requirementsSayWhatBreakingThemRaises() {
    final Value fits = new Value.Comparison(Value.Relation.BELOW, EAX, new Value.Temp(0));
    assertEquals("require eax <u t0, else exception 0", text.of(new Op.Require(fits, 0)));
  }

  @Test
  void theUnitsMethodsAreCalledOnIt() {
    final Value.Invoke call =
        new Value.Invoke(X87Routine.COMPARE, List.of(Value.of(1), Value.of(0), Value.of(2)));
    assertEquals("fpu.compare(1, 0, 2)", text.of(new Op.Perform(call)));
    assertEquals(
        "t1 = fpu.statusWord()",
        text.of(new Op.SetTemp(1, new Value.Invoke(X87Routine.STATUS_WORD, List.of()))));
  }

  @Test
  void blocksEndInPlaces() {
    assertEquals(
        "if (flags.be) goto place4 else place9",
        text.of(new Terminal.Branch(new Value.FlagCondition(6), 4, 9)));
    assertEquals("goto [eax]", text.of(new Terminal.Indirect(EAX)));
    assertEquals("leave", text.of(new Terminal.Left()));
  }
}
