// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/device_secret.hpp"

#include "firmware-interface/base64.hpp"

#include <algorithm>
#include <string>

namespace countersign::verify {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kContext = "countersign device v1";

// Base64's two characters that would not stand in a cookie, and what stands for them.
void exchange(std::span<std::byte> text, std::string_view from, std::string_view to) {
  for (std::byte& character : text) {
    const auto place = from.find(static_cast<char>(character));
    if (place != std::string_view::npos) character = static_cast<std::byte>(to[place]);
  }
}

}  // namespace

Bytes encode(const DeviceRow& row) {
  Bytes sealed;
  Writer{sealed}.integer(kFormat).raw(row.nonce).integer(to_milliseconds(row.until));
  return sealed;
}

Result<DeviceRow> device_row_from(BytesView sealed) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  DeviceRow row;
  std::ranges::copy(reader.raw(row.nonce.size()), row.nonce.begin());
  row.until = from_milliseconds(reader.integer<std::int64_t>());
  if (format != kFormat || !reader.whole()) return Error{ErrorCode::corrupt, "sealed.device"};
  return row;
}

awaitable<Result<SealedSecret>> fresh_device(hsm::Hsm& hsm, Time until) {
  DeviceRow row{.until = until};
  CS_CO_TRY(const SecretBytes nonce, co_await hsm.random(row.nonce.size()));
  std::ranges::copy(nonce.expose(), row.nonce.begin());
  const Bytes sealed = encode(row);
  co_return SealedSecret{sealed};
}

std::optional<DeviceText> device_text_from(const SecretBytes& text) {
  if (text.size() != kDeviceTextBytes) return std::nullopt;
  if (as_text(text.expose()).find_first_of("+/") != std::string_view::npos) return std::nullopt;
  SecretBytes usual{text.expose()};
  exchange(usual.expose(), "-_", "+/");
  const auto raw = base64::decode(as_text(std::as_const(usual).expose()));
  if (!raw) return std::nullopt;
  Reader reader{raw->expose()};
  DeviceText shown;
  shown.factor = FactorId{reader.integer<std::int64_t>()};
  shown.n = reader.integer<std::int64_t>();
  std::ranges::copy(reader.raw(shown.mac.size()), shown.mac.begin());
  if (!reader.whole() || number(shown.factor) <= 0 || shown.n < 0) return std::nullopt;
  return shown;
}

awaitable<Result<hsm::Mac>> mac_of_device(hsm::Hsm& hsm, SubjectId subject, FactorId factor,
                                          const DeviceRow& row, std::int64_t n) {
  Bytes input;
  Writer{input}
      .text(kContext)
      .integer(number(subject))
      .integer(number(factor))
      .raw(row.nonce)
      .integer(n);
  co_return co_await hsm.mac(hsm::MacKey::pepper, input);
}

awaitable<Result<SecretBytes>> device_text(hsm::Hsm& hsm, const Factor& device, Position position) {
  CS_CO_TRY(const DeviceRow row, device_row_from(device.sealed));
  const std::int64_t n = number(position) + 1;
  CS_CO_TRY(const hsm::Mac mac, co_await mac_of_device(hsm, device.subject, device.id, row, n));
  Bytes raw;
  Writer{raw}.integer(number(device.id)).integer(n).raw(mac);
  const SecretBytes wiped{raw};
  ::explicit_bzero(raw.data(), raw.size());
  SecretBytes text = base64::encode(wiped.expose());
  exchange(text.expose(), "+/", "-_");
  co_return text;
}

}  // namespace countersign::verify
