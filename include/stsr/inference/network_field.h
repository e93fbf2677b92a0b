#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/inference/field.h"
#include "stsr/inference/network_variable.h"
#include "stsr/kernels/compute_options.h"
#include "stsr/model/model.h"

namespace stsr {

/// A trained network as a field (method section 6). The weights are packed once, whatever the
/// number of variables and of the mixtures that are made of them.
///
/// A value comes from the block that owns its position; faces between blocks belong to the upper
/// one. It is missing where the nearest coarse sample of the nearest kept time step (upwards from
/// the middle) is missing. The variables of a CoordNet are evaluated together.
class NetworkField final : public Field {
 public:
  /// Copies what it needs. @throws ValueError  the model contradicts itself.
  explicit NetworkField(const Model& model, const ComputeOptions& compute = {});
  /// The same with the model's network on any device.
  NetworkField(const Model& model, std::shared_ptr<const Evaluator> evaluator,
               const ComputeOptions& compute = {});

  /// A field of one variable, phi = sum_i w_i mu_i: value range = the same mixture of the ranges,
  /// missing where a variable in the mixture is missing (method section 6). It shares the weights.
  /// @param weights  one per variable, at least 0, adding up to 1 (within 1e-6)
  /// @param name     of the variable; its unit is that of the variables where all agree, else empty
  /// @throws ValueError  the network is a CoordNet, which has no latents; on the weights; where
  ///   variables in the mixture differ in grid, times or reduction (the message names both).
  [[nodiscard]] std::shared_ptr<const NetworkField> mixture(std::span<const double> weights,
                                                            const std::string& name) const;

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  void evaluate(std::span<const Point> points, std::size_t variable,
                std::span<float> out) const override;
  void sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
              const GridSelection& part, std::span<float> out,
              const Advanced& advanced = {}) const override;
  [[nodiscard]] std::vector<GridSelection> pieces(std::size_t variable, const OutputGrid& grid,
                                                  std::size_t max_samples) const override;
  [[nodiscard]] bool evaluated_together(std::size_t a, std::size_t b) const override;
  [[nodiscard]] std::string fingerprint() const override;

 private:
  NetworkField() = default;
  void add(TrainedVariable trained, std::vector<float> latent,
           std::shared_ptr<const Decoder> decoder, std::size_t first_head);

  bool has_latents_ = true;
  BlockConfig blocks_;
  ComputeOptions compute_;
  std::shared_ptr<const Evaluator> evaluator_;
  std::string network_fingerprint_;  // of weights and configuration
  std::vector<NetworkVariable> variables_;
  std::vector<std::vector<float>> latents_;  // [variable] phi
  std::vector<VariableInfo> infos_;          // [variable]
};

}  // namespace stsr
