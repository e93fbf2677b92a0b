#pragma once

#include "comparison_results.h"

namespace stsr {

/// Says, before hours of training, what of the configuration has nothing to show or to measure: an
/// isovalue without a surface, a transfer function that makes all transparent. One line for a
/// variable and an isovalue (or transfer function), however many tables and time steps ask for it,
/// with the range of the values there; also a remark of the report. What cannot be read is left to
/// those who draw and measure it. @throws Interrupted
void note_blank_pictures(ComparisonResults& results, ComparisonObserver& observer);

}  // namespace stsr
