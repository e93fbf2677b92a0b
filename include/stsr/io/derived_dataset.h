#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/volume/analytic.h"

namespace stsr {

/// Data sets that come from another one, or from a formula; the caller makes and closes the writer.

/// Descriptions of the chosen variables after a reduction, for create_dataset.
/// @param space, time  u_s and u_t, see reduce_info
/// @throws ValueError  a factor is 0, or fewer than two time steps of several would be kept.
[[nodiscard]] std::vector<VariableInfo> reduced_infos(const Dataset& data,
                                                      std::span<const std::size_t> chosen,
                                                      const std::array<std::size_t, 3>& space,
                                                      std::size_t time);

/// Writes the reduction of the chosen variables, one volume in memory at a time. Steps that the
/// writer has found are left alone. Progress counts volumes.
/// @throws Interrupted  progress asks to stop; FileError  reading or writing.
void write_reduced(const Dataset& data, std::span<const std::size_t> chosen,
                   const std::array<std::size_t, 3>& space, std::size_t time, DatasetWriter& writer,
                   Progress& progress);

/// Writes all steps of an analytic sequence. Progress counts volumes. Errors as above.
void write_analytic(const AnalyticSequence& sequence, DatasetWriter& writer, Progress& progress);

}  // namespace stsr
