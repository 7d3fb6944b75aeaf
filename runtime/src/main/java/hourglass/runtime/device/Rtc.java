package hourglass.runtime.device;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The MC146818 real-time clock and its 128 bytes of CMOS RAM (Motorola MC146818A data sheet), at
 * ports 70h and 71h. The clock runs from a 32,768 Hz crystal on the board's timeline and interrupts
 * on IRQ 8.
 *
 * <p>The flags in register C are worked out from the time that has passed since they were last
 * looked at; a timer is set only while the guest has an interrupt enabled.
 */
public final class Rtc implements PortBus.PortDevice {
  private static final int INDEX = 0x70;
  private static final int DATA = 0x71;

  private static final int SECONDS = 0;
  private static final int SECONDS_ALARM = 1;
  private static final int MINUTES = 2;
  private static final int MINUTES_ALARM = 3;
  private static final int HOURS = 4;
  private static final int HOURS_ALARM = 5;
  private static final int WEEKDAY = 6;
  private static final int DAY = 7;
  private static final int MONTH = 8;
  private static final int YEAR = 9;
  private static final int REGISTER_A = 10;
  private static final int REGISTER_B = 11;
  private static final int REGISTER_C = 12;
  private static final int REGISTER_D = 13;
  private static final int CENTURY = 0x32;

  private static final int A_UPDATE_IN_PROGRESS = 0x80;
  private static final int A_DIVIDER = 0x70;
  private static final int A_DIVIDER_RUNNING = 0x20;
  private static final int A_RATE = 0x0F;

  private static final int B_SET = 0x80;
  private static final int B_BINARY = 1 << 2;
  private static final int B_24_HOURS = 1 << 1;

  /** Enables in register B and flags in register C have the same places. */
  private static final int PERIODIC = 1 << 6;

  private static final int ALARM = 1 << 5;
  private static final int UPDATE = 1 << 4;
  private static final int INTERRUPT = 1 << 7;

  private static final int D_VALID = 0x80;
  private static final int PM = 0x80;
  private static final int DONT_CARE = 0xC0;

  private static final long SECOND = 1_000_000_000L;

  /** Update in progress is set 244 µs before the update, which takes 1,984 µs. */
  private static final long UPDATE_NANOS = 2_228_000;

  private static final Frequency CRYSTAL = Frequency.ofHertz(32_768);

  private final Timeline timeline;
  private final InterruptLine irq;
  private final Timeline.Timer timer;
  private final int[] cmos = new int[128];
  private int index;
  private boolean nmiMasked;

  /** The clock shows {@code date} from {@code dateSince} until a second later, and so on. */
  private LocalDateTime date;

  private long dateSince;

  /** The time up to which {@link #flags} accounts for what has happened. */
  private long accounted;

  private int flags;

  /**
   * Makes a clock.
   *
   * @param date what it shows now
   */
  public Rtc(Timeline timeline, InterruptLine irq, LocalDateTime date, long memoryBytes) {
    this.timeline = timeline;
    this.irq = irq;
    this.date = date.truncatedTo(ChronoUnit.SECONDS);
    dateSince = timeline.now();
    accounted = dateSince;
    timer = timeline.newTimer(this::account);
    cmos[REGISTER_A] = 0x26; // crystal running, 1,024 Hz
    cmos[REGISTER_B] = B_24_HOURS;
    storeMemorySize(memoryBytes);
  }

  public void attach(PortBus ports) {
    ports.attach(INDEX, DATA, this);
  }

  /** The reset line: clears interrupt enables and flags; time and RAM live on. */
  public void reset() {
    account();
    cmos[REGISTER_B] &= ~(PERIODIC | ALARM | UPDATE | 1 << 3);
    flags = 0;
    nmiMasked = false;
    update();
  }

  /** Whether bit 7 of the index port keeps NMIs from the processor. */
  public boolean isNmiMasked() {
    return nmiMasked;
  }

  /** The memory size and equipment bytes that a PC's firmware keeps, and their checksum. */
  private void storeMemorySize(long memoryBytes) {
    final int extended = (int) Math.clamp(memoryBytes / 1024 - 1024, 0, 0xFFFF);
    final int above16MiB = (int) Math.clamp((memoryBytes >> 16) - 256, 0, 0xFFFF);
    cmos[0x14] = 0x02; // coprocessor, no floppy drive
    storeWord(0x15, 640);
    storeWord(0x17, extended);
    storeWord(0x30, extended);
    storeWord(0x34, above16MiB);
    int checksum = 0;
    for (int i = 0x10; i <= 0x2D; i++) {
      checksum += cmos[i];
    }
    cmos[0x2E] = checksum >> 8 & 0xFF;
    cmos[0x2F] = checksum & 0xFF;
  }

