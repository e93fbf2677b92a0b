#pragma once

// Reads the reference numbers that make_torch_golden.py writes, for the tests of several folders.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "stsr/network/engine.h"

namespace stsr::golden {

/// Content of tests/golden/<name>.json.
inline nlohmann::json read(const std::string& name) {
  const std::string path = std::string(STSR_GOLDEN_DIR) + "/" + name + ".json";
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path);
  return nlohmann::json::parse(stream);
}

/// Number k of a stream, in [-1, 1): the same integer arithmetic as torch_reference.uniform.
inline double uniform(std::size_t k, std::size_t stream) {
  auto x = static_cast<std::uint32_t>(k + 2654435769ULL * (stream + 1));
  x ^= x >> 16U;
  x *= 0x7FEB352DU;
  x ^= x >> 15U;
  x *= 0x846CA68BU;
  x ^= x >> 16U;
  return static_cast<double>(x) / 2147483648.0 - 1.0;
}

/// Flat list of numbers; null is NaN.
inline std::vector<float> floats(const nlohmann::json& list) {
  std::vector<float> values;
  values.reserve(list.size());
  for (const auto& value : list)
    values.push_back(value.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                     : static_cast<float>(value.get<double>()));
  return values;
}

template <class Enum>
Enum enumerator(const nlohmann::json& name) {
  return enum_from_name<Enum>(name.get<std::string>(), "unknown name");
}

inline NetworkPlan plan(const nlohmann::json& config) {
  NetworkConfig network;
  network.architecture = enumerator<Architecture>(config.value("architecture", "stsr-inr"));
  network.width = config["width"];
  network.residual_blocks = config["residual_blocks"];
  network.head = enumerator<HeadKind>(config["head"]);
  network.conditioning = enumerator<Conditioning>(config["conditioning"]);
  network.modulator_activation = enumerator<ModulatorActivation>(config["modulator_activation"]);
  network.latent = enumerator<LatentKind>(config["latent"]);
  network.latent_length = config["latent_length"];
  network.latent_log_variance = config["latent_log_variance"];
  network.omega_stem = config["omega_stem"];
  network.omega_residual = config["omega_residual"];
  network.omega_head = config["omega_head"];
  const bool coordnet = network.architecture == Architecture::coordnet;
  return plan_network(network, config["variables"],
                      coordnet ? 1 : config["heads"].get<std::size_t>());
}

/// Makes the weights of a golden file again. Expects the layout to have its names and shapes, in
/// its order.
inline void generate_parameters(const nlohmann::json& file, const NetworkPlan& plan,
                                std::span<float> parameters) {
  const auto& tensors = plan.layout.tensors();
  ASSERT_EQ(tensors.size(), file["parameters"].size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& expected = file["parameters"][i];
    ASSERT_EQ(tensors[i].name, expected["name"].get<std::string>());
    ASSERT_EQ(tensors[i].shape, expected["shape"].get<std::vector<std::size_t>>())
        << tensors[i].name;
    const double scale = expected["scale"];
    for (std::size_t k = 0; k < tensors[i].count; ++k)
      parameters[tensors[i].offset + k] = static_cast<float>(scale * uniform(k, i));
  }
}

/// Rows of a golden file, without or with its noise.
class Batch final : public BatchSource {
 public:
  Batch(const nlohmann::json& rows, std::size_t group, const NetworkPlan& plan)
      : group_(group),
        heads_(plan.heads),
        latent_length_(plan.latent_length),
        coordinates_(floats(rows["coordinates"])),
        targets_(floats(rows["targets"])),
        variables_(rows["group_variable"].get<std::vector<std::uint32_t>>()),
        noise_(floats(rows["noise"])) {
    if (noise_.empty()) noise_.assign(variables_.size() * latent_length_, 0.0F);
    const double sigma = std::exp(0.5 * plan.config.latent_log_variance);
    for (float& value : noise_) value = static_cast<float>(value * sigma);
  }

  [[nodiscard]] std::size_t groups() const override { return variables_.size(); }
  [[nodiscard]] std::size_t group_rows() const override { return group_; }

  void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override {
    const auto copy = [&](const auto& from, std::size_t stride, auto* to) {
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(begin * stride), count * stride, to);
    };
    copy(coordinates_, group_ * coordinate_count, coordinates);
    copy(targets_, group_ * heads_, targets);
    copy(variables_, 1, variables);
    copy(noise_, latent_length_, noise);
  }

 private:
  std::size_t group_;
  std::size_t heads_;
  std::size_t latent_length_;
  std::vector<float> coordinates_;
  std::vector<float> targets_;
  std::vector<std::uint32_t> variables_;
  std::vector<float> noise_;
};

/// Expects two lists to agree within `tolerance`, as vectors (Euclidean norm) and entry by entry
/// (relative to the largest reference entry).
inline void expect_close(const std::vector<float>& actual, const std::vector<float>& reference,
                         double tolerance, const std::string& what) {
  ASSERT_EQ(actual.size(), reference.size()) << what;
  double difference = 0.0;
  double norm = 0.0;
  double worst = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double d = static_cast<double>(actual[i]) - static_cast<double>(reference[i]);
    ASSERT_TRUE(std::isfinite(d)) << what << ", entry " << i;
    difference += d * d;
    norm += static_cast<double>(reference[i]) * static_cast<double>(reference[i]);
    worst = std::max(worst, std::abs(d));
    largest = std::max(largest, std::abs(static_cast<double>(reference[i])));
  }
  EXPECT_LE(std::sqrt(difference), tolerance * std::sqrt(norm)) << what << ", as a vector";
  EXPECT_LE(worst, tolerance * largest) << what << ", largest difference of an entry";
}

}  // namespace stsr::golden
