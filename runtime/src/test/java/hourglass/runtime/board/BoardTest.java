package hourglass.runtime.board;

import static hourglass.translator.asm.Immediate.address;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.AX;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.ECX;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.Bootable;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Register;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small real-mode guests on whole boards. */
@Timeout(60)
class BoardTest {
  static final int CODE = 0x7C00;
  static final int COM1 = 0x3F8;
  private static final int TIMER_VECTOR = 0x20;
  private static final int SERIAL_VECTOR = 0x24;

  private final StringBuilder output = new StringBuilder();

  private static BoardOptions options(ClockKind clock, boolean reboot) {
    return new BoardOptions(16 << 20, EngineKind.INTERPRET, 0, clock, reboot);
  }

  /** Boots code in real mode, all segments 0. */
  static Bootable realMode(Assembler guest) {
    final byte[] code = guest.bytes();
    return (memory, state) -> {
      memory.copyIn(CODE, code, 0, code.length);
      for (Segment segment : state.segment) {
        segment.setReal(0, 0);
      }
      state.reg[CpuState.ESP] = CODE;
      state.eip = CODE;
      state.nextEip = CODE;
    };
  }

  private Outcome run(ClockKind clock, Assembler guest) throws BootException {
    return new Board(options(clock, false), realMode(guest), b -> output.append((char) b)).run();
  }

  /** The interrupt controllers at vectors 20h and 28h, with some lines of the master unmasked. */
  static Assembler withInterrupts(int mask) {
    final Assembler guest = new Assembler(CODE).bits16();
    out(guest, 0x20, 0x11);
    out(guest, 0x21, TIMER_VECTOR);
    out(guest, 0x21, 0x04);
    out(guest, 0x21, 0x01);
    return out(guest, 0x21, mask);
  }

  static Assembler out(Assembler guest, int port, int value) {
    return guest.mov(AL, value).mov(DX, port).out(DX, AL);
  }

  static Assembler handler(Assembler guest, int vector, String label) {
    return guest
        .mov(AX, address(label))
        .mov(mem(4 * vector), AX)
        .mov(mem(4 * vector + 2), Register.CS);
  }

  /** Counter 0 at 1 kHz. */
  static Assembler timer(Assembler guest) {
    handler(guest, TIMER_VECTOR, "tick");
    out(guest, 0x43, 0x34);
    out(guest, 0x40, 0xA9);
    return out(guest, 0x40, 0x04);
  }

  /** Prints a dot for each of five timer ticks, halted in between, and exits with 3. */
  private static Assembler ticker() {
    final Assembler guest = timer(withInterrupts(0xFE));
    guest.sti().label("wait").hlt().cmp(mem("ticks").as32(), 5).jcc(Condition.B, "wait");
    out(guest, 0xF4, 3).hlt();
    guest.label("tick").push(AX).push(DX);
    guest.inc(mem("ticks").as32());
    out(guest, COM1, '.');
    out(guest, 0x20, 0x20);
    return guest.pop(DX).pop(AX).iret().label("ticks").dd(0);
  }

  @ParameterizedTest
  @EnumSource(ClockKind.class)
  void timerInterruptsWakeAHaltedGuestThatPrintsAndExits(ClockKind clock) throws BootException {
    assertEquals(new Outcome.DebugExit(3), run(clock, ticker()));
    assertEquals(".....", output.toString());
  }

  /**
   * Prints the low half of the time stamp counter in every tick, while counting in a loop; exits
   * after 5.
   */
  private static Assembler stopwatch() {
    final Assembler guest = timer(withInterrupts(0xFE));
    guest.sti().label("loop").inc(ECX).cmp(mem("ticks").as32(), 5).jcc(Condition.B, "loop");
    out(guest, 0xF4, 0).hlt();
    guest.label("tick").push(EAX).push(DX);
    guest.inc(mem("ticks").as32()).rdtsc();
    guest
        .mov(DX, COM1)
        .out(DX, AL)
        .mov(AL, Register.AH)
        .out(DX, AL)
        .mov(AL, Register.CL)
        .out(DX, AL);
    out(guest, 0x20, 0x20);
    return guest.pop(DX).pop(EAX).iret().label("ticks").dd(0);
  }