  private void storeWord(int at, int value) {
    cmos[at] = value & 0xFF;
    cmos[at + 1] = value >> 8;
  }

  @Override
  public int readPort(int port) {
    return port == DATA ? readRegister() : 0xFF;
  }

  @Override
  public void writePort(int port, int value) {
    if (port == INDEX) {
      index = value & 0x7F;
      nmiMasked = (value & 0x80) != 0;
    } else {
      writeRegister(value);
    }
  }

  private int readRegister() {
    switch (index) {
      case REGISTER_A:
        return cmos[REGISTER_A] | (isUpdating() ? A_UPDATE_IN_PROGRESS : 0);
      case REGISTER_C:
        account();
        final int value = flags | (isInterrupting() ? INTERRUPT : 0);
        flags = 0;
        update();
        return value;
      case REGISTER_D:
        return D_VALID;
      default:
        if (isTime(index) && isTicking()) {
          showTime();
        }
        return cmos[index];
    }
  }

  private void writeRegister(int value) {
    switch (index) {
      case REGISTER_A, REGISTER_B -> {
        account();
        final boolean ticked = isTicking();
        if (ticked) {
          showTime();
        }
        final boolean dividerHeld = !isDividerRunning();
        cmos[index] = index == REGISTER_A ? value & ~A_UPDATE_IN_PROGRESS : value;
        if (!ticked && isTicking()) {
          takeTime();
        }
        if (dividerHeld && isDividerRunning()) {
          // The first update comes half a second after the divider is let go.
          dateSince = timeline.now() - SECOND / 2;
        }
        update();
      }
      case REGISTER_C, REGISTER_D -> {
        // Read only.
      }
      default -> {
        if (isTime(index) && isTicking()) {
          account();
          showTime();
          cmos[index] = value;
          final long phase = (timeline.now() - dateSince) % SECOND;
          takeTime();
          dateSince -= phase;
        } else {
          cmos[index] = value;
        }
        update();
      }
    }
  }

  private static boolean isTime(int register) {
    return register == CENTURY
        || register <= YEAR
            && register != SECONDS_ALARM
            && register != MINUTES_ALARM
            && register != HOURS_ALARM;
  }

  private boolean isDividerRunning() {
    return (cmos[REGISTER_A] & A_DIVIDER) == A_DIVIDER_RUNNING;
  }

  private boolean isTicking() {
    return isDividerRunning() && (cmos[REGISTER_B] & B_SET) == 0;
  }

  private boolean isUpdating() {
    return isTicking() && (timeline.now() - dateSince) % SECOND >= SECOND - UPDATE_NANOS;
  }

  // --- time and date

  private LocalDateTime dateAt(long nanos) {
    return date.plusSeconds((nanos - dateSince) / SECOND);
  }

  /** Puts the current time into the registers. */
  private void showTime() {
    final LocalDateTime now = dateAt(timeline.now());
    cmos[SECONDS] = encode(now.getSecond());
    cmos[MINUTES] = encode(now.getMinute());
    cmos[HOURS] = encodeHour(now.getHour());
    cmos[WEEKDAY] = encode(now.getDayOfWeek().getValue() % 7 + 1); // Sunday is 1
    cmos[DAY] = encode(now.getDayOfMonth());
    cmos[MONTH] = encode(now.getMonthValue());
    cmos[YEAR] = encode(now.getYear() % 100);
    cmos[CENTURY] = toBcd(now.getYear() / 100); // the firmware's, always in BCD
  }

  /** Goes on from the time in the registers; from the one before where they hold no date. */
  private void takeTime() {
    final int year = fromBcd(cmos[CENTURY]) * 100 + decode(cmos[YEAR]);
    try {
      date =
          LocalDateTime.of(
              year,
              decode(cmos[MONTH]),
              decode(cmos[DAY]),
              decodeHour(cmos[HOURS]),
              decode(cmos[MINUTES]),
              decode(cmos[SECONDS]));
    } catch (DateTimeException e) {
      date = dateAt(timeline.now());
    }
    dateSince = timeline.now();
  }

  private int encode(int value) {
    return (cmos[REGISTER_B] & B_BINARY) != 0 ? value : toBcd(value);
  }

