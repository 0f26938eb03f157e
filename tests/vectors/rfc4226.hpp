// SPDX-License-Identifier: Apache-2.0
// RFC 4226, appendix D, as printed: both of its tables, row by row.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace countersign::vectors {

struct HotpRow {
  std::uint64_t count;
  std::string_view mac;     // HMAC-SHA-1(secret, count), intermediate
  std::uint32_t truncated;  // 31 bits
  std::string_view code;    // 6 digits
};

inline constexpr std::string_view kRfc4226Secret = "12345678901234567890";

inline constexpr std::array kRfc4226Rows{
    HotpRow{0, "cc93cf18508d94934c64b65d8ba7667fb7cde4b0", 0x4c93cf18, "755224"},
    HotpRow{1, "75a48a19d4cbe100644e8ac1397eea747a2d33ab", 0x41397eea, "287082"},
    HotpRow{2, "0bacb7fa082fef30782211938bc1c5e70416ff44", 0x082fef30, "359152"},
    HotpRow{3, "66c28227d03a2d5529262ff016a1e6ef76557ece", 0x66ef7655, "969429"},
    HotpRow{4, "a904c900a64b35909874b33e61c5938a8e15ed1c", 0x61c5938a, "338314"},
    HotpRow{5, "a37e783d7b7233c083d4f62926c7a25f238d0316", 0x33c083d4, "254676"},
    HotpRow{6, "bc9cd28561042c83f219324d3c607256c03272ae", 0x7256c032, "287922"},
    HotpRow{7, "a4fb960c0bc06e1eabb804e5b397cdc4b45596fa", 0x04e5b397, "162583"},
    HotpRow{8, "1b3c89f65e6c9e883012052823443f048b4332db", 0x2823443f, "399871"},
    HotpRow{9, "1637409809a679dc698207310c8c7fc07290d9e5", 0x2679dc69, "520489"},
};

}  // namespace countersign::vectors
