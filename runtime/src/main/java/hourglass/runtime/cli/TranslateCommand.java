package hourglass.runtime.cli;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.dump.BinaryDump;
import hourglass.translator.dump.View;
import hourglass.translator.isa.Syntax;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code hourglass translate}: shows what the translator makes of a raw binary. */
@Command(
    name = "translate",
    sortOptions = false,
    description = {
      "Translates a raw binary without running it and prints what becomes of it: region by region"
          + " from its first byte, wherever direct branches lead."
    })
final class TranslateCommand implements Callable<Integer> {
  /** More code than this is no raw binary to read through. */
  private static final long LARGEST = 16 << 20;

  private static final int FLAT_32 =
      CpuState.MODE_CODE32 | CpuState.MODE_STACK32 | CpuState.MODE_FLAT;

  /** What {@code --mode} names: the mode key to translate under, always a supervisor's. */
  enum Mode {
    /** 16-bit code in real mode. */
    REAL(0),
    /** 16-bit code in segments of which nothing is known: as in real mode, until it runs. */
    PROTECTED16(0),
    /** 32-bit code in flat segments. */
    PROTECTED32(FLAT_32);

    private final int key;

    Mode(int key) {
      this.key = key;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Machine code, without any header.")
  private Path file;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "ADDR",
      converter = AddressConverter.class,
      description = "The linear address of the file's first byte, in hexadecimal.")
  private int base;

  @Option(
      names = "--mode",
      defaultValue = "PROTECTED32",
      paramLabel = "real|protected16|protected32",
      description = "What the code runs in; protected32, in flat segments, unless said.")
  private Mode mode;

  @Option(
      names = "--show",
      split = ",",
      paramLabel = "asm,ir,bytecode",
      description = "The views to print, each region's in this order; all unless said.")
  private List<View> views = List.of(View.values());

  @Option(
      names = "--syntax",
      defaultValue = "INTEL",
      paramLabel = "intel|att",
      description = "How guest assembly is written; intel unless said.")
  private Syntax syntax;

  /** Prints the views. */
  @Override
  public Integer call() throws CommandFailure {
    final byte[] code = read();
    if (Integer.toUnsignedLong(base) + code.length > 1L << 32) {
      throw new CommandFailure(
          String.format("--base: %d bytes at %08x go beyond 4 GiB", code.length, base));
    }
    final PrintWriter out = spec.commandLine().getOut();
    out.print(BinaryDump.text(code, base, mode.key, EnumSet.copyOf(views), syntax));
    out.flush();
    return ExitStatus.OK;
  }

  private byte[] read() throws CommandFailure {
    try {
      if (Files.isDirectory(file)) {
        throw new CommandFailure(file + ": is a folder");
      }
      final long size = Files.size(file);
      if (size == 0 || size > LARGEST) {
        throw new CommandFailure(file + ": " + (size == 0 ? "is empty" : "has more than 16 MiB"));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + Failures.reason(e));
    }
  }

  /** Reads {@code 0x7c00} or {@code 7c00}. */
  static final class AddressConverter implements ITypeConverter<Integer> {
    private static final Pattern SYNTAX = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,8})");

    @Override
    public Integer convert(String text) {
      final Matcher matcher = SYNTAX.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a hexadecimal address");
      }
      return Integer.parseUnsignedInt(matcher.group(1), 16);
    }
  }
}
