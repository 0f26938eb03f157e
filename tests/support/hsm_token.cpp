// SPDX-License-Identifier: Apache-2.0
#include "tests/support/hsm_token.hpp"

#include "hsm/explain.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace countersign::test {
namespace {

constexpr const char* kServiceLabel = "countersign";
constexpr const char* kCustodyLabel = "countersign-custody";

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "hsm_token: " << why << '\n';
  std::abort();
}

std::string make_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "countersign-hsm-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) give_up("mkdtemp failed");
  return pattern;
}

}  // namespace

std::string softhsm_module() {
  constexpr const char* kModule = "softhsm/libsofthsm2.so";
  const std::filesystem::path libraries = "/usr/lib";
  if (std::filesystem::exists(libraries / kModule)) return libraries / kModule;
  for (const auto& architecture : std::filesystem::directory_iterator{libraries}) {
    const auto path = architecture.path() / kModule;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  give_up("libsofthsm2.so not found: install the package libsofthsm2");
}

std::string faulty_module(const char* fault, int at) {
  ::setenv("COUNTERSIGN_TEST_MODULE", softhsm_module().c_str(), 1);
  ::setenv("COUNTERSIGN_TEST_FAULT", fault, 1);
  ::setenv("COUNTERSIGN_TEST_FAULT_AT", std::to_string(at).c_str(), 1);
  return CS_FAULTY_MODULE;
}

SoftHsm::SoftHsm() : folder_{make_folder()} {
  std::filesystem::create_directory(folder_ + "/tokens");
  std::ofstream{conf_file()} << "directories.tokendir = " << folder_ << "/tokens\n"
                             << "objectstore.backend = file\n"
                             << "log.level = ERROR\n";
  use();
}

void SoftHsm::use() const { ::setenv("SOFTHSM2_CONF", conf_file().c_str(), 1); }

SoftHsm::~SoftHsm() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

hsm::CeremonySettings SoftHsm::ceremony_settings() const {
  return {softhsm_module(),
          {kServiceLabel, pin_file(), folder_ + "/service-so-pin"},
          {kCustodyLabel, custody_pin_file(), folder_ + "/custody-so-pin"},
          folder_ + "/escrow",
          true};
}

hsm::EngineSettings SoftHsm::engine_settings() const {
  hsm::EngineSettings settings;
  settings.module_path = softhsm_module();
  settings.token_label = kServiceLabel;
  settings.pin_file = pin_file();
  settings.refused_pin_file = folder_ + "/refused-pin";
  return settings;
}

HsmToken::HsmToken() {
  const auto held = hsm::hold_ceremony(ceremony_settings());
  if (!held) give_up(hsm::explain(held.error()));
}

HsmToken& HsmToken::shared() {
  static HsmToken token;
  token.use();
  return token;
}

}  // namespace countersign::test
