package hourglass.runtime.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.testing.BootedGuest;
import hourglass.runtime.testing.FetchedImages;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's grub-invaders, a Multiboot kernel that draws into text memory. */
final class MultibootGameTest {
  private static final int ALIENS = 40;

  /** The player's ship, in the middle of the last two lines until a key is pressed. */
  private static final Pattern SHIP = Pattern.compile("(?s).* {40}_ {39}\n {39}/.\\\\ {38}\n");

  private static final Pattern ALIEN = Pattern.compile("-\\*-");

  /** Whether a frame is drawn as a whole: the game begins each with an empty screen. */
  private static boolean isComplete(String screen) {
    return SHIP.matcher(screen).matches() && ALIEN.matcher(screen).results().count() == ALIENS;
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void theGameDrawsItsShipAndMovesItsAliens(EngineKind engine) throws Exception {
    final BootedGuest guest =
        BootedGuest.of(
            FetchedImages.get("grub-invaders"),
            "",
            new BoardOptions(32 << 20, engine, 1000, ClockKind.HOST, false));
    final Set<String> frames = new HashSet<>();
    final Outcome outcome =
        guest.runUntilScreen(screen -> {
          if (isComplete(screen)) {
            frames.add(screen);
          }
          return frames.size() == 3;
        });
    assertEquals(new Outcome.Stopped(), outcome, guest::screen);
  }
}
