package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import hourglass.images.Grain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged images are loaded or refused with one line. {@code mvn verify} takes a sample; with the
 * system property {@code hourglass.mutations=all} all are tried. {@code hourglass.mutations.kernel}
 * names a file of which a sample is tried further, one of {@code hourglass.mutations.sample} in
 * {@code hourglass.mutations.mebibytes} of RAM.
 */
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageMutationTest {
  private static final int SAMPLE = Integer.getInteger("hourglass.mutations.sample", 60);
  private static final int MEBIBYTES = Integer.getInteger("hourglass.mutations.mebibytes", 16);
  private static final int SETUP_HEADER_END = 0x270;

  /** The headers and the beginning of what is packed. */
  private static final int PACKED_HEADERS = ImageBuilder.SETUP + 0x80;

  private final Installed machine = Installed.empty(MEBIBYTES);

  /** An image that boots. */
  private record Seed(String name, byte[] image, int headers) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Seed> seeds() throws IOException {
    final List<Seed> seeds = new ArrayList<>();
    for (int version : new int[] {0x200, 0x203, 0x206, 0x20A, 0x20F}) {
      final byte[] image = ImageBuilder.bzImage(version, 600).build();
      seeds.add(new Seed("bzImage %x".formatted(version), image, SETUP_HEADER_END));
    }
    seeds.add(new Seed("zImage", ImageBuilder.zImage(0x202, 600).build(), SETUP_HEADER_END));
    for (PackedFormat format : PackedFormat.values()) {
      final byte[] image = PackedImageBuilder.of(format, PackedImageBuilder.kernel()).build();
      seeds.add(new Seed("packed with " + format.text(), image, PACKED_HEADERS));
    }
    final ElfBuilder elf =
        PackedImageBuilder.elf().symbol("start", PackedImageBuilder.LINKED).symbol("x", 0x30_0000);
    seeds.add(new Seed("ELF", elf.build(), 0x180));
    seeds.add(new Seed("Multiboot", multiboot(), 0x40));
    seeds.add(new Seed("grain", Grain.kernel(), 0x100));
    final String kernel = System.getProperty("hourglass.mutations.kernel");
    if (kernel != null) {
      seeds.add(new Seed(kernel, Files.readAllBytes(Path.of(kernel)), PACKED_HEADERS));
    }
    return seeds;
  }

  /** A kernel that says itself where it goes (Multiboot specification 0.6.96, section 3.1). */
  private static byte[] multiboot() {
    final ByteBuffer image = ByteBuffer.allocate(600).order(ByteOrder.LITTLE_ENDIAN);
    final int magic = 0x1BADB002;
    final int flags = 1 << 16;
    image.putInt(magic).putInt(flags).putInt(-(magic + flags));
    image.putInt(0x10_0000).putInt(0x10_0000).putInt(0x10_0200).putInt(0x20_0000);
    return image.putInt(0x10_0020).array();
  }

  private static boolean all() {
    return "all".equals(System.getProperty("hourglass.mutations"));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedImagesAreLoadedOrRefusedWithOneLine(Seed seed) {
    final int step = all() && seed.image.length < 1 << 20 ? 1 : SAMPLE;
    final int[] count = {0};
    Mutations.of(seed.image, seed.headers)
        .forEach(mutant -> {
          if (count[0]++ % step == 0) {
            load(seed + ", " + mutant.change(), mutant.bytes(), Optional.of(new byte[5000]));
          }
        });
    System.out.println(seed + ": " + (count[0] + step - 1) / step + " images");
  }

  @Test
  void initialRamDisksOfAnySizeAreLoadedOrRefusedWithOneLine() throws IOException {
    for (Seed seed : seeds()) {
      for (int shift = 0; shift <= 25; shift++) {
        load(seed + ", initrd " + shift, seed.image, Optional.of(new byte[1 << shift]));
      }
    }
  }

  private void load(String what, byte[] image, Optional<byte[]> initrd) {
    machine.state.reset();
    try {
      final BootFile file = new BootFile("kernel", image);
      Kernels.open(file, initrd.map(b -> new BootFile("initrd", b)), "console=ttyS0 nokaslr")
          .install(machine, machine.state);
      if (ElfFile.recognises(file)) {
        new ElfFile(file).forEachSymbol((name, value) -> assertFalse(name.contains("\0")));
      }
    } catch (BootException refused) {
      assertEquals(1, refused.getMessage().lines().count(), what + ": " + refused.getMessage());
    } catch (RuntimeException | Error bug) {
      fail(what, bug);
    }
  }
}
