#pragma once

#include <array>
#include <string>
#include <vector>

#include "stsr/sampling/block_config.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// A grid, how it was reduced and is cut, and what is asked of it.
struct GridCase {
  std::string what;
  BlockConfig blocks;
  Dims full;
  std::array<std::size_t, 3> scale;
  GridRequest request;
};

inline GridRequest space(double x, double y, double z) {
  GridRequest request;
  request.space = {x, y, z};
  return request;
}

inline GridRequest dims(Dims n) {
  GridRequest request;
  request.dims = n;
  return request;
}

inline GridRequest box(std::array<double, 3> low, std::array<double, 3> high, Dims n) {
  GridRequest request = dims(n);
  request.box = Box{low, high};
  return request;
}

inline const BlockConfig shared_8{BlockMode::shared_faces, {2, 2, 2}};
inline const BlockConfig shared_odd{BlockMode::shared_faces, {3, 1, 5}};
inline const BlockConfig paper_8{BlockMode::paper, {2, 2, 2}};
inline const BlockConfig paper_64{BlockMode::paper, {4, 4, 4}};

inline const std::vector<GridCase> grid_cases{
    {"same as before the reduction", shared_8, {17, 9, 13}, {2, 2, 2}, {}},
    {"odd sizes with a tail", shared_8, {20, 15, 12}, {3, 2, 4}, {}},
    {"blocks that do not divide", shared_odd, {23, 11, 19}, {2, 2, 2}, {}},
    {"more blocks than intervals", {BlockMode::shared_faces, {8, 8, 8}}, {9, 7, 5}, {2, 2, 2}, {}},
    {"scale 1.75", shared_8, {16, 12, 9}, {1, 1, 1}, space(1.75, 1.75, 1.75)},
    {"scales that differ", shared_8, {21, 13, 9}, {2, 2, 2}, space(5.0, 0.7, 3.3)},
    {"dimensions", shared_odd, {21, 13, 17}, {2, 2, 2}, dims({31, 7, 1})},
    {"sub-box", shared_8, {21, 13, 9}, {2, 2, 2}, box({3.3, 0, 2}, {15.5, 7.1, 2.5}, {14, 30, 4})},
    {"flat", shared_8, {21, 13, 1}, {2, 2, 1}, {}},
    {"flat that was two", {BlockMode::shared_faces, {2, 2, 1}}, {21, 13, 2}, {2, 2, 2}, {}},
    {"paper", paper_8, {20, 12, 8}, {2, 2, 2}, {}},
    {"paper, odd", paper_64, {75, 45, 30}, {4, 4, 4}, {}},
    {"paper, scale 1.75", paper_8, {15, 11, 9}, {1, 1, 1}, space(1.75, 1.75, 1.75)},
};

}  // namespace stsr
