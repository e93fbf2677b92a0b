#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "stsr/inference/field.h"
#include "stsr/interpolation/interpolated_sequence.h"
#include "stsr/kernels/compute_options.h"
#include "stsr/model/model.h"

namespace stsr {

/// The best field that a model gives: its network, corrected with the samples that it carries so
/// that it interpolates them, as far as was measured to be right (InterpolatingField; weights of 1
/// where nothing was measured). A model without samples gives its network alone.
/// @throws ValueError  the model contradicts itself.
[[nodiscard]] std::shared_ptr<const Field> make_field(Model model,
                                                      const ComputeOptions& compute = {});

/// The same with the samples from elsewhere.
/// @param samples      [variables], none for a variable that stays as the network has it
/// @param fingerprint  of all these values
[[nodiscard]] std::shared_ptr<const Field> make_field(Model model, std::vector<StepReader> samples,
                                                      const std::string& fingerprint,
                                                      const ComputeOptions& compute = {});

/// The field of a model file. Samples that it does not carry are read where training read them, if
/// they are still there (trained_samples), and all compared once; else it gives its network alone.
/// @throws FileError  as load_model; ValueError  as make_field.
[[nodiscard]] std::shared_ptr<const Field> open_field(const std::filesystem::path& model,
                                                      const ComputeOptions& compute = {});

}  // namespace stsr
