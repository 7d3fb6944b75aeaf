package hourglass.runtime.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.testing.BootedGuest;
import hourglass.runtime.testing.FetchedImages;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Debian's memtest86+ on 32 MiB. */
final class MemoryTesterTest {
  /** The last test of a pass, which mostly waits: 80 seconds for each of two patterns. */
  private static final String LAST_TEST = "#10 ";

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void everyTestThatWritesMemoryFindsNoError() throws Exception {
    final BootedGuest guest =
        BootedGuest.of(
            FetchedImages.get("memtest86+"),
            "console=ttyS0,115200",
            new BoardOptions(32 << 20, EngineKind.TRANSLATE, 1000, ClockKind.HOST, false));
    final Outcome outcome = guest.runUntilPrinted(LAST_TEST);
    assertEquals(new Outcome.Stopped(), outcome, guest::screen);
    assertTrue(guest.screen().contains("Errors: 0 "), guest::screen);
    assertFalse(guest.printed().contains("Errors: 1"), guest::screen);
  }
}
