package hourglass.runtime.cli;

import hourglass.runtime.bench.ResultTable;
import hourglass.runtime.bench.Results;
import hourglass.runtime.bench.Sample;
import hourglass.runtime.bench.Workload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/**
 * What {@code hourglass bench} writes to files.
 *
 * @param results what was measured
 * @param surroundings where, by name
 */
record ComparisonReport(Results results, Map<String, String> surroundings) {
  /** Writes the table, and under it the surroundings. */
  void writeMarkdown(Path file) throws IOException {
    final String list =
        surroundings.entrySet().stream()
            .map(entry -> "- " + entry.getKey() + ": " + entry.getValue() + "\n")
            .collect(Collectors.joining());
    Files.writeString(file, new ResultTable(results) + "\n" + list);
  }

  /** Writes the JSON object that {@code docs/benchmarks.md} describes. */
  void writeJson(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JsonGenerator json = IndentedJson.generator(out)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("surroundings");
      surroundings.forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeArrayPropertyStart("workloads");
      results.workloads().forEach(workload -> workload(json, workload));
      json.writeEndArray();
      json.writeArrayPropertyStart("failures");
      results.failures().forEach(json::writeString);
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private void workload(JsonGenerator json, Workload workload) {
    json.writeStartObject();
    json.writeStringProperty("name", workload.name());
    json.writeStringProperty("title", workload.title());
    json.writeObjectPropertyStart("contenders");
    for (String contender : results.contenders()) {
      json.writeObjectPropertyStart(contender);
      results
          .times(workload, contender)
          .ifPresent(times -> {
            json.writeNumberProperty("medianSeconds", times.median());
            json.writeNumberProperty("leastSeconds", times.least());
            json.writeNumberProperty("mostSeconds", times.most());
          });
      samples(json, results.samples(workload, contender));
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void samples(JsonGenerator json, List<Sample> samples) {
    json.writeArrayPropertyStart("samples");
    for (Sample sample : samples) {
      json.writeStartObject();
      json.writeNumberProperty("seconds", sample.seconds());
      json.writeNumberProperty("bootSeconds", sample.bootSeconds());
      sample.peakBytes().ifPresent(bytes -> json.writeNumberProperty("peakBytes", bytes));
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
