package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.EDI;
import static hourglass.translator.asm.Register.ESI;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A slice ends after exactly as many instructions as its budget says, on every engine. */
class SliceTest {
  /** Five instructions a round, one of which the translator leaves to the interpreter's handler. */
  private static Assembler loop() {
    return new Assembler(CODE)
        .label("round")
        .add(EAX, 3)
        .mov(mem(DATA).as32(), EAX)
        .rcl(EBX, 1)
        .dec(ECX)
        .jcc(Condition.NE, "round")
        .hlt();
  }

  /**
   * A repeated move of three parts, each of which counts as an instruction, and blocks after it.
   */
  private static Assembler longMove() {
    return new Assembler(CODE)
        .mov(ESI, DATA)
        .mov(EDI, DATA + 0x8000)
        .rep()
        .movsb()
        .jmpShort("first")
        .label("first")
        .inc(EAX)
        .jmpShort("second")
        .label("second")
        .inc(EAX)
        .hlt();
  }

  @ParameterizedTest
  @EnumSource
  void everyLengthOfSliceEndsAtTheSameInstructionAsSteppingDoes(TestEngine engine) {
    endsWhereSteppingEnds(engine, loop(), 20, 40);
  }

  @ParameterizedTest
  @EnumSource
  void partsOfARepeatedInstructionAreTakenFromTheSliceOfWhatFollows(TestEngine engine) {
    endsWhereSteppingEnds(engine, longMove(), 10_000, 10);
  }

  private static void endsWhereSteppingEnds(
      TestEngine engine, Assembler code, int counter, int lengths) {
    for (int length = 1; length < lengths; length++) {
      final GuestMachine stepped = GuestMachine.protected32().load(code).set(ECX, counter);
      stepped.step(TestEngine.STEP, length);
      final GuestMachine machine = GuestMachine.protected32().load(code).set(ECX, counter);
      machine.step(engine, length);
      machine.assertEip(stepped.state.eip).assertReg(EAX, stepped.state.reg[CpuState.EAX]);
      assertEquals(
          stepped.state.instructions(),
          machine.state.instructions(),
          "instructions counted in a slice of " + length);
      assertEquals(0, machine.state.budget, "left of a slice of " + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void instructionThatFaultsCountsOnce(TestEngine engine) {
    final GuestMachine machine = GuestMachine.protected32();
    machine.enablePaging(false);
    machine
        .load(new Assembler(CODE).inc(EAX).mov(EAX, mem(0x0080_0000)).inc(EAX).hlt())
        .runToException(engine, 14, 0);
    // INC, the faulting MOV, and the HLT of the handler.
    assertEquals(3, machine.state.instructions());
  }
}
