package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hourglass.runtime.testing.FetchedImages;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Syntax;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All code of Debian's kernel, unpacked, and of the busybox in its initramfs is disassembled as
 * objdump does it, instruction by instruction, but for what is of later processors.
 *
 * <p>{@code mvn verify} takes the first 64 KiB of each section; with the system property {@code
 * hourglass.objdump=all} all of it is compared.
 */
class DisassembledImagesTest {
  private static final boolean ALL = "all".equals(System.getProperty("hourglass.objdump"));
  private static final int SAMPLE = 1 << 16;
  private static final int SHOWN = 40;
  private static final int SHF_EXECINSTR = 4;
  private static final int CPIO_HEADER = 110;

  /**
   * What the images have for processors that Hourglass is none of: they ask CPUID before, or catch
   * the #UD. Here it is no instruction, nor is it to be shown as one.
   */
  private static final Set<String> OF_OTHER_PROCESSORS =
      Set.of(
          "clac",
          "clflushopt",
          "invpcid",
          "monitor",
          "monitorx",
          "mwait",
          "mwaitx",
          "rdrand",
          "rdseed",
          "rdtscp",
          "serialize",
          "stac",
          "stgi",
          "tpause",
          "vmcall",
          "vmmcall",
          "xabort",
          "xbegin",
          "xend",
          "xgetbv",
          "xrstor",
          "xrstors",
          "xsave",
          "xsavec",
          "xsaveopt",
          "xsaves",
          "xsetbv");

  private static Optional<BootFile> unpacked = Optional.empty();

  @TempDir private Path folder;

  private int ofOtherProcessors;
  private int written;

  /** Executable code, and what it is called. */
  private record Section(String name, int address, byte[] code) {}

  @ParameterizedTest
  @EnumSource
  void theDebianKernelReadsAsObjdumpReadsIt(Syntax syntax) throws Exception {
    requireObjdump();
    compare("kernel", kernel(), syntax);
  }

  @ParameterizedTest
  @EnumSource
  void itsBusyboxReadsAsObjdumpReadsIt(Syntax syntax) throws Exception {
    requireObjdump();
    compare("busybox", busybox(), syntax);
  }

