// SPDX-License-Identifier: Apache-2.0
// A file of tokens on disk, in whatever format: read from its beginning as often as wanted, a row
// at a time.
#pragma once

#include "firmware-interface/files/pskc.hpp"
#include "firmware-interface/files/token_csv.hpp"

#include <functional>
#include <optional>
#include <string>

namespace countersign::cli {

// Of formats with a token a line; nothing of it is kept in memory.
inline constexpr std::uint64_t kTokenFileRowsMax = 1'000'000;

class TokenFile {
 public:
  // Fails with a sentence about the file, and an errno where there is one.
  static Result<TokenFile> open(std::string path, files::PskcUnlock unlock);

  [[nodiscard]] files::TokenFormat format() const { return format_; }

  // Hands out every row with the number of its line, until `take` says no. Fails when the file as a
  // whole is refused.
  using Take = std::function<bool(std::size_t line, Result<files::TokenRow> row)>;
  [[nodiscard]] Status read(const Take& take) const;

 private:
  TokenFile() = default;
  [[nodiscard]] Status read_lines(const Take& take) const;
  [[nodiscard]] Status read_pskc(const Take& take) const;

  std::string path_;
  files::TokenFormat format_ = files::TokenFormat::ykksm;
  files::PskcUnlock unlock_;
  SecretBytes content_;  // of PSKC alone
};

[[nodiscard]] std::string word(files::TokenFormat format);

}  // namespace countersign::cli
