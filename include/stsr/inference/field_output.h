#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/inference/field.h"
#include "stsr/inference/network_field.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// One variable to be written.
struct FieldOutput {
  std::shared_ptr<const Field> field;
  std::size_t variable = 0;  ///< of the field
  std::string name;          ///< as it is written
  OutputGrid grid;           ///< where its samples lie

  /// Its description in the data set that is written.
  [[nodiscard]] VariableInfo info() const;
};

/// A variable of a field on the requested grid, under its own name.
/// @throws ValueError  there is no such variable; a request that it cannot meet (the message of
///   output_grid, with the variable's name).
[[nodiscard]] FieldOutput field_output(std::shared_ptr<const Field> field, std::size_t variable,
                                       const GridRequest& request);

/// The mixtures phi = (1 - a) mu_from + a mu_to for `count` values of a from 0 to 1, ends included,
/// called `<from>_<to>_000`, `<from>_<to>_001`, ...
/// @throws ValueError  count is below 2 or above 1000, an index is out of range; as
///   NetworkField::mixture and field_output.
[[nodiscard]] std::vector<FieldOutput> blend_series(const NetworkField& field, std::size_t from,
                                                    std::size_t to, std::size_t count,
                                                    const GridRequest& request);

/// Descriptions of all of them, for create_dataset.
[[nodiscard]] std::vector<VariableInfo> output_infos(std::span<const FieldOutput> outputs);

/// Tells all that the values of these outputs depend on from anything else, for OutputRun.
[[nodiscard]] std::string fingerprint_of(std::span<const FieldOutput> outputs);

/// Evaluates all time steps of all outputs that the writer has not found on disk, and writes them,
/// all variables of a step one after the other; those that their field evaluates together are.
/// The caller closes the writer. Progress counts samples.
///
/// Memory: at most 64 MiB of values, 128 MiB where variables are evaluated together, and what the
/// writer and the fields hold, whatever the size of the output (larger time steps lie in a mapped
/// file beside the output until they are written).
/// @throws Interrupted  progress asks to stop; FileError  from the writer; NumericError  from the
///   field.
void write_outputs(std::span<const FieldOutput> outputs, DatasetWriter& writer, Progress& progress);

}  // namespace stsr