  private void compare(String what, BootFile file, Syntax syntax) throws Exception {
    final List<String> wrong = new ArrayList<>();
    final List<Section> sections = executableSections(file);
    assertTrue(!sections.isEmpty(), "no section of code in the " + what);
    long checked = 0;
    for (Section section : sections) {
      checked += compare(section, syntax, wrong);
    }
    if (ALL) {
      System.out.printf(
          "%s, %s: %,d instructions in %s: %,d of other processors, %,d more as those before"
              + " them read them, %,d differ%n",
          what,
          syntax,
          checked,
          sections.stream().map(Section::name).toList(),
          ofOtherProcessors,
          written,
          wrong.size());
    }
    if (!wrong.isEmpty()) {
      fail(
          "%,d of %,d instructions of the %s differ; the first:%n%s"
              .formatted(
                  wrong.size(),
                  checked,
                  what,
                  String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size())))));
    }
  }

  /** Compares a section from its beginning, and returns how many instructions it has. */
  private long compare(Section section, Syntax syntax, List<String> wrong) throws Exception {
    final byte[] code = section.code;
    final int end = ALL ? code.length : Math.min(SAMPLE, code.length);
    final Path file = folder.resolve("section.bin");
    Files.write(file, end < code.length ? Arrays.copyOf(code, end) : code);
    final Process process =
        new ProcessBuilder(
                "objdump",
                "--disassemble-all",
                "--disassemble-zeroes",
                "--wide",
                "--target=binary",
                "--architecture=i386",
                "--adjust-vma=0x%x".formatted(section.address),
                "--disassembler-options=" + (syntax == Syntax.INTEL ? "intel" : "att"),
                file.toString())
            .redirectErrorStream(true)
            .start();
    final Disassembler disassembler = new Disassembler(syntax);
    long checked = 0;
    int offset = 0;
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        final String[] columns = line.split("\t");
        if (columns.length != 3) {
          continue;
        }
        final int address = Integer.parseUnsignedInt(columns[0].strip().replace(":", ""), 16);
        assertEquals(section.address + offset, address, "objdump goes on where it ended");
        if (end < code.length && offset > end - Decoder.MAX_LENGTH) {
          offset = end; // the sample may end inside an instruction
          break;
        }
        final int length = columns[1].strip().split(" +").length;
        final String expected = columns[2].strip();
        final Instruction insn = Decoder.decode(code, offset, end, true);
        final String actual = disassembler.format(insn, address);
        final boolean same = actual.equals(expected) && insn.length == length;
        if (!same && !isAccepted(disassembler, code, address, offset, end, expected, length)) {
          wrong.add(
              "%s %08x: %s: %s of %d bytes, objdump %s"
                  .formatted(
                      section.name, address, columns[1].strip(), actual, insn.length, expected));
        }
        offset += length;
        checked++;
      }
    }
    process.waitFor();
    assertEquals(end, offset, "all of the section");
    return checked;
  }

  /** Whether a difference is one that is meant. */
  private boolean isAccepted(
      Disassembler disassembler,
      byte[] code,
      int address,
      int offset,
      int end,
      String expected,
      int length) {
    final Instruction insn = Decoder.decode(code, offset, end, true);
    final String[] actual = disassembler.format(insn, address).split(" +", 3);
    final String[] words = expected.split(" +", 2);
    if (actual[0].equals("(bad)")) {
      ofOtherProcessors++;
      return OF_OTHER_PROCESSORS.contains(words[0]);
    }
    // Processors without TZCNT do BSF. FINIT is an FWAIT, at which an interrupt may come, and
    // FNINIT.
    written++;
    if (words[0].equals("tzcnt")) {
      return insn.length == length && List.of(actual).equals(List.of("repz", "bsf", words[1]));
    }
    if (actual[0].equals("fwait")) {
      final Instruction next = Decoder.decode(code, offset + 1, end, true);
      return 1 + next.length == length
          && disassembler
              .format(next, address + 1)
              .replaceFirst("^fn", "f")
              .replaceAll(" +", " ")
              .equals(expected.replaceAll(" +", " "));
    }
    return false;
  }

  // --- what is compared --------------------------------------------------------------------------

  private static void requireObjdump() throws InterruptedException {
    boolean installed;
    try {
      final Process process = new ProcessBuilder("objdump", "--version").start();
      final String version =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      installed = process.waitFor() == 0 && version.contains(" 2.40");
    } catch (IOException e) {
      installed = false;
    }
    assumeTrue(installed, "objdump 2.40 is not installed");
  }

  private static BootFile kernel() throws BootException {
    if (unpacked.isPresent()) {
      return unpacked.get();
    }
    final BootFile image = BootFile.read(FetchedImages.get("debian").kernel(), "kernel");
    final int codeStart = 512 * (1 + image.u8(SetupHeader.SETUP_SECTS));
    final BootFile kernel =
        KernelPayload.find(
                image,
                codeStart + image.u32(SetupHeader.PAYLOAD_OFFSET),
                image.u32(SetupHeader.PAYLOAD_LENGTH))
            .orElseThrow()
            .unpack(1 << 30);
    unpacked = Optional.of(kernel);
    return kernel;
  }

  /** The program in the initramfs, an archive of the kind that {@code cpio -H newc} writes. */
  private static BootFile busybox() throws IOException {
    final byte[] archive = Files.readAllBytes(FetchedImages.get("debian").initrd().orElseThrow());
    int at = 0;
    while (true) {
      final int size = cpioField(archive, at, 6);
      final int nameLength = cpioField(archive, at, 11);
      final String name =
          new String(
              archive, at + CPIO_HEADER, nameLength - 1, StandardCharsets.US_ASCII); // ends with 0
      final int start = at + CPIO_HEADER + nameLength + 3 & ~3;
      if (name.equals("bin/busybox")) {
        return new BootFile(name, Arrays.copyOfRange(archive, start, start + size));
      }
      assertTrue(!name.startsWith("TRAILER"), "no busybox in the initramfs");
      at = start + size + 3 & ~3;
    }
  }

  private static int cpioField(byte[] archive, int header, int field) {
    return Integer.parseUnsignedInt(
        new String(archive, header + 6 + 8 * field, 8, StandardCharsets.US_ASCII), 16);
  }

  private static List<Section> executableSections(BootFile file) {
    final int table = (int) file.u32(32);
    final int entrySize = file.u16(46);
    final int count = file.u16(48);
    final int names = (int) file.u32(table + file.u16(50) * entrySize + 16);
    final Map<Integer, Section> found = new TreeMap<>(Integer::compareUnsigned);
    for (int i = 0; i < count; i++) {
      final int header = table + i * entrySize;
      if ((file.u32(header + 8) & SHF_EXECINSTR) != 0 && file.u32(header + 4) == 1) {
        final int offset = (int) file.u32(header + 16);
        final int size = (int) file.u32(header + 20);
        final int address = (int) file.u32(header + 12);
        int nameEnd = names + (int) file.u32(header);
        final StringBuilder name = new StringBuilder();
        for (; file.u8(nameEnd) != 0; nameEnd++) {
          name.append((char) file.u8(nameEnd));
        }
        found.put(
            address,
            new Section(
                name.toString(), address, Arrays.copyOfRange(file.bytes(), offset, offset + size)));
      }
    }
    return List.copyOf(found.values());
  }
}