  private int decode(int value) {
    return (cmos[REGISTER_B] & B_BINARY) != 0 ? value : fromBcd(value);
  }

  private int encodeHour(int hour) {
    if ((cmos[REGISTER_B] & B_24_HOURS) != 0) {
      return encode(hour);
    }
    return encode((hour + 11) % 12 + 1) | (hour >= 12 ? PM : 0);
  }

  private int decodeHour(int value) {
    if ((cmos[REGISTER_B] & B_24_HOURS) != 0) {
      return decode(value);
    }
    return decode(value & ~PM) % 12 + ((value & PM) != 0 ? 12 : 0);
  }

  private static int toBcd(int value) {
    return value / 10 << 4 | value % 10;
  }

  private static int fromBcd(int value) {
    return (value >> 4) * 10 + (value & 15);
  }

  // --- interrupts

  /** Sets the flags of what has happened since the last time. */
  private void account() {
    final long now = timeline.now();
    if (nextPeriod(accounted) <= now) {
      flags |= PERIODIC;
    }
    if (nextUpdate(accounted) <= now) {
      flags |= UPDATE;
    }
    if (nextAlarm(accounted) <= now) {
      flags |= ALARM;
    }
    accounted = now;
    update();
  }

  private boolean isInterrupting() {
    return (flags & cmos[REGISTER_B] & (PERIODIC | ALARM | UPDATE)) != 0;
  }

  /** Drives IRQ 8 and, while it is low, sets the timer to the next event that would raise it. */
  private void update() {
    final boolean interrupting = isInterrupting();
    irq.set(interrupting);
    long next = Long.MAX_VALUE;
    if (!interrupting) {
      final int enabled = cmos[REGISTER_B];
      if ((enabled & PERIODIC) != 0) {
        next = nextPeriod(accounted);
      }
      if ((enabled & UPDATE) != 0) {
        next = Math.min(next, nextUpdate(accounted));
      }
      if ((enabled & ALARM) != 0) {
        next = Math.min(next, nextAlarm(accounted));
      }
    }
    if (next == Long.MAX_VALUE) {
      timer.cancel();
    } else {
      timer.set(next);
    }
  }

  /** The time of the first periodic interrupt after {@code nanos}. */
  private long nextPeriod(long nanos) {
    int rate = cmos[REGISTER_A] & A_RATE;
    if (rate == 0 || !isDividerRunning()) {
      return Long.MAX_VALUE;
    }
    if (rate <= 2) {
      rate += 7; // with this crystal the two fastest rates are 256 and 128 Hz
    }
    final int shift = rate - 1;
    return CRYSTAL.nanosOf((CRYSTAL.ticksAt(nanos) >> shift) + 1 << shift);
  }

  /** The time of the first end of an update after {@code nanos}. */
  private long nextUpdate(long nanos) {
    if (!isTicking()) {
      return Long.MAX_VALUE;
    }
    return dateSince + ((nanos - dateSince) / SECOND + 1) * SECOND;
  }

  /** The time of the first update after {@code nanos} that matches the alarm. */
  private long nextAlarm(long nanos) {
    if (!isTicking()) {
      return Long.MAX_VALUE;
    }
    final int first = dateAt(nextUpdate(nanos)).toLocalTime().toSecondOfDay();
    final long wait = secondsToAlarm(first);
    return wait < 0 ? Long.MAX_VALUE : nextUpdate(nanos) + wait * SECOND;
  }

  /**
   * Seconds from a second of the day to the first one that matches the alarm, 0 where it does
   * itself, or -1.
   */
  private long secondsToAlarm(int from) {
    for (int hour = 0; hour <= 24; hour++) {
      final int startOfHour = (from / 3600 + hour) * 3600;
      if (!matches(HOURS_ALARM, startOfHour / 3600 % 24)) {
        continue;
      }
      for (int minute = 0; minute < 60; minute++) {
        final int startOfMinute = startOfHour + minute * 60;
        if (startOfMinute + 60 <= from || !matches(MINUTES_ALARM, minute)) {
          continue;
        }
        for (int second = 0; second < 60; second++) {
          final int candidate = startOfMinute + second;
          if (candidate >= from && matches(SECONDS_ALARM, second)) {
            return candidate - from;
          }
        }
      }
    }
    return -1;
  }

  private boolean matches(int register, int value) {
    final int alarm = cmos[register];
    if ((alarm & DONT_CARE) == DONT_CARE) {
      return true;
    }
    return register == HOURS_ALARM ? alarm == encodeHour(value) : alarm == encode(value);
  }
}
