#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace stsr {

/// What a tensor is to the network. An `outer_matrix` takes coordinates or latents, or gives the
/// output; a `hidden_matrix` lies between hidden layers.
enum class ParameterRole { outer_matrix, hidden_matrix, bias, latent };

/// One named tensor inside a flat buffer: row-major (C order), `offset` in elements.
struct ParameterTensor {
  std::string name;
  ParameterRole role = ParameterRole::outer_matrix;
  std::vector<std::size_t> shape;
  std::size_t offset = 0;
  std::size_t count = 0;
};

/// Names, shapes and places of all parameters of a network. Tensors follow one another without
/// gaps, in the order in which they were added; a gradient or an optimiser state is a second buffer
/// of the same layout.
class ParameterLayout {
 public:
  /// Appends a tensor and returns its offset.
  std::size_t add(std::string name, ParameterRole role, std::vector<std::size_t> shape);
  [[nodiscard]] const std::vector<ParameterTensor>& tensors() const { return tensors_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// @throws ValueError  no tensor has this name.
  [[nodiscard]] const ParameterTensor& find(const std::string& name) const;

 private:
  std::vector<ParameterTensor> tensors_;
  std::size_t size_ = 0;
};

}  // namespace stsr
