// SPDX-License-Identifier: Apache-2.0
// Any bytes: a phone number that is taken is E.164 and its own canonical form; an e-mail address
// that is taken cannot end a line, and is its own canonical form. The first byte chooses the
// country.
#include "address/email.hpp"
#include "address/numbering_plan.hpp"
#include "address/phone.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace countersign::address;

void try_phone(std::string_view typed, std::string_view country) {
  const auto phone = parse_phone(typed, country);
  if (!phone) return;
  const std::string_view digits = std::string_view{phone->e164}.substr(1);
  const bool is_e164 = phone->e164.front() == '+' && digits.size() >= 3 && digits.size() <= 20 &&
                       std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_e164 || !phone->e164.starts_with(phone->prefix())) std::abort();
  const auto again = parse_phone(phone->e164, "");
  if (!again || again->e164 != phone->e164 || again->type != phone->type) std::abort();
}

void try_email(std::string_view typed) {
  const auto address = parse_email(typed);
  if (!address) return;
  if (address->size() > kEmailBytesMax) std::abort();
  if (!std::ranges::all_of(*address, [](char c) { return c > ' ' && c <= '~'; })) std::abort();
  if (address->find_first_of("<>()[]\\,;:\"") != address->npos) std::abort();
  const auto again = parse_email(*address);
  if (!again || *again != *address) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view typed{reinterpret_cast<const char*>(data) + 1, size - 1};
  try_phone(typed, numbering_plans()[data[0] % numbering_plans().size()].country);
  try_email(typed);
  return 0;
}
