package hourglass.runtime.boot;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What can go wrong with a file: cut anywhere, bytes and fields of its headers changed, noise. */
public final class Mutations {
  private static final int[] EDGES = {
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10_0000, 0x7FFF_FFFF, 1 << 31, -16, -1
  };
  private static final int MOST_CHANGES = 8;

  private final byte[] file;
  private final int headers;

  /** A file that has been changed: how, and what makes it. */
  public record Mutant(String change, Supplier<byte[]> made) {
    /** Makes the file. */
    public byte[] bytes() {
      return made.get();
    }
  }

  private Mutations(byte[] file, int headers) {
    this.file = file;
    this.headers = Math.min(headers, file.length);
  }

  /**
   * Mutants of a file, the same in every run: every length if it is small, else some thousand;
   * every byte of the headers with each bit flipped; every field of 4 bytes there with edge values;
   * then as many with random bytes changed anywhere.
   *
   * @param headers how many bytes from the start are headers
   */
  public static Stream<Mutant> of(byte[] file, int headers) {
    final Mutations mutations = new Mutations(file, headers);
    final int step = Math.max(1, file.length / 2000);
    final Stream<Mutant> cut =
        IntStream.range(0, file.length / step)
            .mapToObj(i -> new Mutant("cut to " + step * i, () -> Arrays.copyOf(file, step * i)));
    return Stream.of(cut, mutations.flips(), mutations.fields(), mutations.noise())
        .flatMap(part -> part);
  }

  private Stream<Mutant> flips() {
    return IntStream.range(0, 8 * headers)
        .mapToObj(bit ->
            new Mutant("bit %d of %x flipped".formatted(bit & 7, bit >> 3), () -> flipped(bit)));
  }

  private byte[] flipped(int bit) {
    final byte[] bytes = file.clone();
    bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
    return bytes;
  }

  private Stream<Mutant> fields() {
    return IntStream.range(0, Math.max(0, headers - 3))
        .boxed()
        .flatMap(at ->
            Arrays.stream(EDGES)
                .mapToObj(value ->
                    new Mutant("field %x set to %x".formatted(at, value), () -> with(at, value))));
  }

  private byte[] with(int at, int value) {
    final byte[] bytes = file.clone();
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >> 8 * i);
    }
    return bytes;
  }

  private Stream<Mutant> noise() {
    return IntStream.range(0, 8 * headers)
        .mapToObj(seed -> new Mutant("noise " + seed, () -> withNoise(seed)));
  }

  private byte[] withNoise(int seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final byte[] bytes = file.clone();
    for (int left = random.nextInt(MOST_CHANGES) + 1; left > 0; left--) {
      bytes[random.nextInt(random.nextBoolean() ? headers : bytes.length)] =
          (byte) random.nextInt();
    }
    return bytes;
  }
}
