package hourglass.runtime.cli;

import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.process.ProcessListener;
import hourglass.runtime.process.TraceFilter;
import hourglass.runtime.process.TraceKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How a run is to show the guest's processes.
 *
 * @param table whether to print them at the end
 * @param kinds what to trace; none: nothing
 * @param filter whose events
 * @param file where the trace goes; standard error where there is none
 * @param linked the symbols of the kernel's file
 * @param listener is told as well
 */
record ProcessRequest(
    boolean table,
    Set<TraceKind> kinds,
    TraceFilter filter,
    Optional<Path> file,
    ProcessOptions.Format format,
    SymbolTable linked,
    ProcessListener listener) {}
