// SPDX-License-Identifier: Apache-2.0
// Any text as JSON for any operation, named by the first byte: no crash, and no request without its
// bounds.
#include "daemon/wire/codec.hpp"

#include <array>
#include <cstdlib>

using namespace countersign;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array kOperations{
      "verify", "enrol-oath",     "rename-factor",  "check-store",
      "health", "create-subject", "confirm-factor", "resynchronise-factor"};
  if (size == 0) return 0;
  const std::string_view json{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto request = wire::decode_json(kOperations[data[0] % kOperations.size()], json, "");
  if (!request) {
    if (request.error().operation.view().empty()) std::abort();
    return 0;
  }
  if (request->id.size != RequestId::kBytesMin) std::abort();
  if (const auto* enrol = std::get_if<EnrolOath>(&request->ask)) {
    if (enrol->oath.digits < 6 || enrol->oath.digits > 8) std::abort();
    if (enrol->secret && (enrol->secret->size() < 10 || enrol->secret->size() > 512)) std::abort();
  }
  return 0;
}
