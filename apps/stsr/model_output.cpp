#include "model_output.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "stsr/base/fingerprint.h"
#include "stsr/inference/correcting_writer.h"
#include "stsr/network/engine.h"
#include "terminal_progress.h"

namespace stsr::app {

void write_model_outputs(const Model& model, std::span<const OutputVariable> outputs,
                         Precision precision, const OutputPlace& place, bool quiet,
                         const std::optional<CoarseSamples>& through) {
  const auto engine = make_cpu_engine(model.plan(), precision);
  std::copy(model.parameters.begin(), model.parameters.end(), engine->parameters().begin());
  const DecoderFactory decoders{
      [&](std::span<const float> latent) { return engine->decoder(latent); },
      model.parameters.size() * sizeof(float)};
  Fingerprint all;
  all.add(fingerprint_of(model, outputs)).add(enum_name(precision));
  if (through) all.add(through->fingerprint);
  place.write(output_infos(outputs), all.text(), [&](DatasetWriter& writer) {
    TerminalProgress progress("writing", quiet);
    std::optional<CorrectingWriter> corrected;
    if (through) corrected.emplace(writer, model.blocks, outputs, decoders, through->readers);
    write_outputs(model.blocks, outputs, decoders, corrected ? *corrected : writer, progress);
  });
  for (const OutputVariable& output : outputs) {
    const VariableInfo info = output.info();
    spdlog::info("{}: {} x {} x {}, {} steps in {}", info.name, info.grid.dims.x, info.grid.dims.y,
                 info.grid.dims.z, info.times.size(), place.folder);
  }
}

}  // namespace stsr::app
