package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Behaviours from the PC16550D data sheet, and what the usual driver probes for. */
class UartTest {
  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int IIR = 2;
  private static final int FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCRATCH = 7;

  private static final int MCR_READY = 0x0B;
  private static final int NO_INTERRUPT = 0x01;

  private final ManualTimeline timeline = new ManualTimeline();
  private final Wire irq = new Wire();
  private final StringBuilder sent = new StringBuilder();
  private final Uart uart = new Uart(timeline, irq, b -> sent.append((char) b));

  private int in(int register) {
    return uart.readPort(0x3F8 + register);
  }

  private void out(int register, int value) {
    uart.writePort(0x3F8 + register, value);
  }

  private void type(String text) {
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      uart.receive(b);
    }
  }

  private String readAll() {
    final StringBuilder text = new StringBuilder();
    while ((in(LSR) & 1) != 0) {
      text.append((char) in(DATA));
    }
    return text.toString();
  }

  /** 115,200 baud: a character takes 86.8 µs. */
  private void open(int ier) {
    out(LCR, 0x83);
    out(DATA, 1);
    out(IER, 0);
    out(LCR, 0x03);
    out(FCR, 0x81);
    out(IER, ier);
    out(MCR, MCR_READY);
  }

  private static final long CHARACTER = 87_000;

  @Test
  void whatIsWrittenIsSentAtOnce() {
    out(DATA, 'h');
    out(DATA, 'i');
    assertEquals("hi", sent.toString());
    assertEquals(0x60, in(LSR), "the transmitter is empty");
  }

  @Test
  void theDivisorIsKeptBehindItsAccessBit() {
    out(LCR, 0x80);
    out(DATA, 0x34);
    out(IER, 0x12);
    assertEquals(0x34, in(DATA));
    assertEquals(0x12, in(IER));
    out(LCR, 0x03);
    assertEquals(0, in(IER));
    assertEquals("", sent.toString());
  }

  @Test
  void unimplementedBitsReadAsZero() {
    out(IER, 0xFF);
    assertEquals(0x0F, in(IER));
    out(MCR, 0xFF);
    assertEquals(0x1F, in(MCR));
    out(SCRATCH, 0xA5);
    assertEquals(0xA5, in(SCRATCH));
  }

  @Test
  void itShowsItselfAsA16550A() {
    assertEquals(0x01, in(IIR));
    out(FCR, 0x01);
    assertEquals(0xC1, in(IIR));
    out(FCR, 0x21);
    assertEquals(0xC1, in(IIR), "no 64-byte FIFO");
  }

  @Test
  void loopbackShowsOutputsAsModemStatus() {
    out(MCR, 0x1A);
    assertEquals(0x90, in(MSR) & 0xF0, "OUT2 as DCD, RTS as CTS");
    out(MCR, 0x15);
    assertEquals(0x60, in(MSR) & 0xF0, "OUT1 as RI, DTR as DSR");
    out(MCR, 0);
    assertEquals(0xB0, in(MSR) & 0xF0, "a terminal that is ready");
  }

  @Test
  void loopbackReceivesWhatIsSent() {
    out(FCR, 1);
    out(MCR, 0x10);
    out(DATA, 'x');
    assertEquals("", sent.toString());
    assertEquals("x", readAll());
  }

  @Test
  void enablingTheTransmitInterruptRaisesItEachTime() {
    open(0);
    for (int i = 0; i < 2; i++) {
      out(IER, 0x02);
      assertTrue(irq.high);
      assertEquals(0xC2, in(IIR));
      assertFalse(irq.high, "reading IIR answers it");
      assertEquals(0xC1, in(IIR));
      out(IER, 0);
    }
  }

  @Test
  void theTransmitInterruptComesAgainAfterEveryWrite() {
    open(0x02);
    in(IIR);
    final int before = irq.edges;
    out(DATA, 'a');
    assertEquals(1, irq.edges - before);
    assertEquals(0xC2, in(IIR));
    out(DATA, 'b');
    assertEquals(2, irq.edges - before);
  }

  @Test
  void out2SwitchesTheInterruptThrough() {
    out(IER, 0x02);
    assertFalse(irq.high);
    out(MCR, 0x08);
    assertTrue(irq.high);
  }

  @Test
  void receivedBytesInterruptAtTheTriggerLevel() {
    open(0x01);
    type("abcdefgh");
    timeline.advance(6 * CHARACTER);
    assertFalse(irq.high, "seven bytes of eight");
    timeline.advance(CHARACTER);
    assertTrue(irq.high);
    assertEquals(0xC4, in(IIR));
    assertEquals("abcdefgh", readAll());
    assertFalse(irq.high);
  }

  @Test
  void fewerBytesInterruptAfterFourCharacterTimes() {
    open(0x01);
    type("a");
    assertFalse(irq.high);
    timeline.advance(5 * CHARACTER);
    assertTrue(irq.high);
    assertEquals(0xCC, in(IIR));
    assertEquals('a', in(DATA));
    assertFalse(irq.high);
  }

  @Test
  void receivedBytesRankBeforeTheEmptyTransmitter() {
    open(0);
    out(FCR, 0x01);
    out(IER, 0x03);
    type("a");
    assertEquals(0xC4, in(IIR));
    in(DATA);
    assertEquals(0xC2, in(IIR));
  }

  @Test
  void nothingIsLostHoweverFastItIsTyped() {
    open(0x01);
    final String text = "0123456789".repeat(50);
    type(text);
    final StringBuilder read = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      timeline.advance(10 * CHARACTER);
      read.append(readAll());
    }
    assertEquals(text, read.toString());
  }

  @Test
  void aFullFifoHoldsTheOtherEndUp() {
    open(0x01);
    type("abcdefghijklmnopqrstuvwxyz");
    timeline.advance(100 * CHARACTER);
    assertEquals(0, in(LSR) & 0x02, "no overrun");
    assertEquals('a', in(DATA));
  }

  @Test
  void bytesSentBeforeTheGuestIsReadyWait() {
    type("early");
    timeline.advance(100 * CHARACTER);
    assertEquals("", readAll());
    open(0x01);
    final StringBuilder read = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      read.append(readAll());
      timeline.advance(CHARACTER);
    }
    assertEquals("early", read.toString());
  }

  @Test
  void aPolledGuestThatRaisesRtsReceives() {
    out(MCR, 0x03);
    type("k");
    assertEquals(0x61, in(LSR));
    assertEquals('k', in(DATA));
    assertEquals(0x60, in(LSR));
  }

  @Test
  void overrunIsReportedOnceAndInterrupts() {
    out(FCR, 0x01);
    out(IER, 0x04);
    out(MCR, 0x10);
    for (int i = 0; i < 17; i++) {
      out(DATA, i);
    }
    assertEquals(0xC6, in(IIR));
    assertEquals(0x63, in(LSR));
    assertEquals(0x61, in(LSR));
    assertEquals(0xC1, in(IIR));
  }

  @Test
  void resettingTheFifoEmptiesIt() {
    out(FCR, 0x01);
    out(MCR, 0x10);
    out(DATA, 'x');
    out(FCR, 0x03);
    assertEquals(0x60, in(LSR));
  }

  @Test
  void aModemLineThatChangesInterrupts() {
    open(0x08);
    in(MSR);
    assertFalse(irq.high);
    out(MCR, 0x1A);
    out(MCR, MCR_READY);
    assertTrue(irq.high);
    assertEquals(0xC0, in(IIR));
    assertEquals(0xB2, in(MSR), "DSR has changed");
    assertEquals(0xC0 | NO_INTERRUPT, in(IIR));
  }

  @Test
  void linesThatAreWiredTogetherAreHighWhileOneIs() {
    final Wire wire = new Wire();
    final InterruptLine[] shared = wire.share(2);
    shared[0].set(true);
    shared[1].set(true);
    shared[0].set(false);
    assertTrue(wire.high);
    shared[1].set(false);
    assertFalse(wire.high);
    assertEquals(1, wire.edges);
  }
}
