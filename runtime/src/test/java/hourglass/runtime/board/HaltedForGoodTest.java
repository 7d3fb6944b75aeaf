package hourglass.runtime.board;

import static hourglass.runtime.board.BoardTest.COM1;
import static hourglass.runtime.board.BoardTest.handler;
import static hourglass.runtime.board.BoardTest.out;
import static hourglass.runtime.board.BoardTest.timer;
import static hourglass.runtime.board.BoardTest.withInterrupts;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static hourglass.translator.asm.Register.ST1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.isa.CpuModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest that nothing can wake any more ends the run, and says where. */
@Timeout(60)
class HaltedForGoodTest {
  private static final int CODE = BoardTest.CODE;

  private final StringBuilder output = new StringBuilder();

  /** What runs a board, or both. */
  enum Runner {
    INTERPRET,
    TRANSLATE_WHAT_IS_HOT,
    TRANSLATE_ALL,
    COMPARE;

    Machine machine(Bootable guest, Console console, CpuModel cpu, boolean reboot) {
      final BoardOptions options =
          new BoardOptions(
              16 << 20,
              this == INTERPRET ? EngineKind.INTERPRET : EngineKind.TRANSLATE,
              this == TRANSLATE_ALL ? 0 : 2,
              ClockKind.VIRTUAL,
              reboot,
              cpu);
      return this == COMPARE
          ? new LockStep(options, guest, console)
          : new Board(options, guest, console);
    }
  }

  private Outcome run(Runner runner, CpuModel cpu, Assembler guest) throws BootException {
    return runner
        .machine(BoardTest.realMode(guest), b -> output.append((char) b), cpu, false)
        .run();
  }

  private Outcome.Halted halted(Runner runner, CpuModel cpu, Assembler guest) throws BootException {
    return assertInstanceOf(Outcome.Halted.class, run(runner, cpu, guest));
  }

  @ParameterizedTest
  @EnumSource
  void aHaltWithInterruptsDisabledEndsTheRunAndIsTold(Runner runner) throws BootException {
    final Assembler guest = out(new Assembler(CODE).bits16(), COM1, '>').cli().label("halt").hlt();
    assertEquals(
        new Outcome.Halted(
            "the guest has halted for good, with interrupts disabled: 0000:%08x  f4  hlt"
                .formatted(guest.addressOf("halt")),
            Optional.empty()),
        run(runner, CpuModel.MAX, guest));
    assertEquals(">", output.toString());
  }

  /** The machine would reboot, but nothing resets it. */
  @ParameterizedTest
  @EnumSource
  void soDoesOneOnAMachineThatReboots(Runner runner) throws BootException {
    final Machine machine =
        runner.machine(
            BoardTest.realMode(new Assembler(CODE).bits16().cli().hlt()),
            b -> {},
            CpuModel.MAX,
            true);
    assertInstanceOf(Outcome.Halted.class, machine.run());
  }

  /** Halted with interrupts enabled first, and in an interrupt's handler then. */
  @ParameterizedTest
  @EnumSource
  void aHaltThatAnInterruptWakesGoesOn(Runner runner) throws BootException {
    final Assembler guest = timer(withInterrupts(0xFE)).sti().hlt();
    out(guest, COM1, '1').hlt();
    guest.label("tick");
    out(guest, COM1, '.').cmp(mem("ticks").as32(), 1).jcc(Condition.E, "stay");
    guest.inc(mem("ticks").as32());
    out(guest, 0x20, 0x20).iret().label("stay").hlt().label("ticks").dd(0);
    assertEquals(Optional.empty(), halted(runner, CpuModel.MAX, guest).cause());
    assertEquals(".1.", output.toString());
  }

  /** An invalid opcode whose handler halts after a loop. */
  private static Assembler undefined(int rounds) {
    final Assembler guest = handler(new Assembler(CODE).bits16(), GuestFault.INVALID_OPCODE, "ud");
    guest.label("cmov").cmovcc(Condition.NE, EAX, ECX).cli().hlt();
    return guest.label("ud").mov(ECX, rounds).label("l").dec(ECX).jcc(Condition.NE, "l").hlt();
  }

  @ParameterizedTest
  @EnumSource
  void theInstructionThatTheProcessorLackedIsTold(Runner runner) throws BootException {
    final Assembler guest = undefined(10);
    assertEquals(
        Optional.of(
            "22 instructions after #UD of 0000:%08x  66 0f 45 c1  cmovne eax,ecx, which the pentium lacks"
                .formatted(guest.addressOf("cmov"))),
        halted(runner, CpuModel.PENTIUM, guest).cause());
  }

  @ParameterizedTest
  @EnumSource
  void anExceptionLongBeforeTheHaltIsNotTold(Runner runner) throws BootException {
    assertEquals(Optional.empty(), halted(runner, CpuModel.PENTIUM, undefined(500_000)).cause());
  }

  @ParameterizedTest
  @EnumSource
  void norIsOneBeforeAReset(Runner runner) throws BootException {
    final Assembler first = handler(new Assembler(CODE).bits16(), GuestFault.INVALID_OPCODE, "ud");
    out(first.db(0x0F, 0x0B).label("ud"), 0xCF9, 6).hlt();
    final Assembler second = new Assembler(CODE).bits16().cli().hlt();
    final List<Bootable> boots = new ArrayList<>();
    for (Assembler guest : List.of(first, second)) {
      for (int i = 0; i < (runner == Runner.COMPARE ? 2 : 1); i++) {
        boots.add(BoardTest.realMode(guest));
      }
    }
    final Machine machine =
        runner.machine(
            (memory, state) -> boots.removeFirst().install(memory, state),
            b -> {},
            CpuModel.MAX,
            true);
    final Outcome.Halted end = assertInstanceOf(Outcome.Halted.class, machine.run());
    assertEquals(Optional.empty(), end.cause());
    assertTrue(boots.isEmpty());
  }

  /** FERR# with interrupts disabled: the processor waits before FWAIT. */
  @ParameterizedTest
  @EnumSource
  void waitingForTheInterruptOfAnX87ExceptionThatIsDisabledEndsTheRunToo(Runner runner)
      throws BootException {
    final Assembler guest = new Assembler(CODE).bits16().cli();
    guest.fninit().fldcw(mem("control").as16()).fld1().fldz().fdivp(ST1).label("wait").fwait();
    out(guest, COM1, '!').hlt().label("control").dw(0x37B);
    assertEquals(
        "the guest waits for good, with interrupts disabled, for that of an x87 exception:"
            + " 0000:%08x  9b  fwait".formatted(guest.addressOf("wait")),
        halted(runner, CpuModel.MAX, guest).summary());
    assertEquals("", output.toString());
  }
}
