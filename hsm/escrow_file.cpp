// SPDX-License-Identifier: Apache-2.0
#include "hsm/escrow_file.hpp"

#include "hsm/files.hpp"

#include <filesystem>

namespace countersign::hsm {
namespace {

constexpr std::string_view kMagic = "CSEK";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kFileBytesMax = Session::kWrapBytesMax + 16;

}  // namespace

std::string escrow_path(const std::string& folder, const KeyName& name) {
  return std::filesystem::path{folder} / (label_of(spec_of(name.role), name.version) + ".escrow");
}

Status write_escrow_file(const std::string& folder, const KeyName& name, BytesView wrap) {
  Bytes content;
  Writer{content}
      .raw(as_bytes(kMagic))
      .integer(kFormat)
      .integer(name.role)
      .integer(name.version)
      .integer(static_cast<std::uint32_t>(kWrapMechanism))
      .blob(wrap);
  return write_private_file(escrow_path(folder, name), content);
}

Result<Bytes> read_escrow_file(const std::string& folder, const KeyName& name) {
  CS_TRY(const SecretBytes content, read_private_file(escrow_path(folder, name), kFileBytesMax));
  Reader reader{content.expose()};
  const bool is_ours = as_text(reader.raw(kMagic.size())) == kMagic &&
                       reader.integer<std::uint8_t>() == kFormat &&
                       reader.integer<std::uint8_t>() == static_cast<std::uint8_t>(name.role) &&
                       reader.integer<std::uint16_t>() == name.version &&
                       reader.integer<std::uint32_t>() == kWrapMechanism;
  const BytesView wrap = reader.blob();
  if (!is_ours || !reader.whole() || wrap.empty()) {
    return Error{ErrorCode::corrupt, "escrow_file.content"};
  }
  return Bytes{wrap.begin(), wrap.end()};
}

}  // namespace countersign::hsm
