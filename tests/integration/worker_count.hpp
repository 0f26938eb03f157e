// SPDX-License-Identifier: Apache-2.0
// What the HSM's workers signed, as the PKCS#11 module that counts has written it down.
#pragma once

#include "tests/support/appliance.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace countersign::test {

class WorkerCount {
 public:
  // Workers that are started from now on write into a file of ours.
  WorkerCount() {
    ::setenv("COUNTERSIGN_TEST_MODULE", module_path().c_str(), 1);
    ::setenv("COUNTERSIGN_TEST_SIGNATURES", folder_.file("signatures").c_str(), 1);
  }

  // How often they signed by this factor's secret.
  [[nodiscard]] std::size_t signatures(const Appliance& appliance, std::uint64_t factor) const {
    // The wrapped key's beginning, behind the header of a sealed secret.
    return lines(value(appliance, "SELECT lower(hex(substr(sealed, 9, 16))) FROM factor WHERE id=" +
                                      std::to_string(factor)));
  }
  // How many texts they were given to compare with this subject's password.
  [[nodiscard]] std::size_t passwords(std::uint64_t subject) const {
    std::string digits(16, '0');
    for (std::size_t i = digits.size(); i-- > 0; subject >>= 4) digits[i] = kDigits[subject & 15];
    return lines("password " + digits);
  }

  // One value from the database.
  static std::string value(const Appliance& appliance, const std::string& sql) {
    std::string output;
    if (appliance.run({"/usr/bin/sqlite3", "-readonly", appliance.database(), sql}, &output)) {
      throw std::runtime_error{"sqlite3: " + output};
    }
    return output.substr(0, output.find('\n'));
  }

 private:
  static constexpr const char* kDigits = "0123456789abcdef";

  [[nodiscard]] std::size_t lines(const std::string& equal_to) const {
    std::ifstream file{folder_.file("signatures")};
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) count += line == equal_to ? 1 : 0;
    return count;
  }

  TemporaryFolder folder_;
};

}  // namespace countersign::test
