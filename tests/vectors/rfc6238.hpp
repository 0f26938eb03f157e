// SPDX-License-Identifier: Apache-2.0
// RFC 6238, appendix B, as printed: eight digits, steps of 30 seconds.
//
// The RFC prints one secret; its reference code uses it as long as the digest (erratum 2866).
#pragma once

#include "base/hash_algorithm.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace countersign::vectors {

struct TotpRow {
  std::int64_t time_seconds;
  std::uint64_t step;
  HashAlgorithm algorithm;
  std::string_view code;
};

inline constexpr std::string_view kRfc6238Secret =
    "1234567890123456789012345678901234567890123456789012345678901234";

constexpr std::string_view rfc6238_secret(HashAlgorithm algorithm) {
  return kRfc6238Secret.substr(0, digest_bytes(algorithm));
}

inline constexpr std::array kRfc6238Rows{
    TotpRow{59, 0x1, HashAlgorithm::sha1, "94287082"},
    TotpRow{59, 0x1, HashAlgorithm::sha256, "46119246"},
    TotpRow{59, 0x1, HashAlgorithm::sha512, "90693936"},
    TotpRow{1111111109, 0x23523ec, HashAlgorithm::sha1, "07081804"},
    TotpRow{1111111109, 0x23523ec, HashAlgorithm::sha256, "68084774"},
    TotpRow{1111111109, 0x23523ec, HashAlgorithm::sha512, "25091201"},
    TotpRow{1111111111, 0x23523ed, HashAlgorithm::sha1, "14050471"},
    TotpRow{1111111111, 0x23523ed, HashAlgorithm::sha256, "67062674"},
    TotpRow{1111111111, 0x23523ed, HashAlgorithm::sha512, "99943326"},
    TotpRow{1234567890, 0x273ef07, HashAlgorithm::sha1, "89005924"},
    TotpRow{1234567890, 0x273ef07, HashAlgorithm::sha256, "91819424"},
    TotpRow{1234567890, 0x273ef07, HashAlgorithm::sha512, "93441116"},
    TotpRow{2000000000, 0x3f940aa, HashAlgorithm::sha1, "69279037"},
    TotpRow{2000000000, 0x3f940aa, HashAlgorithm::sha256, "90698825"},
    TotpRow{2000000000, 0x3f940aa, HashAlgorithm::sha512, "38618901"},
    TotpRow{20000000000, 0x27bc86aa, HashAlgorithm::sha1, "65353130"},
    TotpRow{20000000000, 0x27bc86aa, HashAlgorithm::sha256, "77737706"},
    TotpRow{20000000000, 0x27bc86aa, HashAlgorithm::sha512, "47863826"},
};

}  // namespace countersign::vectors
