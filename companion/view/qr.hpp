// SPDX-License-Identifier: Apache-2.0
// QR codes as the path of an SVG: dark modules of one unit, with the quiet zone around them.
//
//   <svg viewBox="0 0 SIZE SIZE"><path d="PATH"/></svg>
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace countersign::companion {

struct QrCode {
  std::string path;
  int size = 0;  // modules on a side, quiet zone included
};

inline constexpr int kQuietZone = 4;  // modules, ISO/IEC 18004

// Error correction M: a screen that is photographed has no torn corners. Fails with
// `limit_exceeded` when no code has room for the text.
[[nodiscard]] Result<QrCode> make_qr_code(std::string_view text);

}  // namespace countersign::companion
