#include "baselines/stnet/engine.h"
#include "stsr/base/error.h"
#include "stsr/baselines/stnet.h"

namespace stsr {

bool torch_available() {
  return false;
}

namespace stnet {

std::unique_ptr<Engine> make_engine(const Plan& /*plan*/, const StnetTrainingConfig& /*config*/,
                                    int /*threads*/) {
  throw ValueError(
      "this build has no STNet: it was built without Torch; configure with -DSTSR_WITH_TORCH=ON");
}

}  // namespace stnet
}  // namespace stsr
