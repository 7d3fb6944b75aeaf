package hourglass.runtime.board;

import static hourglass.runtime.board.BoardTest.COM1;
import static hourglass.runtime.board.BoardTest.handler;
import static hourglass.runtime.board.BoardTest.out;
import static hourglass.runtime.board.BoardTest.timer;
import static hourglass.runtime.board.BoardTest.withInterrupts;
import static hourglass.translator.asm.Immediate.address;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.BP;
import static hourglass.translator.asm.Register.BX;
import static hourglass.translator.asm.Register.CX;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.SP;
import static hourglass.translator.asm.Register.ST1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With CR0.NE clear, errors of the x87 unit are IRQ 13, as on the first PCs with a coprocessor. */
@Timeout(60)
class NumericErrorTest {
  private static final int VECTOR = 0x2D;
  private static final int ALL_BUT_IRQ13 = 0xDF;

  private final StringBuilder output = new StringBuilder();

  private Outcome run(EngineKind engine, int heat, Assembler guest) throws BootException {
    final BoardOptions options = new BoardOptions(16 << 20, engine, heat, ClockKind.VIRTUAL, false);
    return new Board(options, BoardTest.realMode(guest), b -> output.append((char) b)).run();
  }

  /** The second controller at vectors 28h, with a mask. */
  private static Assembler secondController(Assembler guest, int mask) {
    out(guest, 0xA0, 0x11);
    out(guest, 0xA1, 0x28);
    out(guest, 0xA1, 0x02);
    out(guest, 0xA1, 0x01);
    return out(guest, 0xA1, mask);
  }

  /** Divides by zero, which is unmasked. */
  private static Assembler division(Assembler guest) {
    return guest.fninit().fldcw(mem("control").as16()).fld1().fldz().fdivp(ST1);
  }

  private static Assembler endOfInterrupt(Assembler guest) {
    out(guest, 0xA0, 0x20);
    return out(guest, 0x20, 0x20);
  }

  @ParameterizedTest
  @CsvSource({"INTERPRET, 1000", "TRANSLATE, 2", "TRANSLATE, 0"})
  void theHandlerSeesTheWaitingInstructionAndUsesTheUnit(EngineKind engine, int heat)
      throws BootException {
    final Assembler guest = secondController(withInterrupts(0xFB), ALL_BUT_IRQ13);
    handler(guest, VECTOR, "error").sti().mov(CX, 5);
    division(guest.label("again"));
    out(guest, COM1, 'a').mov(BX, address("waits")).label("waits").fld1();
    out(guest, COM1, 'c').fnstsw(AX).test(AX, 0x80).jcc(Condition.NE, "wrong");
    guest.loop("again");
    out(guest, 0xF4, 3).hlt();
    out(guest.label("wrong"), COM1, '!');
    out(guest, 0xF4, 4).hlt();
    guest.label("control").dw(0x37B);
    // Under IGNNE# the handler's own waiting instructions go on with the exception still there.
    guest.label("error").push(AX).push(DX).push(BP).mov(BP, SP);
    guest.cmp(mem(BP).disp(6).as16(), BX).jcc(Condition.NE, "wrong");
    out(guest, 0xF0, 0).fwait().fnstsw(AX).test(AX, 0x80).jcc(Condition.E, "wrong").fnclex();
    out(guest, COM1, 'b');
    endOfInterrupt(guest).pop(BP).pop(DX).pop(AX).iret();
    assertEquals(new Outcome.DebugExit(3), run(engine, heat, guest), output::toString);
    assertEquals("abcabcabcabcabc", output.toString());
  }

  @ParameterizedTest
  @CsvSource({"INTERPRET, 1000", "TRANSLATE, 2", "TRANSLATE, 0"})
  void otherInterruptsComeWhileTheProcessorWaits(EngineKind engine, int heat) throws BootException {
    final Assembler guest = timer(secondController(withInterrupts(0xFA), 0xFF));
    division(handler(guest, VECTOR, "error")).sti().fwait();
    out(guest, COM1, 'c');
    out(guest, 0xF4, 3).hlt();
    guest.label("control").dw(0x37B).label("ticks").dw(0);
    guest.label("tick").push(AX).push(DX);
    out(guest, COM1, '.').inc(mem("ticks").as16());
    guest.cmp(mem("ticks").as16(), 3).jcc(Condition.B, "done");
    out(guest, 0xA1, ALL_BUT_IRQ13);
    out(guest, 0x21, 0xFB).label("done");
    out(guest, 0x20, 0x20).pop(DX).pop(AX).iret();
    guest.label("error").push(AX).push(DX);
    out(guest, 0xF0, 0).fnclex();
    out(guest, COM1, 'e');
    endOfInterrupt(guest).pop(DX).pop(AX).iret();
    assertEquals(new Outcome.DebugExit(3), run(engine, heat, guest), output::toString);
    assertEquals("...ec", output.toString());
  }
}