  @Test
  void runsOnTheVirtualClockAreTheSameRun() throws BootException {
    final List<String> outputs = new ArrayList<>();
    final List<Long> instructions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      final StringBuilder text = new StringBuilder();
      final Board board =
          new Board(
              options(ClockKind.VIRTUAL, false), realMode(stopwatch()), b -> text.append((char) b));
      assertEquals(new Outcome.DebugExit(0), board.run());
      outputs.add(text.toString());
      instructions.add(board.statistics().interpretedInstructions);
      assertEquals(5, board.statistics().hardwareInterrupts);
    }
    assertEquals(15, outputs.get(0).length(), "three bytes a tick");
    assertEquals(outputs.get(0), outputs.get(1), "time stamps and loop counts");
    assertEquals(instructions.get(0), instructions.get(1));
    assertEquals(5_000_000, instructions.get(0), 50_000, "5 ms at an instruction a nanosecond");
  }

  /** Echoes what it receives on COM1 by interrupt, prints > first, exits at q. */
  private static Assembler echo() {
    final Assembler guest = handler(withInterrupts(0xEF), SERIAL_VECTOR, "received");
    out(guest, COM1 + 1, 0x01);
    out(guest, COM1 + 4, 0x0B);
    out(guest, COM1, '>');
    guest.sti().label("wait").hlt().jmp("wait");
    guest.label("received").mov(DX, COM1).in(AL, DX).out(DX, AL);
    guest.cmp(AL, 'q').jcc(Condition.E, "quit");
    out(guest, 0x20, 0x20).iret();
    return out(guest.label("quit"), 0xF4, 1).hlt();
  }

  @ParameterizedTest
  @EnumSource(ClockKind.class)
  void inputFromAnotherThreadWakesAHaltedGuest(ClockKind clock) throws BootException {
    final Board[] board = new Board[1];
    final byte[] input = "hello q".getBytes(StandardCharsets.US_ASCII);
    board[0] =
        new Board(
            options(clock, false),
            realMode(echo()),
            b -> {
              output.append((char) b);
              if (b == '>') {
                Thread.ofVirtual().start(() -> board[0].sendInput(input, 0, input.length));
              }
            });
    assertEquals(new Outcome.DebugExit(1), board[0].run());
    assertEquals(">hello q", output.toString());
  }

  @Test
  void inputSentBeforeTheGuestListensIsNotLost() throws BootException {
    final Board board =
        new Board(
            options(ClockKind.VIRTUAL, false), realMode(echo()), b -> output.append((char) b));
    final byte[] input = "abcdefghijklmnopqrs".getBytes(StandardCharsets.US_ASCII);
    board.sendInput(input, 0, input.length);
    board.run();
    assertEquals(">abcdefghijklmnopq", output.toString());
  }

  /** What is sent to a guest that does not read: room ends, and the run goes on. */
  @Test
  void inputThatTheGuestDoesNotTakeLeavesNoRoomForMore() throws Exception {
    final Board board =
        new Board(
            options(ClockKind.HOST, false),
            realMode(new Assembler(CODE).label("l").jmp("l")),
            b -> {});
    final Thread run = Thread.ofPlatform().start(() -> assertDoesNotThrow(board::run));
    final byte[] input = new byte[4096];
    int sent = 0;
    while (sent < 64 && board.hasRoomForInput()) {
      board.sendInput(input, 0, input.length);
      sent++;
      Thread.sleep(1);
    }
    assertEquals(16, sent, "times 4 KiB");
    board.stop();
    run.join();
  }

  @Test
  void roomComesBackWhenTheGuestReads() throws Exception {
    final Board board =
        new Board(
            options(ClockKind.VIRTUAL, false), realMode(echo()), b -> output.append((char) b));
    final byte[] input = new byte[1 << 16];
    Arrays.fill(input, (byte) '.');
    input[input.length - 1] = 'q';
    board.sendInput(input, 0, input.length);
    assertFalse(board.hasRoomForInput());
    assertEquals(new Outcome.DebugExit(1), board.run());
    assertTrue(board.hasRoomForInput());
    assertEquals(1 + input.length, output.length());
  }

  @Test
  void stopEndsAGuestThatWaitsForAnInterrupt() throws BootException {
    final Board[] board = new Board[1];
    final Assembler guest = out(new Assembler(CODE).bits16(), COM1, '>').sti().hlt();
    board[0] =
        new Board(
            options(ClockKind.HOST, false),
            realMode(guest),
            b -> Thread.ofVirtual().start(board[0]::stop));
    assertEquals(new Outcome.Stopped(), board[0].run());
  }

  @Test
  void stopEndsAGuestThatLoops() throws BootException {
    final Board[] board = new Board[1];
    final Assembler guest = out(new Assembler(CODE).bits16(), COM1, '>').label("loop").jmp("loop");
    board[0] =
        new Board(
            options(ClockKind.VIRTUAL, false),
            realMode(guest),
            b -> Thread.ofVirtual().start(board[0]::stop));
    assertEquals(new Outcome.Stopped(), board[0].run());
  }

  @Test
  void interruptingTheThreadStopsTheRun() throws BootException {
    final Assembler guest = out(new Assembler(CODE).bits16(), COM1, '>').cli().hlt();
    final Board board =
        new Board(
            options(ClockKind.HOST, false),
            realMode(guest),
            b -> Thread.currentThread().interrupt());
    assertEquals(new Outcome.Stopped(), board.run());
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
  }

  @Test
  void aResetEndsARunThatDoesNotReboot() throws BootException {
    final Assembler guest = out(new Assembler(CODE).bits16(), 0x64, 0xFE);
    out(guest, COM1, '!').hlt();
    assertEquals(new Outcome.Reset(), run(ClockKind.VIRTUAL, guest));
    assertEquals("", output.toString(), "nothing runs after the instruction that resets");
  }

  /** What makes each kind of reset, and then an exit with status 9 on the second boot. */
  private Outcome reboot(Assembler first) throws BootException {
    final Assembler second = out(new Assembler(CODE).bits16(), COM1, '2');
    out(second, 0xF4, 9).hlt();
    final List<Bootable> boots = new ArrayList<>(List.of(realMode(first), realMode(second)));
    final Bootable bootable = (memory, state) -> boots.removeFirst().install(memory, state);
    return new Board(options(ClockKind.VIRTUAL, true), bootable, b -> output.append((char) b))
        .run();
  }

  @Test
  void aResetBootsAgain() throws BootException {
    final Assembler guest = out(new Assembler(CODE).bits16(), COM1, '1');
    assertEquals(new Outcome.DebugExit(9), reboot(out(guest, 0xCF9, 6).hlt()));
    assertEquals("12", output.toString());
  }

  /** An empty interrupt table, then an instruction that does not exist. */
  private static Assembler tripleFault() {
    return new Assembler(CODE)
        .bits16()
        .mov(EAX, 0x1234_5678)
        .lidt(mem("none"))
        .db(0x0F, 0x0B)
        .label("none")
        .dw(0)
        .dd(0);
  }

  @Test
  void aTripleFaultBootsAgain() throws BootException {
    assertEquals(new Outcome.DebugExit(9), reboot(tripleFault()));
  }

  @Test
  void aTripleFaultWithoutRebootReportsRegistersAndInstruction() throws BootException {
    final Outcome outcome = run(ClockKind.VIRTUAL, tripleFault());
    final String report = assertInstanceOf(Outcome.Shutdown.class, outcome).report();
    assertTrue(report.contains("EAX=12345678"), report);
    assertTrue(report.contains("ud2"), report);
  }

  @Test
  void twoBoardsRunSideBySide() throws Exception {
    final StringBuilder other = new StringBuilder();
    final Board second =
        new Board(options(ClockKind.HOST, false), realMode(ticker()), b -> other.append((char) b));
    final Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                second.run();
              } catch (BootException e) {
                other.append(e.getMessage());
              }
            });
    run(ClockKind.HOST, ticker());
    thread.join();
    assertEquals(".....", output.toString());
    assertEquals(".....", other.toString());
  }
}
