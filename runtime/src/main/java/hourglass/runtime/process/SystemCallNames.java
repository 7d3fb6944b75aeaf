package hourglass.runtime.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Linux's system calls of i386 and its error numbers, by name. From a table, a line a call: number,
 * name, a letter an argument ({@code d} a signed number, {@code x} one in hexadecimal, {@code s} a
 * text; {@code -} for none), and {@code x} where the result is an address. Arguments that take two
 * registers are two.
 */
final class SystemCallNames {
  private static final int LONGEST_TEXT = 128;
  private static final int LARGEST_ERROR = 4095;

  private record Call(String name, String arguments, boolean givesAddress) {}

  private final Map<Integer, Call> calls = new HashMap<>();
  private final List<String> errors = new ArrayList<>();

  private SystemCallNames() {
    for (String line : lines("system-calls.txt")) {
      final String[] words = line.split(" ");
      calls.put(
          Integer.valueOf(words[0]),
          new Call(words[1], words[2].equals("-") ? "" : words[2], words.length > 3));
    }
    errors.addAll(lines("errors.txt"));
  }

  static SystemCallNames linux() {
    return new SystemCallNames();
  }

  private static List<String> lines(String resource) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                SystemCallNames.class.getResourceAsStream(resource), StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name(int number) {
    final Call call = calls.get(number);
    return call == null ? "call " + Integer.toUnsignedString(number) : call.name;
  }

  /** A call as in C, texts read from the guest's memory where they are there. */
  String describe(int number, int[] arguments, GuestView view) {
    final Call call = calls.get(number);
    if (call == null) {
      return plain(name(number), arguments);
    }
    final StringBuilder text = new StringBuilder(call.name).append('(');
    for (int i = 0; i < call.arguments.length(); i++) {
      text.append(i == 0 ? "" : ", ");
      final int value = arguments[i];
      switch (call.arguments.charAt(i)) {
        case 'd' -> text.append(value);
        case 's' ->
            text.append(
                view.text(value, LONGEST_TEXT).map(s -> '"' + s + '"').orElse(hexadecimal(value)));
        default -> text.append(hexadecimal(value));
      }
    }
    return text.append(')').toString();
  }

  /** A call of which nothing is known but its registers. */
  static String plain(String name, int[] arguments) {
    final List<String> texts = new ArrayList<>();
    for (int argument : arguments) {
      texts.add(hexadecimal(argument));
    }
    return name + "(" + String.join(", ", texts) + ")";
  }

  private static String hexadecimal(int value) {
    return String.format(Locale.ROOT, "0x%x", value);
  }

  /** What a call returned: an error's name, a number, or an address. */
  String result(int number, int value) {
    if (value < 0 && value >= -LARGEST_ERROR) {
      return -value < errors.size() ? "-" + errors.get(-value) : String.valueOf(value);
    }
    final Call call = calls.get(number);
    return call != null && call.givesAddress ? hexadecimal(value) : String.valueOf(value);
  }
}
