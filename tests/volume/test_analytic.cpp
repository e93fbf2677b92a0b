#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <random>
#include <set>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/text.h"
#include "stsr/volume/analytic.h"

namespace stsr {
namespace {

using testing::HasSubstr;

const AnalyticVariable& variable_of(const AnalyticField& field, const std::string& name) {
  for (const AnalyticVariable& variable : field.variables)
    if (variable.name == name) return variable;
  throw ValueError(name);
}

std::string message_of(const std::string& field, const AnalyticRequest& request) {
  try {
    const AnalyticSequence sequence(find_analytic_field(field), request);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Analytic, AgreesWithAnIndependentImplementation) {
  std::ifstream file(std::string(STSR_GOLDEN_DIR) + "/analytic.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  std::set<std::string> seen;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = split(line, ',');
    ASSERT_EQ(cells.size(), 8U) << line;
    const auto number = [&cells](std::size_t i) { return std::stod(cells[i]); };
    const AnalyticVariable& variable = variable_of(find_analytic_field(cells[0]), cells[1]);
    const double value = variable.value(number(4), number(5), number(6), number(3), number(2));
    EXPECT_NEAR(value, number(7), 1e-11 * std::max(1.0, std::abs(number(7)))) << line;
    seen.insert(cells[0] + " " + cells[1]);
  }
  std::size_t all = 0;
  for (const AnalyticField& field : analytic_fields()) all += field.variables.size();
  EXPECT_EQ(seen.size(), all) << "a variable has no golden value";
}

/// Divergence by central differences with step h; its error is of order h^2.
double divergence(const AnalyticField& field, std::array<double, 3> p, double t, double parameter) {
  constexpr double h = 1e-4;
  constexpr std::array names{"u", "v", "w"};
  double sum = 0.0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const AnalyticVariable& component = variable_of(field, names[axis]);
    std::array<double, 3> low = p;
    std::array<double, 3> high = p;
    low[axis] -= h;
    high[axis] += h;
    sum += (component.value(high[0], high[1], high[2], t, parameter) -
            component.value(low[0], low[1], low[2], t, parameter)) /
           (2.0 * h);
  }
  return sum;
}

TEST(Analytic, FlowsAreFreeOfDivergence) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> at(-1.5, 1.5);
  int checked = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const std::array<double, 3> p{at(random), at(random), at(random)};
    EXPECT_NEAR(divergence(find_analytic_field("ethier-steinman"), p, 0.3, 0.05), 0.0, 1e-6);
    const double r = std::hypot(p[0], p[1], p[2] - 0.3);  // U t = 0.3
    if (std::abs(r - 1.0) < 1e-3) continue;
    EXPECT_NEAR(divergence(find_analytic_field("hill"), p, 0.3, 1.0), 0.0, 1e-6);
    ++checked;
  }
  EXPECT_GT(checked, 250);
}

TEST(Analytic, HillsVortexIsContinuousOnItsMovingSphere) {
  const AnalyticField& hill = find_analytic_field("hill");
  constexpr double speed = 1.5;
  constexpr double time = 0.4;
  for (double angle = 0.05; angle < std::numbers::pi; angle += 0.1)
    for (const char* name : {"u", "v", "w"}) {
      const auto value = [&](double r) {
        return variable_of(hill, name)
            .value(r * std::sin(angle) * 0.6, r * std::sin(angle) * 0.8,
                   speed * time + r * std::cos(angle), time, speed);
      };
      EXPECT_NEAR(value(1.0 - 1e-9), value(1.0 + 1e-9), 1e-7) << name << " at " << angle;
    }
}

TEST(Analytic, EthierSteinmanObeysNavierStokes) {
  // u_t + (u . grad) u + grad p = nu laplace(u), all by central differences, along x.
  const AnalyticField& field = find_analytic_field("ethier-steinman");
  constexpr double nu = 0.2;
  constexpr double t = 0.3;
  constexpr double h = 1e-3;
  const auto f = [&](const char* name, double x, double y, double z, double time) {
    return variable_of(field, name).value(x, y, z, time, nu);
  };
  const double x = 0.3;
  const double y = -0.4;
  const double z = 0.7;
  const double u = f("u", x, y, z, t);
  const double u_t = (f("u", x, y, z, t + h) - f("u", x, y, z, t - h)) / (2 * h);
  const double xp = f("u", x + h, y, z, t), xm = f("u", x - h, y, z, t);
  const double yp = f("u", x, y + h, z, t), ym = f("u", x, y - h, z, t);
  const double zp = f("u", x, y, z + h, t), zm = f("u", x, y, z - h, t);
  const double advection =
      (u * (xp - xm) + f("v", x, y, z, t) * (yp - ym) + f("w", x, y, z, t) * (zp - zm)) / (2 * h);
  const double p_x = (f("p", x + h, y, z, t) - f("p", x - h, y, z, t)) / (2 * h);
  const double laplace = (xp + xm + yp + ym + zp + zm - 6 * u) / (h * h);
  EXPECT_NEAR(u_t + advection + p_x, nu * laplace, 1e-5);
}

