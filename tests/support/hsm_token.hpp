// SPDX-License-Identifier: Apache-2.0
// A SoftHSM2 of a test's own: a token folder that nobody else sees, gone afterwards.
#pragma once

#include "hsm/ceremony.hpp"
#include "hsm/engine.hpp"

#include <string>

namespace countersign::test {

// SoftHSM2's PKCS#11 module. Ends the program, with words, where it is not installed.
[[nodiscard]] std::string softhsm_module();

// The module of hsm_faulty_module.cpp, with this fault when it is loaded next. Returns its path.
[[nodiscard]] std::string faulty_module(const char* fault, int at);

// A SoftHSM2 without a token. SOFTHSM2_CONF points to the last one that was made or used, for this
// process and its children: one at a time.
class SoftHsm {
 public:
  SoftHsm();
  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;
  ~SoftHsm();

  void use() const;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string conf_file() const { return folder_ + "/softhsm2.conf"; }
  [[nodiscard]] std::string pin_file() const { return folder_ + "/service-pin"; }
  [[nodiscard]] std::string custody_pin_file() const { return folder_ + "/custody-pin"; }
  // In the folder, nothing of them made yet.
  [[nodiscard]] hsm::CeremonySettings ceremony_settings() const;
  [[nodiscard]] hsm::EngineSettings engine_settings() const;

 private:
  std::string folder_;
};

// The same after a key ceremony.
class HsmToken : public SoftHsm {
 public:
  HsmToken();

  // One for the whole program, for tests that leave it as it is; in use again by this call.
  static HsmToken& shared();
};

}  // namespace countersign::test
