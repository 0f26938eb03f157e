// SPDX-License-Identifier: Apache-2.0
#include "cli/token_file.hpp"

#include "firmware-interface/files/xml.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <utility>

namespace countersign::cli {
namespace {

constexpr Literal kCannotRead = "The file cannot be read.";

Error system_error(Literal why) { return {ErrorCode::not_found, why, std::uint64_t(errno)}; }

// It is read twice, so it must be a file that stays what it is.
Result<std::size_t> size_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(kCannotRead);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::malformed, "It is no ordinary file, which could be read twice."};
  }
  return static_cast<std::size_t>(status.st_size);
}

Result<SecretBytes> read_start(const std::string& path, std::size_t size) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return system_error(kCannotRead);
  SecretBytes bytes{size};
  in.read(reinterpret_cast<char*>(bytes.expose().data()), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) return system_error(kCannotRead);
  return bytes;
}

SecretBytes copy(const SecretBytes& secret) { return SecretBytes{secret.expose()}; }

// Lines of bounded length, in one buffer that is wiped at the end.
class Lines {
 public:
  explicit Lines(std::istream& in) : in_{in} {}

  // None at the end; one that is too long is cut to a length that no format takes.
  std::optional<std::string_view> next() {
    auto* const text = reinterpret_cast<char*>(buffer_.expose().data());
    in_.getline(text, static_cast<std::streamsize>(buffer_.size()));
    const auto taken = static_cast<std::size_t>(in_.gcount());
    if (in_.eof() && taken == 0) return std::nullopt;
    if (in_.eof()) return std::string_view{text, taken};
    if (in_.bad()) return std::nullopt;
    if (in_.fail()) {
      in_.clear();
      in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
      return std::string_view{text, taken};
    }
    return std::string_view{text, taken - 1};  // the line feed is counted and not stored
  }

 private:
  std::istream& in_;
  SecretBytes buffer_{files::kLineBytesMax + 2};
};

}  // namespace

Result<TokenFile> TokenFile::open(std::string path, files::PskcUnlock unlock) {
  CS_TRY(const std::size_t size, size_of(path));
  CS_TRY(const SecretBytes start, read_start(path, std::min(size, files::kDetectBytesMax)));
  const auto format = files::detect_token_file(as_text(start.expose()));
  if (!format) {
    return Error{ErrorCode::malformed,
                 "It is of none of the known formats: ykksm, Yubico's logs, OATH CSV, PSKC."};
  }
  const bool has_unlock = unlock.key.size() > 0 || unlock.passphrase.size() > 0;
  if (has_unlock && *format != files::TokenFormat::pskc) {
    return Error{ErrorCode::denied, "It is not encrypted, though a key or password was given."};
  }
  TokenFile file;
  file.path_ = std::move(path);
  file.format_ = *format;
  file.unlock_ = std::move(unlock);
  if (*format != files::TokenFormat::pskc) return file;
  if (size > files::xml::kFileBytesMax) {
    return Error{ErrorCode::limit_exceeded, "The file is larger than 64 MiB."};
  }
  CS_TRY(file.content_, read_start(file.path_, size));
  return file;
}

Status TokenFile::read(const Take& take) const {
  return format_ == files::TokenFormat::pskc ? read_pskc(take) : read_lines(take);
}

Status TokenFile::read_lines(const Take& take) const {
  std::ifstream in{path_, std::ios::binary};
  if (!in) return system_error(kCannotRead);
  Lines lines{in};
  std::size_t number = 0;
  std::uint64_t rows = 0;
  while (const auto line = lines.next()) {
    ++number;
    auto row = files::parse_token_line(format_, *line);
    if (!row) continue;
    if (++rows > kTokenFileRowsMax) {
      return Error{ErrorCode::limit_exceeded, "It has more than a million rows."};
    }
    if (!take(number, *std::move(row))) return {};
  }
  if (in.bad()) return system_error(kCannotRead);
  return {};
}

Status TokenFile::read_pskc(const Take& take) const {
  files::PskcUnlock unlock{copy(unlock_.key), copy(unlock_.passphrase)};
  CS_TRY(auto reader, files::PskcReader::open(content_.expose(), std::move(unlock)));
  for (;;) {
    CS_TRY(auto key, reader.next());
    if (!key || !take(key->line, std::move(key->row))) return {};
  }
}

std::string word(files::TokenFormat format) {
  switch (format) {
    case files::TokenFormat::ykksm:
      return "ykksm";
    case files::TokenFormat::yubico:
      return "yubico";
    case files::TokenFormat::yubico_traditional:
      return "yubico traditional";
    case files::TokenFormat::oath:
      return "oath csv";
    case files::TokenFormat::pskc:
      return "pskc";
  }
  return {};
}

}  // namespace countersign::cli
