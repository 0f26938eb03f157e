// SPDX-License-Identifier: Apache-2.0
// What questions and answers have in common: the header of a packet, and how an item begins.
#pragma once

#include "hsm/protocol/packet.hpp"

namespace countersign::hsm {

enum class PacketType : std::uint8_t { hello = 1, questions = 2, answers = 3 };

struct PacketHeader {
  std::uint8_t flags = 0;
  std::uint32_t number = 0;
  std::uint16_t count = 0;
};

inline constexpr std::size_t kFlagsAt = 3;

void begin(Bytes& packet, PacketType type);

// Fails with `malformed`.
Result<PacketHeader> read_header(Reader& reader, PacketType type, std::uint8_t flags_allowed);

// A batch is never empty and never longer than both sides have room for.
Status check_count(std::size_t count);

[[nodiscard]] constexpr bool within(std::size_t size, std::size_t most, std::size_t least = 1) {
  return size >= least && size <= most;
}

[[nodiscard]] constexpr bool is_known(OperationKind kind) {
  return kind >= OperationKind::match_oath && kind <= OperationKind::open_message;
}

inline Writer<Bytes> item(Bytes& packet, OperationKind kind) {
  Writer writer{packet};
  writer.integer(kind);
  return writer;
}

}  // namespace countersign::hsm
