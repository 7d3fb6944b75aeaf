package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Behaviours from the Intel 8254 data sheet. A count is loaded one tick after it is written. */
class PitTest {
  private static final int CONTROL = 0x43;

  private final ManualTimeline timeline = new ManualTimeline();
  private final Wire irq0 = new Wire();
  private final Pit pit = new Pit(timeline, irq0);
  private long tick;

  private void advance(long ticks) {
    tick += ticks;
    timeline.advance(Pit.CLOCK.nanosOf(tick) - timeline.now());
  }

  /** Programs a counter with a control word for both bytes and a count. */
  private void program(int counter, int mode, int count) {
    pit.writePort(CONTROL, counter << 6 | 0x30 | mode << 1);
    write(counter, count);
  }

  private void write(int counter, int count) {
    pit.writePort(0x40 + counter, count & 0xFF);
    pit.writePort(0x40 + counter, count >> 8);
  }

  private int latched(int counter) {
    pit.writePort(CONTROL, counter << 6);
    return read(counter);
  }

  private int read(int counter) {
    final int low = pit.readPort(0x40 + counter);
    return low | pit.readPort(0x40 + counter) << 8;
  }

  private int status(int counter) {
    pit.writePort(CONTROL, 0xE0 | 2 << counter);
    return pit.readPort(0x40 + counter);
  }

  @Test
  void mode0RaisesItsOutputOnceNPlusOneTicksAfterTheCount() {
    program(0, 0, 100);
    assertFalse(irq0.high);
    advance(100);
    assertEquals(0, irq0.edges - edgesAtReset());
    advance(1);
    assertTrue(irq0.high);
    advance(200_000);
    assertEquals(1, irq0.edges - edgesAtReset(), "one shot only");
  }

  /** The output is high after reset. */
  private static int edgesAtReset() {
    return 1;
  }

  @Test
  void mode0CountsOnThroughZero() {
    program(0, 0, 5);
    advance(1 + 7);
    assertEquals(0xFFFE, latched(0));
  }

  @Test
  void mode0StopsAfterTheFirstByteOfANewCount() {
    program(0, 0, 100);
    advance(50);
    pit.writePort(0x40, 0x10);
    advance(1000);
    assertFalse(irq0.high);
    pit.writePort(0x40, 0);
    advance(17);
    assertTrue(irq0.high);
  }

  @Test
  void mode2InterruptsEveryNTicks() {
    program(0, 2, 1193);
    final int before = irq0.edges;
    advance(1 + 1193);
    assertEquals(1, irq0.edges - before);
    advance(1193L * 9);
    assertEquals(10, irq0.edges - before);
  }

  @Test
  void mode2CountsFromNDownTo1() {
    program(0, 2, 10);
    advance(1);
    assertEquals(10, latched(0));
    advance(9);
    assertEquals(1, latched(0));
    advance(1);
    assertEquals(10, latched(0));
  }

  @Test
  void aNewCountInMode2TakesEffectWithTheNextPeriod() {
    program(0, 2, 1000);
    advance(1 + 400);
    final int before = irq0.edges;
    write(0, 100);
    advance(599);
    assertEquals(0, irq0.edges - before, "the old period goes on");
    advance(1);
    assertEquals(1, irq0.edges - before);
    advance(100);
    assertEquals(2, irq0.edges - before, "the new period");
  }

  @Test
  void aCountOf0Stands65536() {
    program(0, 2, 0);
    final int before = irq0.edges;
    advance(65_536);
    assertEquals(0, irq0.edges - before);
    advance(1);
    assertEquals(1, irq0.edges - before);
  }

