// Trains on arrays in memory and asks for values in between; fails where they are far from the
// truth.

#include <stsr/stsr.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  const auto truth = [](const stsr::Point& p) { return std::sin(p.x + p.t) * std::cos(p.y - p.z); };
  stsr::Sequence wave{{.name = "wave", .grid = {{9, 9, 9}, {0.25, 0.25, 0.25}}, .times = {}}, {}};
  for (double t = 0.0; t <= 1.0; t += 0.25) {
    std::vector<float> values;
    for (std::size_t i = 0; i < wave.info.grid.dims.count(); ++i)
      values.push_back(static_cast<float>(
          truth({t, static_cast<double>(i / 81) * 0.25, static_cast<double>(i / 9 % 9) * 0.25,
                 static_cast<double>(i % 9) * 0.25})));
    wave.info.times.push_back(t);
    wave.steps.push_back(values);
  }

  stsr::Config config;
  config.network.width = 32;
  config.network.latent_length = 16;
  config.training.epochs = 100;
  config.training.batch_rows = 128;
  config.training.noise_group = 16;
  const stsr::NetworkField field(stsr::train({wave}, config));

  const std::vector<stsr::Point> points{{0.4, 0.3, 0.6, 0.9}, {0.7, 1.1, 1.7, 0.2}};
  std::vector<float> values(points.size());
  field.evaluate(points, 0, values);
  double worst = 0.0;
  for (std::size_t i = 0; i < points.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(values[i]) - truth(points[i])));
  std::printf("STSR %s: off by %.4f at most\n", STSR_VERSION, worst);
  return worst < 0.1 ? 0 : 1;
}