TEST(Analytic, SamplesTheDomainFromEndToEnd) {
  const AnalyticField& field = find_analytic_field("hill");
  const AnalyticSequence sequence(field, {.dims = {5, 3, 1}, .steps = 3, .variables = {"w", "u"}});
  ASSERT_EQ(sequence.variables().size(), 2U);
  const VariableInfo& info = sequence.variables()[1];
  EXPECT_EQ(info.name, "u");
  EXPECT_EQ(info.grid.position(0, 0.0), -2.0);
  EXPECT_EQ(info.grid.position(0, 4.0), 2.0);
  EXPECT_EQ(info.grid.origin[2], 1.0);  // one sample: the middle
  EXPECT_EQ(info.times, (std::vector{0.0, 0.05, 0.1}));
  const std::vector<float> values = sequence.sample(1, 2);
  ASSERT_EQ(values.size(), 15U);
  EXPECT_EQ(values[2 * 5 + 3],
            static_cast<float>(variable_of(field, "u").value(1.0, 2.0, 1.0, 0.1, 1.0)));
  set_thread_count(1);
  EXPECT_EQ(sequence.sample(1, 2), values);
  set_thread_count(3);
  EXPECT_EQ(sequence.sample(1, 2), values);
  EXPECT_THROW((void)sequence.sample(2, 0), ValueError);
  EXPECT_THROW((void)sequence.sample(0, 3), ValueError);
}

TEST(Analytic, SeveralParametersMakeAnEnsemble) {
  const AnalyticSequence sequence(
      find_analytic_field("ethier-steinman"),
      {.dims = {4, 4, 4}, .steps = 2, .variables = {"speed", "p"}, .parameters = {0.01, 0.5}});
  std::vector<std::string> names;
  for (const VariableInfo& info : sequence.variables()) names.push_back(info.name);
  EXPECT_THAT(names,
              testing::ElementsAre("speed nu=0.01", "speed nu=0.5", "p nu=0.01", "p nu=0.5"));
  EXPECT_EQ(sequence.sample(0, 0), sequence.sample(1, 0));
  EXPECT_NE(sequence.sample(0, 1), sequence.sample(1, 1));
}

TEST(Analytic, RefusesWhatMakesNoSense) {
  EXPECT_THAT(message_of("tornada", {}), HasSubstr("did you mean 'tornado'"));
  EXPECT_THAT(message_of("tornado", {.variables = {"sped"}}), HasSubstr("did you mean 'speed'"));
  EXPECT_THAT(message_of("tornado", {.variables = {"u", "u"}}), HasSubstr("u is given twice"));
  EXPECT_THAT(message_of("tornado", {.parameters = {1.0}}), HasSubstr("no parameter"));
  EXPECT_THAT(message_of("ethier-steinman", {.parameters = {-1.0}}), HasSubstr("at least 0"));
  EXPECT_THAT(message_of("hill", {.parameters = {1.0, 1.0}}), HasSubstr("1 is given twice"));
  EXPECT_EQ(message_of("hill", {.parameters = {-1.0}}), "no error");
  EXPECT_THAT(message_of("hill", {.parameters = {std::nan("")}}), HasSubstr("must be a number"));
  EXPECT_THAT(message_of("hill", {.dims = {4, 0, 4}}), HasSubstr("at least 1"));
  EXPECT_THAT(message_of("hill", {.steps = 0}), HasSubstr("time steps"));
  EXPECT_THAT(message_of("hill", {.time_step = 0.0}), HasSubstr("above 0"));
  const std::size_t huge = std::size_t{1} << 31;
  EXPECT_THAT(message_of("hill", {.dims = {huge, huge, huge}}), HasSubstr("does not fit"));
}

}  // namespace
}  // namespace stsr
