// SPDX-License-Identifier: Apache-2.0
// Any text, as a line of every format: a row that is read keeps the limits, and what is read as a
// whole file is read as lines without harm.
#include "firmware-interface/files/token_csv.hpp"

#include <cstdlib>

namespace {

namespace files = countersign::files;

void check(const files::TokenRow& row) {
  if (row.serial.size() > files::kSerialCharactersMax) std::abort();
  if (row.secret.size() > files::kOathSecretBytesMax) std::abort();
  const bool yubico = row.kind == files::TokenKind::yubico_otp;
  if (yubico && (row.secret.size() != 16 || row.private_id.size() != 6)) std::abort();
  if (!yubico && (row.serial.empty() || row.digits < 6 || row.digits > 8)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  (void)files::detect_token_file(text);
  for (const auto format : {files::TokenFormat::ykksm, files::TokenFormat::yubico_traditional,
                            files::TokenFormat::oath}) {
    const auto row = files::parse_token_line(format, text);
    if (row && *row) check(**row);
  }
  return 0;
}
