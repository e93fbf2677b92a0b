#include "stage.h"

#include "stsr/kernels/elementwise.h"

namespace stsr {

namespace {

ConstMatrix weight_of(const DenseLayer& layer, const float* parameters) {
  return {parameters + layer.weight, layer.out, layer.in, layer.in + layer.condition_in};
}

ConstMatrix condition_weight_of(const DenseLayer& layer, const float* parameters) {
  return {parameters + layer.weight + layer.in, layer.out, layer.condition_in,
          layer.in + layer.condition_in};
}

MutableMatrix gradient_of(const DenseLayer& layer, float* gradient) {
  return {gradient + layer.weight, layer.out, layer.in, layer.in + layer.condition_in};
}

/// The activation of z = x W^T, with the bias, the residual and the scale of LayerRows.
void activate(const DenseLayer& layer, const float* parameters, MutableMatrix z, MutableMatrix y,
              LayerRows rows) {
  rows.rows = z.rows;
  rows.columns = z.columns;
  rows.z = z.data;
  rows.z_stride = z.stride;
  if (rows.bias == nullptr) rows.bias = parameters + layer.bias;
  rows.omega = static_cast<float>(layer.omega);
  rows.y = y.data;
  rows.y_stride = y.stride;
  const ElementwiseKernels& kernels = elementwise_kernels();
  (layer.activation == Activation::sine ? kernels.sine_layer : kernels.relu_layer)(rows);
}

/// The bias of every group: W_c c + b.
MutableMatrix group_bias(const DenseLayer& layer, const float* parameters,
                         const Condition& condition, StageScratch& scratch) {
  MutableMatrix bias = scratch.group_bias.top(condition.values.rows);
  bias.columns = layer.out;
  for (std::size_t group = 0; group < bias.rows; ++group)
    elementwise_kernels().scaled_copy(layer.out, 1.0F, parameters + layer.bias,
                                      bias.data + group * bias.stride);
  multiply_transposed(condition.values, condition_weight_of(layer, parameters), bias,
                      Accumulate::yes);
  return bias;
}

/// slope <- dL/dz; adds the bias gradient, and all that hangs on the group biases.
void activation_backward(const DenseLayer& layer, const float* parameters,
                         const Condition& condition, ConstMatrix dy, MutableMatrix slope,
                         MutableMatrix dcondition, float* gradient, StageScratch& scratch) {
  const ElementwiseKernels& kernels = elementwise_kernels();
  if (layer.condition_in == 0) {
    kernels.activation_backward(dy.rows, dy.columns, dy.data, dy.stride, slope.data, slope.stride,
                                gradient + layer.bias, 0, 1);
    return;
  }
  MutableMatrix sums = scratch.group_bias_gradient.top(condition.values.rows);
  sums.columns = layer.out;
  clear(sums);
  kernels.activation_backward(dy.rows, dy.columns, dy.data, dy.stride, slope.data, slope.stride,
                              sums.data, sums.stride, condition.group_rows);
  for (std::size_t group = 0; group < sums.rows; ++group)
    kernels.add(layer.out, sums.data + group * sums.stride, gradient + layer.bias);
  transposed_multiply(sums, condition.values,
                      {gradient + layer.weight + layer.in, layer.out, layer.condition_in,
                       layer.in + layer.condition_in},
                      Accumulate::yes);
  multiply(sums, condition_weight_of(layer, parameters), dcondition, Accumulate::yes);
}

}  // namespace

StageTape::StageTape(const Stage& stage, std::size_t rows)
    : slope_first(rows, stage.first.out), output(rows, stage.out()) {
  if (!stage.second) return;
  slope_second = Scratch(rows, stage.second->out);
  hidden = Scratch(rows, stage.first.out);
}

StageScratch::StageScratch(std::size_t rows, std::size_t columns)
    : hidden_gradient(rows, columns),
      group_bias(rows, columns),
      group_bias_gradient(rows, columns) {}

void stage_forward(const Stage& stage, const float* parameters, ConstMatrix x,
                   const Condition& condition, const float* scale, bool keep_derivative,
                   StageTape& tape, StageScratch& scratch) {
  const MutableMatrix z = tape.slope_first.top(x.rows);
  const MutableMatrix y = tape.output.top(x.rows);
  LayerRows rows;
  rows.keep_derivative = keep_derivative;
  multiply_transposed(x, weight_of(stage.first, parameters), z);
  if (!stage.second) {
    rows.scale = scale;
    if (stage.first.condition_in != 0) {
      const MutableMatrix bias = group_bias(stage.first, parameters, condition, scratch);
      rows.bias = bias.data;
      rows.bias_stride = bias.stride;
      rows.group_rows = condition.group_rows;
    }
    activate(stage.first, parameters, z, y, rows);
    return;
  }
  const MutableMatrix hidden = tape.hidden.top(x.rows);
  activate(stage.first, parameters, z, hidden, rows);
  const MutableMatrix z_second = tape.slope_second.top(x.rows);
  multiply_transposed(hidden, weight_of(*stage.second, parameters), z_second);
  rows.residual = x.data;
  rows.residual_stride = x.stride;
  rows.scale = scale;
  activate(*stage.second, parameters, z_second, y, rows);
}

void stage_backward(const Stage& stage, const float* parameters, ConstMatrix x,
                    const Condition& condition, StageTape& tape, ConstMatrix dy, MutableMatrix dx,
                    MutableMatrix dcondition, float* gradient, StageScratch& scratch) {
  const MutableMatrix dz = tape.slope_first.top(x.rows);
  Accumulate accumulate = Accumulate::no;
  ConstMatrix dfirst = dy;
  if (stage.second) {
    // y = (x + second(hidden)) / 2; the factor 1/2 of second's branch is in its slopes.
    const DenseLayer& second = *stage.second;
    const MutableMatrix dz_second = tape.slope_second.top(x.rows);
    activation_backward(second, parameters, {}, dy, dz_second, dcondition, gradient, scratch);
    transposed_multiply(dz_second, tape.hidden.top(x.rows), gradient_of(second, gradient),
                        Accumulate::yes);
    MutableMatrix dhidden = scratch.hidden_gradient.top(x.rows);
    dhidden.columns = second.in;
    multiply(dz_second, weight_of(second, parameters), dhidden);
    dfirst = dhidden;
    if (dx.data != nullptr) {
      for (std::size_t r = 0; r < x.rows; ++r)
        elementwise_kernels().scaled_copy(dx.columns, 0.5F, dy.data + r * dy.stride,
                                          dx.data + r * dx.stride);
      accumulate = Accumulate::yes;
    }
  }
  activation_backward(stage.first, parameters, condition, dfirst, dz, dcondition, gradient,
                      scratch);
  transposed_multiply(dz, x, gradient_of(stage.first, gradient), Accumulate::yes);
  if (dx.data != nullptr) multiply(dz, weight_of(stage.first, parameters), dx, accumulate);
}

}  // namespace stsr
