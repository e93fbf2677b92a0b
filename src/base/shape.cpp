#include "stsr/base/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "stsr/base/error.h"

namespace stsr {

std::size_t checked_product(std::initializer_list<std::size_t> factors) {
  std::size_t product = 1;
  for (const std::size_t factor : factors) {
    if (factor != 0 && product > std::numeric_limits<std::size_t>::max() / factor)
      throw ShapeError(fmt::format("the size {} does not fit this machine's {}-bit size type",
                                   fmt::join(factors, " x "),
                                   std::numeric_limits<std::size_t>::digits));
    product *= factor;
  }
  return product;
}

}  // namespace stsr
