#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/rendering/transfer_function.h"

namespace stsr {

namespace {

using Colours = std::vector<ColourPoint>;
using Opacities = std::vector<OpacityPoint>;

const std::vector<TransferFunction>& presets() {
  static const std::vector<TransferFunction> all{
      {"cool-to-warm", ColourSpace::diverging, TransferDomain::range,
       Colours{{0.0, {0.2314, 0.2980, 0.7529}},
               {0.5, {0.8667, 0.8667, 0.8667}},
               {1.0, {0.7059, 0.0157, 0.1490}}},
       Opacities{{0.0, 0.5}, {0.35, 0.0}, {0.65, 0.0}, {1.0, 0.5}}},
      {"viridis", ColourSpace::lab, TransferDomain::range,
       Colours{
           {0.000000, {0.2670, 0.0049, 0.3294}},
           {0.125490, {0.2788, 0.1755, 0.4834}},
           {0.250980, {0.2297, 0.3224, 0.5457}},
           {0.376471, {0.1727, 0.4488, 0.5579}},
           {0.501961, {0.1276, 0.5669, 0.5506}},
           {0.627451, {0.1579, 0.6838, 0.5017}},
           {0.752941, {0.3692, 0.7889, 0.3829}},
           {0.878431, {0.6785, 0.8637, 0.1895}},
           {1.000000, {0.9932, 0.9062, 0.1439}},
       },
       high_end_opacity()},
      {"vortex", ColourSpace::rgb, TransferDomain::range,
       Colours{{0.0, {0.0, 0.0, 0.7}},
               {0.2, {0.0, 0.55, 1.0}},
               {0.4, {0.1, 0.85, 0.75}},
               {0.6, {0.4, 0.85, 0.2}},
               {0.8, {1.0, 0.8, 0.0}},
               {1.0, {0.85, 0.1, 0.05}}},
       Opacities{{0.0, 0.0},
                 {0.25, 0.0},
                 {0.33, 0.05},
                 {0.41, 0.0},
                 {0.5, 0.0},
                 {0.58, 0.12},
                 {0.66, 0.02},
                 {0.75, 0.1},
                 {1.0, 0.7}}},
      {"grey", ColourSpace::rgb, TransferDomain::range,
       Colours{{0.0, {0.0, 0.0, 0.0}}, {1.0, {1.0, 1.0, 1.0}}}, Opacities{{0.0, 0.0}, {1.0, 1.0}}}};
  return all;
}

}  // namespace

std::vector<OpacityPoint> high_end_opacity() {
  return {{0.0, 0.0}, {1.0 / 3.0, 0.0}, {1.0, 0.6}};
}

const std::vector<std::string>& transfer_function_presets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const TransferFunction& preset : presets()) all.push_back(preset.name);
    return all;
  }();
  return names;
}

TransferFunction transfer_function_preset(const std::string& name) {
  for (const TransferFunction& preset : presets())
    if (preset.name == name) return preset;
  throw ValueError(fmt::format("there is no transfer function '{}'{}", name,
                               name_hint(name, transfer_function_presets())));
}

}  // namespace stsr
