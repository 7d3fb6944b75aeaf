package hourglass.runtime.hostcpu;

import hourglass.translator.isa.Form;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The recordings, each in a file of its own. */
enum Group {
  /** The instructions of general registers. */
  INTEGER(2, 44),

  /** MMX, SSE to SSE4.2 and what came with them. */
  SIMD(1, 64);

  private final int alike;
  private final int cases;

  Group(int alike, int cases) {
    this.alike = alike;
    this.cases = cases;
  }

  /** How many encodings of a form that are alike take part. */
  int alike() {
    return alike;
  }

  /** Inputs for each encoding. */
  int cases() {
    return cases;
  }

  /** Whether x87, MMX and XMM registers are recorded. */
  boolean simd() {
    return this == SIMD;
  }

  boolean contains(Form form) {
    return form.has(Form.Trait.SIMD) == (this == SIMD);
  }

  String file() {
    return name().toLowerCase(java.util.Locale.ROOT) + ".bin.gz";
  }

  /** The committed recording. */
  List<Recording.Entry> recording() throws IOException {
    try (InputStream file = Group.class.getResourceAsStream(file())) {
      return Recording.read(file);
    }
  }
}
