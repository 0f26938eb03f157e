// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/show.hpp"

#include "cli/words.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace countersign::cli {
namespace {

namespace json = boost::json;

std::string version_of(const yubikey::Key& key) {
  return std::to_string(key.firmware[0]) + "." + std::to_string(key.firmware[1]) + "." +
         std::to_string(key.firmware[2]);
}

json::value json_of(const std::optional<std::uint32_t>& serial) {
  return serial ? json::value(*serial) : json::value(nullptr);
}

json::object json_of(const yubikey::Key& key) {
  json::array slots;
  for (std::size_t i = 0; i < key.slots.size(); ++i) {
    slots.push_back({{"number", i + 1},
                     {"configured", key.slots[i].configured},
                     {"wantsTouch", key.slots[i].wants_touch}});
  }
  return {
      {"serial", json_of(key.serial)}, {"firmware", version_of(key)}, {"slots", std::move(slots)}};
}

void show_text(const yubikey::Key& key) {
  std::cout << "key: " << (key.serial ? std::to_string(*key.serial) : "hides its serial number")
            << "\nfirmware: " << version_of(key) << '\n';
  for (std::size_t i = 0; i < key.slots.size(); ++i) {
    const yubikey::Slot& slot = key.slots[i];
    std::cout << "slot " << i + 1 << ": " << (slot.configured ? "configured" : "empty")
              << (slot.wants_touch ? ", answers challenges when touched" : "") << '\n';
  }
}

}  // namespace

void show_keys(const Command& command, const std::vector<yubikey::Key>& keys) {
  if (command.output == Output::json) {
    json::array list;
    for (const yubikey::Key& key : keys) list.push_back(json_of(key));
    std::cout << json::serialize(json::object{{"keys", std::move(list)}}) << '\n';
    return;
  }
  if (keys.empty()) std::cout << "no keys\n";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) std::cout << '\n';
    show_text(keys[i]);
  }
}

void show_key(const Command& command, const yubikey::Key& key) {
  if (command.output == Output::json) {
    std::cout << json::serialize(json_of(key)) << '\n';
  } else {
    show_text(key);
  }
}

void show_given(const Command& command, const Given& given) {
  const auto state = given.active ? v1::ACTIVE : v1::PENDING;
  if (command.output == Output::json) {
    // Numbers of 64 bits are texts, as in all our JSON.
    std::cout << json::serialize(json::object{{"factorId", std::to_string(given.factor_id)},
                                              {"subject", full_name(given.subject)},
                                              {"kind", v1::FactorKind_Name(given.kind)},
                                              {"identifier", given.identifier},
                                              {"serial", json_of(given.serial)},
                                              {"slot", given.slot},
                                              {"state", v1::FactorState_Name(state)}})
              << '\n';
    return;
  }
  std::cout << "factor: " << given.factor_id << "\nsubject: " << full_name(given.subject)
            << "\nkind: " << lower_words(v1::FactorKind_Name(given.kind)) << '\n';
  if (!given.identifier.empty()) std::cout << "identifier: " << given.identifier << '\n';
  if (given.slot != 0) std::cout << "key: " << name_of(given.serial, given.slot) << '\n';
  std::cout << "state: " << lower_words(v1::FactorState_Name(state)) << '\n';
  if (!given.active) {
    std::cout << "It works after: countersign factor confirm " << given.factor_id << '\n';
  }
}

std::string name_of(const std::optional<std::uint32_t>& serial, int slot) {
  return (serial ? "key " + std::to_string(*serial) : std::string{"the key"}) + ", slot " +
         std::to_string(slot);
}

}  // namespace countersign::cli
