// SPDX-License-Identifier: Apache-2.0
// The values of a PSKC file, in clear or not, and what opens and authenticates them. Private.
#pragma once

#include "firmware-interface/files/pskc.hpp"
#include "firmware-interface/files/xml.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::files {

// From the elements in front of the first key.
struct PskcLock {
  bool has_encryption_key = false;
  SecretBytes encryption_key;
  std::optional<HashAlgorithm> mac_algorithm;
  SecretBytes mac_key;
};

// Fail with `denied` when `unlock` does not have what the file needs.
[[nodiscard]] Status read_encryption_key(const xml::Element& element, const PskcUnlock& unlock,
                                         PskcLock& lock);
[[nodiscard]] Status read_mac_method(const xml::Element& element, PskcLock& lock);

// The value `name` of a key's Data; none if it is absent.
[[nodiscard]] Result<std::optional<SecretBytes>> read_bytes(const xml::Element& data,
                                                            std::string_view name,
                                                            const PskcLock& lock);
[[nodiscard]] Result<std::optional<std::uint64_t>> read_number(const xml::Element& data,
                                                               std::string_view name,
                                                               const PskcLock& lock);

}  // namespace countersign::files
