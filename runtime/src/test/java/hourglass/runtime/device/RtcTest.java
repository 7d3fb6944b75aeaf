package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

/**
 * Behaviours from the MC146818A data sheet. The clock starts on Thursday, 29 February 2024,
 * 23:59:58.
 */
class RtcTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int PERIODIC = 0x40;
  private static final int ALARM = 0x20;
  private static final int UPDATE = 0x10;
  private static final int HOURS_24 = 0x02;

  private final ManualTimeline timeline = new ManualTimeline();
  private final Wire irq = new Wire();
  private final Rtc rtc =
      new Rtc(timeline, irq, LocalDateTime.of(2024, 2, 29, 23, 59, 58), 256L << 20);

  private int read(int register) {
    rtc.writePort(0x70, register);
    return rtc.readPort(0x71);
  }

  private void write(int register, int value) {
    rtc.writePort(0x70, register);
    rtc.writePort(0x71, value);
  }

  private String dateAndTime() {
    return "%02x%02x-%02x-%02x %02x:%02x:%02x, day %x"
        .formatted(read(0x32), read(9), read(8), read(7), read(4), read(2), read(0), read(6));
  }

  @Test
  void timeRunsInBcd() {
    assertEquals("2024-02-29 23:59:58, day 5", dateAndTime());
    timeline.advance(SECOND);
    assertEquals("2024-02-29 23:59:59, day 5", dateAndTime());
    timeline.advance(SECOND);
    assertEquals("2024-03-01 00:00:00, day 6", dateAndTime());
  }

  @Test
  void binaryModeAndTwelveHourModeAreChosenInRegisterB() {
    write(0x0B, 0x06);
    assertEquals(58, read(0));
    assertEquals(23, read(4));
    write(0x0B, 0x04);
    assertEquals(0x80 | 11, read(4));
    write(0x0B, 0x00);
    assertEquals(0x91, read(4));
    timeline.advance(2 * SECOND);
    assertEquals(0x12, read(4), "midnight is 12 AM");
  }

  @Test
  void aSetClockGoesOnFromWhereItWasSet() {
    write(0x0B, 0x80 | HOURS_24);
    write(9, 0x31);
    write(8, 0x12);
    write(7, 0x31);
    write(4, 0x07);
    write(2, 0x08);
    write(0, 0x09);
    timeline.advance(10 * SECOND);
    assertEquals(0x09, read(0), "stands still while it is set");
    write(0x0B, HOURS_24);
    timeline.advance(SECOND);
    assertEquals("2031-12-31 07:08:10, day 4", dateAndTime());
  }

  @Test
  void lettingTheDividerGoUpdatesHalfASecondLater() {
    write(0x0A, 0x76);
    write(0x0A, 0x26);
    timeline.advance(SECOND / 2 - 1);
    assertEquals(0x58, read(0));
    timeline.advance(1);
    assertEquals(0x59, read(0));
  }

  @Test
  void updateInProgressAnnouncesTheUpdate() {
    assertEquals(0x26, read(0x0A));
    timeline.advance(SECOND - 2_000_000);
    assertEquals(0xA6, read(0x0A));
    timeline.advance(2_000_000);
    assertEquals(0x26, read(0x0A));
  }

  @Test
  void updateFlagIsSetEverySecondAndClearedByReading() {
    timeline.advance(SECOND - 1);
    assertEquals(0, read(0x0C) & UPDATE);
    timeline.advance(1);
    assertEquals(UPDATE, read(0x0C) & UPDATE);
    assertEquals(0, read(0x0C) & UPDATE);
    assertFalse(irq.high);
  }

  @Test
  void withoutAnEnabledInterruptNoTimerRuns() {
    assertEquals(Long.MAX_VALUE, timeline.nextDeadline());
  }

  @Test
  void updateInterruptsStayUntilRegisterCIsRead() {
    write(0x0B, HOURS_24 | UPDATE);
    timeline.advance(3 * SECOND);
    assertTrue(irq.high);
    assertEquals(1, irq.edges);
    assertEquals(0x80 | UPDATE, read(0x0C) & (0x80 | UPDATE));
    assertFalse(irq.high);
    timeline.advance(SECOND);
    assertEquals(2, irq.edges);
  }

  @Test
  void periodicInterruptsComeAtTheChosenRate() {
    write(0x0A, 0x2A);
    write(0x0B, HOURS_24 | PERIODIC);
    for (int i = 0; i < 640; i++) {
      timeline.advance(SECOND / 640);
      read(0x0C);
    }
    assertEquals(64, irq.edges);
  }

  @Test
  void alarmInterruptsWhenTheTimeMatches() {
    write(5, 0x00);
    write(3, 0x00);
    write(1, 0x03);
    write(0x0B, HOURS_24 | ALARM);
    timeline.advance(5 * SECOND - 1);
    assertFalse(irq.high);
    timeline.advance(1);
    assertTrue(irq.high, "at 00:00:03");
    assertEquals(ALARM, read(0x0C) & ALARM);
    timeline.advance(86_400 * SECOND - 1);
    assertFalse(irq.high);
    timeline.advance(1);
    assertTrue(irq.high, "a day later");
  }

  @Test
  void alarmFieldsOfAllOnesMatchAlways() {
    write(5, 0xFF);
    write(3, 0xC0);
    write(1, 0x30);
    write(0x0B, HOURS_24 | ALARM);
    timeline.advance(31 * SECOND);
    assertFalse(irq.high);
    timeline.advance(SECOND);
    read(0x0C);
    assertEquals(1, irq.edges, "at 00:00:30");
    timeline.advance(60 * SECOND);
    assertEquals(2, irq.edges, "every minute");
  }

  @Test
  void anAlarmThatNeverMatchesSetsNoTimer() {
    write(1, 0x75);
    write(0x0B, HOURS_24 | ALARM);
    assertEquals(Long.MAX_VALUE, timeline.nextDeadline());
  }

  @Test
  void memorySizeIsKeptAsFirmwareDoes() {
    assertEquals(640, read(0x15) | read(0x16) << 8, "KiB of base memory");
    assertEquals(0xFFFF, read(0x30) | read(0x31) << 8, "KiB above 1 MiB, at most 64 MiB");
    assertEquals(240 * 16, read(0x34) | read(0x35) << 8, "64 KiB blocks above 16 MiB");
    int sum = 0;
    for (int i = 0x10; i <= 0x2D; i++) {
      sum += read(i);
    }
    assertEquals(sum, read(0x2E) << 8 | read(0x2F), "checksum");
  }

  @Test
  void ramKeepsWhatIsWrittenAndResetLeavesIt() {
    write(0x40, 0x5A);
    write(0x0B, HOURS_24 | UPDATE);
    rtc.reset();
    assertEquals(0x5A, read(0x40));
    assertEquals(HOURS_24, read(0x0B), "interrupts are off");
    assertEquals(0x80, read(0x0D), "the battery is good");
  }

  @Test
  void bit7OfTheIndexMasksNmi() {
    rtc.writePort(0x70, 0x8A);
    assertTrue(rtc.isNmiMasked());
    assertEquals(0x26, rtc.readPort(0x71));
    rtc.writePort(0x70, 0x0A);
    assertFalse(rtc.isNmiMasked());
  }
}
