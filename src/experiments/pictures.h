#pragma once

#include "comparison_results.h"

namespace stsr {

/// What can be known of pictures before hours of training.
/// @throws ValueError  a time step that is not written, an unknown transfer function or a number
///   out of range; FileError  a transfer function file.
void check_pictures(const ComparisonConfig& config, const std::vector<ComparedVariable>& variables);

/// Draws every [[picture]] and [[blend]] into pictures/ and scores the pictures against the
/// truth's. With LPIPS weights, also draws every time step of the variables that have a volume
/// picture, and adds the distances to the scores of the methods. What cannot be drawn or measured
/// becomes a remark. @throws FileError  a picture cannot be written; Interrupted
void draw_pictures(ComparisonResults& results, ComparisonObserver& observer);

}  // namespace stsr
