#include "field_writing.h"

#include "log.h"
#include "terminal_progress.h"

namespace stsr::app {

void write_fields(std::span<const FieldOutput> outputs, const OutputPlace& place,
                  const std::string& label, bool quiet) {
  place.write(output_infos(outputs), fingerprint_of(outputs), [&](DatasetWriter& writer) {
    TerminalProgress progress(label, quiet);
    write_outputs(outputs, writer, progress);
  });
  for (const FieldOutput& output : outputs) {
    const VariableInfo info = output.info();
    log_info("{}: {} x {} x {}, {} steps in {}", info.name, info.grid.dims.x, info.grid.dims.y,
             info.grid.dims.z, info.times.size(), place.folder);
  }
}

}  // namespace stsr::app
