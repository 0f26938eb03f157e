// SPDX-License-Identifier: Apache-2.0
#include "hsm/protocol/packet.hpp"

#include "hsm/protocol/packet_parts.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::byte kMagic{0x48};
constexpr std::byte kFormatVersion{1};
constexpr std::size_t kNumberAt = 4;
constexpr std::size_t kCountAt = 8;

}  // namespace

void begin(Bytes& packet, PacketType type) {
  packet.clear();
  packet.resize(kHeaderBytes);
  packet[0] = kMagic;
  packet[1] = kFormatVersion;
  packet[2] = static_cast<std::byte>(type);
}

Result<PacketHeader> read_header(Reader& reader, PacketType type, std::uint8_t flags_allowed) {
  const BytesView start = reader.raw(3);
  PacketHeader header;
  header.flags = reader.integer<std::uint8_t>();
  header.number = reader.integer<std::uint32_t>();
  header.count = reader.integer<std::uint16_t>();
  if (!reader.good()) return Error{ErrorCode::malformed, "hsm_packet.header"};
  if (start[0] != kMagic) return Error{ErrorCode::malformed, "hsm_packet.magic"};
  if (start[1] != kFormatVersion) return Error{ErrorCode::malformed, "hsm_packet.version"};
  if (start[2] != static_cast<std::byte>(type))
    return Error{ErrorCode::malformed, "hsm_packet.type"};
  if ((header.flags & ~flags_allowed) != 0) return Error{ErrorCode::malformed, "hsm_packet.flags"};
  return header;
}

Status check_count(std::size_t count) {
  if (count == 0) return Error{ErrorCode::malformed, "hsm_packet.count"};
  if (count > kOperationsMax) return Error{ErrorCode::limit_exceeded, "hsm_packet.count"};
  return {};
}

void write_hello(Bytes& packet, Hello hello) {
  begin(packet, PacketType::hello);
  Writer{packet}.integer(hello.worker).integer(hello.workers);
}

Result<Hello> read_hello(BytesView packet) {
  Reader reader{packet};
  CS_TRY(const PacketHeader header, read_header(reader, PacketType::hello, 0));
  Hello hello;
  hello.worker = reader.integer<std::uint16_t>();
  hello.workers = reader.integer<std::uint16_t>();
  if (!reader.whole() || header.number != 0 || header.count != 0) {
    return Error{ErrorCode::malformed, "hsm_packet.hello"};
  }
  if (!within(hello.workers, kWorkersMax) || hello.worker >= hello.workers) {
    return Error{ErrorCode::malformed, "hsm_packet.workers"};
  }
  return hello;
}

void finish(Bytes& packet, std::uint32_t number, std::size_t count) {
  Bytes fields;
  Writer{fields}.integer(number).integer(static_cast<std::uint16_t>(count));
  static_assert(kCountAt == kNumberAt + sizeof number);
  std::ranges::copy(fields, packet.begin() + kNumberAt);
}

}  // namespace countersign::hsm
