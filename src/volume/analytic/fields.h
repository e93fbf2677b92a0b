#pragma once

#include "stsr/volume/analytic.h"

namespace stsr::analytic {

/// One a file of this folder; formulas as in method section 10.
[[nodiscard]] AnalyticField tornado();
[[nodiscard]] AnalyticField ethier_steinman();
[[nodiscard]] AnalyticField hill();
[[nodiscard]] AnalyticField marschner_lobb();

}  // namespace stsr::analytic
