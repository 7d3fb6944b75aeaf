package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeysTest {
  private final StringBuilder seen = new StringBuilder();
  private final Keys keys =
      new Keys(
          new Keys.Receiver() {
            @Override
            public void typed(byte[] bytes, int length) {
              seen.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
            }

            @Override
            public void quit() {
              seen.append("<quit>");
            }

            @Override
            public void processes() {
              seen.append("<processes>");
            }

            @Override
            public void help() {
              seen.append("<help>");
            }
          });

  private void type(String text) {
    keys.accept(text.getBytes(StandardCharsets.ISO_8859_1), text.length());
  }

  @Test
  void passesEveryOtherKeyToTheGuest() {
    type("ls\r\3\32\33[A\377x");
    assertEquals("ls\r\3\32\33[A\377x", seen.toString());
  }

  @Test
  void ctrlAAndALetterIsACommand() {
    type("\1h");
    type("\1p");
    type("\1x");
    assertEquals("<help><processes><quit>", seen.toString());
  }

  @Test
  void ctrlATwiceSendsOneCtrlA() {
    type("a\1\1b");
    assertEquals("a\1b", seen.toString());
  }

  @Test
  void theTwoKeysMayComeApart() {
    type("a\1");
    type("x");
    assertEquals("a<quit>", seen.toString());
  }

  @Test
  void anUnknownCommandDoesNothing() {
    type("\1zb");
    assertEquals("b", seen.toString());
  }
}
