// SPDX-License-Identifier: Apache-2.0
#include "companion/view/qr.hpp"

#include <qrcodegen/qrcodegen.hpp>

#include <cstdint>
#include <exception>
#include <vector>

namespace countersign::companion {
namespace {

// A row's dark modules, each run of them one rectangle.
void draw_row(const qrcodegen::QrCode& code, int y, std::string& path) {
  const int side = code.getSize();
  for (int x = 0; x < side;) {
    int end = x;
    while (end < side && code.getModule(end, y)) ++end;
    if (end == x) {
      ++x;
      continue;
    }
    const std::string width = std::to_string(end - x);
    path += 'M' + std::to_string(x + kQuietZone) + ' ' + std::to_string(y + kQuietZone) + 'h' +
            width + "v1h-" + width + 'z';
    x = end;
  }
}

}  // namespace

Result<QrCode> make_qr_code(std::string_view text) {
  const std::vector<std::uint8_t> bytes{text.begin(), text.end()};
  try {
    const auto code = qrcodegen::QrCode::encodeBinary(bytes, qrcodegen::QrCode::Ecc::MEDIUM);
    QrCode drawn{.path = {}, .size = code.getSize() + 2 * kQuietZone};
    for (int y = 0; y < code.getSize(); ++y) draw_row(code, y, drawn.path);
    return drawn;
  } catch (const std::exception&) {
    return Error{ErrorCode::limit_exceeded, "qr.length"};
  }
}

}  // namespace countersign::companion
