// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/amr.hpp"

#include <algorithm>
#include <array>

namespace countersign::wire {
namespace {

enum class Proof : std::uint8_t { known, had };

struct Words {
  FactorKind kind{};
  Proof proof{};
  std::string_view first;
  std::string_view second;  // may be empty
};

constexpr auto kWords = std::to_array<Words>({
    {FactorKind::password, Proof::known, "pwd", ""},
    {FactorKind::question, Proof::known, "kba", ""},
    {FactorKind::reset_question, Proof::known, "kba", ""},
    {FactorKind::totp, Proof::had, "otp", ""},
    {FactorKind::hotp, Proof::had, "otp", ""},
    {FactorKind::yubico_otp, Proof::had, "hwk", "otp"},
    {FactorKind::chalresp, Proof::had, "hwk", ""},
    {FactorKind::sms, Proof::had, "sms", ""},
    {FactorKind::reset_phone, Proof::had, "sms", ""},
    {FactorKind::email, Proof::had, "email", ""},
    {FactorKind::primary_email, Proof::had, "email", ""},
    {FactorKind::recovery_codes, Proof::had, "rc", ""},
    {FactorKind::temporary_code, Proof::had, "tap", ""},
    {FactorKind::device, Proof::had, "dev", ""},
});

// All of them and "mfa" fit: pwd kba otp hwk sms email rc tap dev mfa.
static_assert(kAmrWordsMax >= 10);

void add(AmrWords& words, std::string_view word) {
  if (word.empty() || std::ranges::find(words, word) != words.end()) return;
  words.push_back(word);
}

}  // namespace

AmrWords amr_of(std::uint32_t kinds) {
  AmrWords words;
  bool known = false;
  bool had = false;
  for (const Words& entry : kWords) {
    if ((kinds & bit_of(entry.kind)) == 0) continue;
    (entry.proof == Proof::known ? known : had) = true;
    add(words, entry.first);
    add(words, entry.second);
  }
  if (known && had) words.push_back("mfa");
  return words;
}

}  // namespace countersign::wire
