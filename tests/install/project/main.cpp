// Trains on arrays in memory and asks for values in between; fails where they are far from the
// truth.

#include <stsr/stsr.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace {

constexpr double spacing = 0.25;

double truth(const stsr::Point& p) {
  return std::sin(p.x + p.t) * std::cos(p.y - p.z);
}

/// What a solver has in memory: 9 x 9 x 9 values, x fastest.
std::vector<float> solved(double t) {
  std::vector<float> values;
  for (int i = 0; i < 729; ++i)
    values.push_back(
        static_cast<float>(truth({t, i / 81 * spacing, i / 9 % 9 * spacing, i % 9 * spacing})));
  return values;
}

}  // namespace

int main() {
  stsr::Sequence wave{{.name = "wave",
                       .grid = {.dims = {9, 9, 9}, .spacing = {spacing, spacing, spacing}},
                       .times = {0.0, 0.25, 0.5, 0.75, 1.0}},
                      {}};
  for (const double t : wave.info.times) wave.steps.push_back(solved(t));
  stsr::Config config;
  config.training.batch_rows = 256;
  config.training.epochs = 12;
  const stsr::NetworkField field(stsr::train({wave}, config));
  const std::vector<stsr::Point> points{{0.4, 0.3, 0.6, 0.9}, {0.7, 1.1, 1.7, 0.2}};
  std::vector<float> values(points.size());
  field.evaluate(points, 0, values);

  double worst = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(values[i]) - truth(points[i])));
  std::printf("STSR %s: off by %.4f at most\n", STSR_VERSION, worst);
  return worst < 0.05 ? 0 : 1;
}
