#pragma once

#include <array>
#include <cstddef>

#include "stsr/base/config_field.h"
#include "stsr/base/shape.h"

namespace stsr {

/// How the volume is cut into blocks, one per head (method section 2).
enum class BlockMode { shared_faces, paper };
template <>
struct EnumNames<BlockMode> {
  static constexpr std::array<EnumTable<BlockMode>, 2> values{
      {{BlockMode::shared_faces, "shared-faces"}, {BlockMode::paper, "paper"}}};
};

/// Blocks along each axis. Their product is the number of heads.
struct BlockConfig {
  BlockMode mode = BlockMode::shared_faces;
  std::array<std::size_t, 3> split{2, 2, 2};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("mode", self.mode,
          "'shared-faces' (neighbours share the samples between them) or 'paper' (halved blocks).");
    field("split", self.split,
          "Blocks along x, y, z, at least 1 each; powers of two in 'paper' mode.");
  }
  [[nodiscard]] std::size_t heads() const {
    return checked_product({split[0], split[1], split[2]});
  }
  bool operator==(const BlockConfig&) const = default;
};

}  // namespace stsr
