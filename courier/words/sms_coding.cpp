// SPDX-License-Identifier: Apache-2.0
#include "courier/words/sms_coding.hpp"

#include "courier/words/utf8.hpp"

#include <algorithm>

namespace countersign::courier {
namespace {

// 3GPP TS 23.038, 6.2.1: what the default alphabet has, in its order; without the escape at 0x1B.
constexpr std::u32string_view kDefault =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static_assert(kDefault.size() == 127);
// 6.2.1.1: what stands behind an escape, and so takes two septets.
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";

struct Room {
  std::size_t alone;      // units of a text that needs no header
  std::size_t segmented;  // of each segment of a longer one
};
constexpr Room kGsm7{160, 153};
constexpr Room kUcs2{70, 67};

// How many septets; 0 if the alphabet lacks it.
std::size_t septets_of(char32_t point) {
  if (kDefault.find(point) != std::u32string_view::npos) return 1;
  return kExtension.find(point) != std::u32string_view::npos ? 2 : 0;
}

std::size_t words_of(char32_t point) { return point > 0xffff ? 2 : 1; }

// Fills segments, and begins the next one rather than cut a letter in two.
class Count {
 public:
  explicit Count(Room room) : room_{room} {}

  void add(std::size_t units) {
    units_ += units;
    if (used_ + units > room_.segmented) {
      ++segments_;
      used_ = 0;
    }
    used_ += units;
  }
  [[nodiscard]] SmsShape shape(SmsAlphabet alphabet) const {
    if (units_ == 0) return {alphabet, 0, 0};
    return {alphabet, units_, units_ <= room_.alone ? 1 : segments_};
  }

 private:
  Room room_;
  std::size_t units_ = 0;
  std::size_t used_ = 0;
  std::size_t segments_ = 1;
};

}  // namespace

Result<SmsShape> shape_of(std::string_view text) {
  Count gsm7{kGsm7};
  Count ucs2{kUcs2};
  bool fits_gsm7 = true;
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point) return Error{ErrorCode::malformed, "sms.utf8"};
    const std::size_t septets = septets_of(*point);
    fits_gsm7 = fits_gsm7 && septets != 0;
    gsm7.add(septets);
    ucs2.add(words_of(*point));
  }
  if (fits_gsm7) return gsm7.shape(SmsAlphabet::gsm7);
  return ucs2.shape(SmsAlphabet::ucs2);
}

}  // namespace countersign::courier
