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

/// How far the coordinates of a block and of the time span reach. `unit`: from -1 to 1, as in the
/// paper; `wavenumber`: as the data vary (sampling/coordinate_scale.h); `given`.
enum class CoordinateKind { unit, wavenumber, given };
template <>
struct EnumNames<CoordinateKind> {
  static constexpr std::array<EnumTable<CoordinateKind>, 3> values{
      {{CoordinateKind::unit, "unit"},
       {CoordinateKind::wavenumber, "wavenumber"},
       {CoordinateKind::given, "given"}}};
};

/// Blocks along each axis. Their product is the number of heads.
struct BlockConfig {
  BlockMode mode = BlockMode::shared_faces;
  std::array<std::size_t, 3> split{0, 0, 0};
  CoordinateKind coordinates = CoordinateKind::wavenumber;
  std::array<double, 3> space_scale{1.0, 1.0, 1.0};
  double time_scale = 1.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("mode", self.mode,
          "'shared-faces' (neighbours share the samples between them) or 'paper' (halved blocks).");
    field("split", self.split,
          "Blocks along x, y, z, at least 1 each; powers of two in 'paper' mode. [0, 0, 0]: as few "
          "as the time limit allows, one without a limit; a model says how many.");
    const bool given = self.coordinates == CoordinateKind::given;
    field(
        "coordinates", self.coordinates,
        "'unit' (every block and the time span reach from -1 to 1, as in the paper), 'wavenumber' "
        "(scaled so that the data vary equally fast along all axes and in time; a model says by "
        "how much, as 'given') or 'given'.");
    field("space_scale", self.space_scale, "What multiplies the coordinates along x, y, z.",
          applies_if(given, "only for coordinates 'given'"));
    field("time_scale", self.time_scale, "What multiplies the network time.",
          applies_if(given, "only for coordinates 'given'"));
  }
  /// Whether the number of blocks is still to be chosen (sampling/block_choice.h).
  [[nodiscard]] bool open() const { return split == std::array<std::size_t, 3>{}; }
  [[nodiscard]] std::size_t heads() const {
    return checked_product({split[0], split[1], split[2]});
  }
  bool operator==(const BlockConfig&) const = default;
};

}  // namespace stsr
