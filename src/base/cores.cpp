#include "stsr/base/cores.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "control_group.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// As many cores as give the quota of processor time in a period. Version 1 writes -1 and version 2
/// "max" where there is no limit.
int limited(int cores, double quota, double period) {
  if (!(quota > 0.0 && period > 0.0)) return cores;
  return static_cast<int>(std::min(static_cast<double>(cores), std::ceil(quota / period)));
}

double number_in(const fs::path& file) {
  double number = 0.0;
  std::ifstream(file) >> number;
  return number;
}

}  // namespace

int available_cores(const fs::path& root) {
  int cores = omp_get_num_procs();
  const ControlGroups groups = control_groups(root, "cpu");
  for (const fs::path& folder : groups.version_1)
    cores = limited(cores, number_in(folder / "cpu.cfs_quota_us"),
                    number_in(folder / "cpu.cfs_period_us"));
  for (const fs::path& folder : groups.version_2) {
    double quota = 0.0;
    double period = 0.0;
    std::ifstream(folder / "cpu.max") >> quota >> period;
    cores = limited(cores, quota, period);
  }
  return std::max(cores, 1);
}

}  // namespace stsr
