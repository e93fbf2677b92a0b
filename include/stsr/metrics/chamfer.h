#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "stsr/volume/grid.h"

namespace stsr {

/// A point in voxels: sample (i, j, k) of a grid lies at (i, j, k).
using VoxelPoint = std::array<double, 3>;

/// The vertices of the isosurface that marching cubes (and flying edges) makes, each once: a point
/// on every grid edge whose ends lie on different sides of the isovalue (one at least it, the other
/// below), at the place where the value along the edge is the isovalue by linear interpolation.
/// Of data with nz = 1 these are the vertices of the contour lines.
///
/// @param values    [nz*ny*nx] float32, x fastest; edges with a missing end (not finite) are left
///                  out.
/// @param isovalue  in the unit of the values.
/// @param also      empty, or values of the same length: edges with an end that these miss are left
///                  out too.
/// @return in the order of the edges' lower ends, x fastest.
/// @throws ShapeError  a length is not that of `dims`; ValueError  the isovalue is not finite.
[[nodiscard]] std::vector<VoxelPoint> isosurface_points(const Dims& dims,
                                                        std::span<const float> values,
                                                        double isovalue,
                                                        std::span<const float> also = {});

/// Chamfer distance of two sets of points:
///
///   mean over p in truth of min over q in result of |p - q|
///     + mean over q in result of min over p in truth of |p - q|
///
/// Distances are Euclidean and not squared; every point counts.
/// @return in the unit of the points; nothing where either set is empty.
/// Nearest points come from k-d trees: n log n time, about 60 bytes a point. The same bits for any
/// thread count.
/// Source: Tang & Wang 2024, section 4.2, after Barrow et al. 1977.
[[nodiscard]] std::optional<double> chamfer_distance(std::span<const VoxelPoint> truth,
                                                     std::span<const VoxelPoint> result);

/// Chamfer distance between the isosurfaces of two volumes at one isovalue, in voxels. Edges of the
/// grid at whose ends either volume misses a voxel belong to neither surface.
/// @param truth, result  [nz*ny*nx] float32 in the same unit as the isovalue.
/// @return voxels; nothing where either surface is empty.
/// @throws ShapeError, ValueError  as isosurface_points.
[[nodiscard]] std::optional<double> isosurface_distance(const Dims& dims,
                                                        std::span<const float> truth,
                                                        std::span<const float> result,
                                                        double isovalue);

}  // namespace stsr
