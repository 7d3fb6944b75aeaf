package hourglass.runtime.cli;

import hourglass.translator.isa.CpuModel;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a processor. */
final class CpuModelConverter implements ITypeConverter<CpuModel> {
  @Override
  public CpuModel convert(String text) {
    return Arrays.stream(CpuModel.values())
        .filter(model -> model.label().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of " + names()));
  }

  private static String names() {
    return Arrays.stream(CpuModel.values()).map(CpuModel::label).collect(Collectors.joining(", "));
  }
}