  @Test
  void mode3IsHighForTheLongerHalfOfAnOddCount() {
    pit.setGate2(true);
    program(2, 3, 5);
    advance(1);
    final StringBuilder wave = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      wave.append(pit.out2() ? '1' : '0');
      advance(1);
    }
    assertEquals("1110011100", wave.toString());
  }

  @Test
  void mode3CountsDownByTwo() {
    program(0, 3, 8);
    advance(1);
    assertEquals(8, latched(0));
    advance(3);
    assertEquals(2, latched(0));
    advance(1);
    assertEquals(8, latched(0), "the second half");
  }

  @Test
  void mode4StrobesOnceForOneTick() {
    pit.setGate2(true);
    program(2, 4, 3);
    advance(3);
    assertTrue(pit.out2());
    advance(1);
    assertFalse(pit.out2());
    advance(1);
    assertTrue(pit.out2());
    advance(65_540);
    assertTrue(pit.out2());
  }

  @Test
  void mode4InterruptsOnce() {
    program(0, 4, 500);
    final int before = irq0.edges;
    advance(501);
    assertEquals(0, irq0.edges - before);
    advance(1);
    assertEquals(1, irq0.edges - before);
    advance(1_000_000);
    assertEquals(1, irq0.edges - before);
  }

  @Test
  void mode1IsTriggeredByItsGateAndCanBeRetriggered() {
    program(2, 1, 10);
    advance(50);
    assertTrue(pit.out2(), "waits for its gate");
    pit.setGate2(true);
    advance(1);
    assertFalse(pit.out2());
    advance(5);
    pit.setGate2(false);
    pit.setGate2(true);
    advance(10);
    assertFalse(pit.out2(), "started anew");
    advance(1);
    assertTrue(pit.out2());
  }

  @Test
  void mode5StrobesAfterItsGate() {
    program(2, 5, 4);
    advance(50);
    assertTrue(pit.out2());
    pit.setGate2(true);
    advance(1 + 4);
    assertFalse(pit.out2());
    advance(1);
    assertTrue(pit.out2());
  }

  @Test
  void aLowGateStopsMode0AndAHighOneGoesOn() {
    pit.setGate2(true);
    program(2, 0, 100);
    advance(1 + 40);
    pit.setGate2(false);
    advance(1000);
    assertEquals(60, latched(2));
    pit.setGate2(true);
    advance(59);
    assertFalse(pit.out2());
    advance(1);
    assertTrue(pit.out2());
  }

  @Test
  void aRisingGateReloadsMode2() {
    pit.setGate2(true);
    program(2, 2, 100);
    advance(1 + 40);
    pit.setGate2(false);
    assertTrue(pit.out2());
    advance(10);
    pit.setGate2(true);
    advance(1);
    assertEquals(100, latched(2));
  }

  @Test
  void aLatchedCountStandsUntilItIsRead() {
    program(0, 2, 1000);
    advance(1 + 10);
    pit.writePort(CONTROL, 0x00);
    advance(10);
    pit.writePort(CONTROL, 0x00);
    advance(10);
    assertEquals(990, read(0));
    assertEquals(970, read(0), "then the running count");
  }

  @Test
  void oneByteAccessReadsAndWritesThatByte() {
    pit.writePort(CONTROL, 0x10 | 2 << 1);
    pit.writePort(0x40, 200);
    advance(1 + 50);
    assertEquals(150, pit.readPort(0x40));
    assertEquals(150, pit.readPort(0x40));
    pit.writePort(CONTROL, 0x20 | 2 << 1);
    pit.writePort(0x40, 0x12);
    advance(1);
    assertEquals(0x12, pit.readPort(0x40));
  }

  @Test
  void bcdCountsInDecimal() {
    pit.writePort(CONTROL, 0x31 | 2 << 1);
    write(0, 0x1000);
    advance(1 + 1);
    assertEquals(0x0999, latched(0));
    final int before = irq0.edges;
    advance(999);
    assertEquals(1, irq0.edges - before);
  }

  @Test
  void readBackGivesStatusThenCount() {
    pit.writePort(CONTROL, 0x34);
    assertEquals(0xF4, status(0), "output high, no count yet, both bytes, mode 2");
    write(0, 500);
    advance(1 + 100);
    pit.writePort(CONTROL, 0xC2);
    advance(50);
    assertEquals(0xB4, pit.readPort(0x40), "output high, count loaded");
    assertEquals(400, read(0), "the count latched with it");
  }

  @Test
  void readBackLatchesSeveralCountersAtOnce() {
    program(0, 2, 1000);
    pit.setGate2(true);
    program(2, 2, 2000);
    advance(1 + 100);
    pit.writePort(CONTROL, 0xDA);
    advance(100);
    assertEquals(900, read(0));
    assertEquals(1900, read(2));
  }

  @Test
  void missedTicksAreMadeUpForOneByOne() {
    program(0, 2, 11_932);
    advance(1);
    final int before = irq0.edges;
    timeline.jump(100_500_000);
    assertEquals(1, irq0.edges - before, "no burst");
    timeline.advance(99_500_000);
    assertEquals(19, irq0.edges - before, 1, "made up for after as long again");
  }

  @Test
  void ticksMissedForLongAreGivenUp() {
    program(0, 2, 11_932);
    advance(1);
    final int before = irq0.edges;
    timeline.jump(60_000_000_000L);
    timeline.advance(100_000_000);
    assertEquals(11, irq0.edges - before, 1);
  }
}
