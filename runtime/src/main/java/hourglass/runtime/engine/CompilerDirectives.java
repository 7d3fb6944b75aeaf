package hourglass.runtime.engine;

import hourglass.translator.analysis.RegionFormer;
import hourglass.translator.cpu.Flags;
import hourglass.translator.cpu.GuestMemory;
import hourglass.translator.cpu.MultiplyDivide;
import hourglass.translator.cpu.QuickMemory;
import hourglass.translator.cpu.Shifts;
import hourglass.translator.cpu.sse.Lanes;
import hourglass.translator.cpu.sse.PackedIntegers;
import hourglass.translator.cpu.sse.StringCompare;
import hourglass.translator.cpu.sse.XmmOperations;
import hourglass.translator.emit.Region;
import hourglass.translator.emit.Translator;
import hourglass.translator.ir.Lowerer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Tells HotSpot's C2 what to do with regions and with what makes them.
 *
 * <p>In regions it is to take in all accesses and flags, wherever they stand. By itself it makes
 * calls of those in code that a region has seldom or never come to, however small they are; and
 * since a call leaves no register as it was, it then keeps the guest's registers in memory in the
 * rest of the region, too. C1 is not asked: its code would be larger, and it calls nearly
 * everything either way.
 *
 * <p>The translator's own phases it is to leave to C1: they have a thread of their own (but where
 * heat is 0), and C2 has the guest's code to compile.
 *
 * <p>Libraries it is to leave to C1 as well, where a program says that it does nothing else.
 *
 * <p>The way there are compiler directives, which a running JVM takes from a file: the options of
 * the command line either hold for C1 as well or print a line at each start.
 */
final class CompilerDirectives {
  /** What of regions is taken in: all methods of these. */
  private static final List<Class<?>> TAKEN_IN =
      List.of(
          QuickMemory.class,
          Flags.class,
          Shifts.class,
          MultiplyDivide.class,
          XmmOperations.class,
          PackedIntegers.class,
          Lanes.class,
          StringCompare.class);

  /** And with them 128 bits of memory. */
  private static final List<String> OF_MEMORY =
      List.of("load128", "store128", "isInPage", "cell", "ramOffset");

  /** One class of each package that is left to C1. */
  private static final List<Class<?>> PHASES =
      List.of(RegionFormer.class, Lowerer.class, Translator.class);

  /** The packages of libraries that have little to do with what a guest waits for. */
  private static final List<String> LIBRARIES =
      List.of("java/", "javax/", "jdk/", "com/sun/", "org/objectweb/", "picocli/");

  private CompilerDirectives() {}

  /**
   * Adds the directives for regions and for what makes them; to be done once in a JVM.
   *
   * @throws IOException where they cannot be put down in a file
   * @throws JMException where the JVM does not take directives
   */
  static void add() throws IOException, JMException {
    add(ofRegions());
  }

  /**
   * Has C1 alone compile libraries, the JDK's own among them, wherever they are not taken in by
   * something else; to be done once in a JVM.
   *
   * @throws IOException where they cannot be put down in a file
   * @throws JMException where the JVM does not take directives
   */
  static void addForLibraries() throws IOException, JMException {
    add(
        """
        [ { match: [%s], c2: { Exclude: true } } ]
        """
            .formatted(
                LIBRARIES.stream()
                    .map(start -> '"' + start + "*.*\"")
                    .collect(Collectors.joining(", "))));
  }

  private static void add(String directives) throws IOException, JMException {
    final Path file = Files.createTempFile("hourglass", ".directives");
    try {
      Files.writeString(file, directives);
      run("compilerDirectivesAdd", '"' + file.toString() + '"'); // it may have spaces
    } finally {
      Files.delete(file);
    }
  }

  /** Directives of which the first that matches a method holds. */
  private static String ofRegions() {
    return """
    [
      { match: "%sCode*::run", c2: { inline: [%s] } },
      { match: [%s], c2: { Exclude: true } }
    ]
    """
        .formatted(
            Region.class.getName(),
            Stream.of(
                    OF_MEMORY.stream().map(name -> "+" + GuestMemory.class.getName() + "::" + name),
                    TAKEN_IN.stream().map(type -> "+" + type.getName() + "::*"))
                .flatMap(methods -> methods.map(method -> '"' + method + '"'))
                .collect(Collectors.joining(", ")),
            PHASES.stream()
                .map(type -> '"' + type.getPackageName() + ".*::*\"")
                .collect(Collectors.joining(", ")));
  }

  /**
   * Has the JVM execute a diagnostic command.
   *
   * @throws JMException where it has no such command
   */
  static String run(String command, String... arguments) throws JMException {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                command,
                new Object[] {arguments},
                new String[] {String[].class.getName()});
  }
}
