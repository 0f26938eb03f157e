// SPDX-License-Identifier: Apache-2.0
// RFC 4648, section 10, BASE32, as printed.
#pragma once

#include <array>
#include <string_view>

namespace countersign::vectors {

struct Base32Row {
  std::string_view bytes;
  std::string_view text;
};

inline constexpr std::array kRfc4648Rows{
    Base32Row{"", ""},
    Base32Row{"f", "MY======"},
    Base32Row{"fo", "MZXQ===="},
    Base32Row{"foo", "MZXW6==="},
    Base32Row{"foob", "MZXW6YQ="},
    Base32Row{"fooba", "MZXW6YTB"},
    Base32Row{"foobar", "MZXW6YTBOI======"},
};

}  // namespace countersign::vectors
