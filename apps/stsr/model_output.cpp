#include "model_output.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "stsr/base/fingerprint.h"
#include "stsr/network/engine.h"
#include "terminal_progress.h"

namespace stsr::app {

void write_model_outputs(const Model& model, std::span<const OutputVariable> outputs,
                         Precision precision, const OutputPlace& place, bool quiet) {
  const auto engine = make_cpu_engine(model.plan(), precision);
  std::copy(model.parameters.begin(), model.parameters.end(), engine->parameters().begin());
  const DecoderFactory decoders{
      [&](std::span<const float> latent) { return engine->decoder(latent); },
      model.parameters.size() * sizeof(float)};
  const std::string fingerprint =
      Fingerprint().add(fingerprint_of(model, outputs)).add(enum_name(precision)).text();
  place.write(output_infos(outputs), fingerprint, [&](DatasetWriter& writer) {
    TerminalProgress progress("writing", quiet);
    write_outputs(model.blocks, outputs, decoders, writer, progress);
  });
  for (const OutputVariable& output : outputs) {
    const VariableInfo info = output.info();
    spdlog::info("{}: {} x {} x {}, {} steps in {}", info.name, info.grid.dims.x, info.grid.dims.y,
                 info.grid.dims.z, info.times.size(), place.folder);
  }
}

}  // namespace stsr::app
