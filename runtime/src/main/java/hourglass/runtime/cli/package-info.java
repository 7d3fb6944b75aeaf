/**
 * The command line: {@code hourglass boot}, {@code images}, {@code bench} and {@code --version}.
 *
 * <p>Start at {@link hourglass.runtime.cli.Main}, which builds the tree of commands and turns
 * whatever goes wrong into one line and an {@link hourglass.runtime.cli.ExitStatus}. {@link
 * hourglass.runtime.cli.BootCommand} reads the options of a boot; {@link
 * hourglass.runtime.cli.GuestRun} then runs the board between the terminal, the clock of {@code
 * --timeout} and the text of {@code --until}, and says how it ended.
 */
package hourglass.runtime.cli;
