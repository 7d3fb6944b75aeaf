package hourglass.runtime.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code --dump} and {@code --dump-at} ask for.
 *
 * @param folder where the files go
 * @param places symbols or hexadecimal addresses of which a region must contain one; none: all
 *     regions
 */
record DumpRequest(Path folder, List<String> places) {
  DumpRequest {
    places = List.copyOf(places);
  }
}
