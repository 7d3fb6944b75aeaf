package hourglass.runtime.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The flags that each opcode leaves defined, from the captured set's {@code metadata.json}, which
 * has one key or bracket to a line.
 */
final class FlagMasks {
  private static final Pattern OPCODE = Pattern.compile("^ {8}\"(\\w+)\": \\{");
  private static final Pattern EXTENSION = Pattern.compile("^ {16}\"(\\d)\": \\{");
  private static final Pattern MASK = Pattern.compile("\"flags-mask\": (\\d+)");

  private final Map<String, Integer> masks = new HashMap<>();

  private FlagMasks() {}

  static FlagMasks read(Path metadata) throws IOException {
    final FlagMasks result = new FlagMasks();
    String opcode = "";
    String key = "";
    for (String line : Files.readAllLines(metadata)) {
      final Matcher opcodeLine = OPCODE.matcher(line);
      final Matcher extensionLine = EXTENSION.matcher(line);
      final Matcher mask = MASK.matcher(line);
      if (opcodeLine.find()) {
        opcode = opcodeLine.group(1);
        key = opcode;
      } else if (extensionLine.find()) {
        key = opcode + "." + extensionLine.group(1);
      } else if (mask.find()) {
        result.masks.put(key, Integer.valueOf(mask.group(1)));
      }
    }
    return result;
  }

  /**
   * The mask for an opcode such as {@code 27} or {@code D0.4}; all ones where everything is
   * defined.
   */
  int of(String opcode) {
    return masks.getOrDefault(opcode, 0xFFFF);
  }
}
