// SPDX-License-Identifier: Apache-2.0
// virtual-yubikey: what a hand does to a YubiKey, and what goes wrong with it.
//
//   virtual-yubikey FOLDER/KEY create SERIAL
//   virtual-yubikey FOLDER/KEY touch SLOT           prints what it types
//   virtual-yubikey FOLDER/KEY unplug|plug|power-cycle
//   virtual-yubikey FOLDER/KEY fault NAME [CHUNK]   unplug-at-chunk CHUNK, unplug-after-write,
//                                                   refuse-writes, busy, no-permission, none
#include "tests/support/virtual_yubikey/reports.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace countersign::test::yubikey {
namespace {

int usage() {
  std::cerr << "virtual-yubikey FOLDER/KEY create SERIAL | touch SLOT | unplug | plug |\n"
               "  power-cycle | fault NAME [CHUNK]\n";
  return 2;
}

int set_fault(Faults& faults, const std::vector<std::string>& words) {
  const std::string& name = words.at(0);
  if (name == "none") {
    faults = {};
  } else if (name == "unplug-at-chunk") {
    faults.unplug_at_chunk = std::stoi(words.at(1));
  } else if (name == "unplug-after-write") {
    faults.unplug_after_write = true;
  } else if (name == "refuse-writes") {
    faults.refuse_writes = true;
  } else if (name == "busy") {
    faults.busy = true;
  } else if (name == "no-permission") {
    faults.no_permission = true;
  } else {
    return usage();
  }
  return 0;
}

int run(const std::vector<std::string>& words) {
  if (words.size() < 2) return usage();
  const std::string& verb = words[1];
  const std::vector<std::string> rest{words.begin() + 2, words.end()};
  if (verb == "create") {
    KeyFile::create(words[0], static_cast<std::uint32_t>(std::stoul(rest.at(0))));
    return 0;
  }
  KeyFile key{words[0]};
  if (verb == "touch") {
    std::cout << touch(*key, std::stoi(rest.at(0)));
  } else if (verb == "unplug") {
    key->plugged = false;
  } else if (verb == "plug" || verb == "power-cycle") {
    power_cycle(*key);
  } else if (verb == "fault") {
    return set_fault(key->faults, rest);
  } else {
    return usage();
  }
  return 0;
}

}  // namespace
}  // namespace countersign::test::yubikey

int main(int argc, char** argv) {
  try {
    return countersign::test::yubikey::run({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << "virtual-yubikey: " << failure.what() << '\n';
    return 1;
  }
}
