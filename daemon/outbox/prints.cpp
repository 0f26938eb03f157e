// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/prints.hpp"

#include "base/network.hpp"

#include <algorithm>

namespace countersign::outbox {
namespace {

constexpr std::uint64_t kIdMask = ~std::uint64_t{0} >> 1;

template <class Print>
Print print_of(const HmacKey& key, BytesView message) {
  const HmacKey::Mac mac = key.mac(message);
  Print print;
  std::copy_n(mac.begin(), print.size(), print.begin());
  return print;
}

// Most mailboxes are reached by every spelling of their names, whatever follows a plus sign, and
// many with or without dots.
std::string mailbox_of(std::string_view address) {
  const std::size_t at = std::min(address.rfind('@'), address.size());
  std::string mailbox{address.substr(0, std::min(address.substr(0, at).find('+', 1), at))};
  std::ranges::transform(mailbox, mailbox.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::erase(mailbox, '.');
  return mailbox += address.substr(at);
}

}  // namespace

Prints::Prints(const SecretBytes& key) : key_{key} {}

DestinationPrint Prints::print(const Destination& destination) const {
  const bool is_email = destination.channel == FactorKind::email;
  Bytes message;
  Writer{message}
      .text("countersign destination print v1")
      .integer(destination.channel)
      .text(is_email ? mailbox_of(destination.text) : destination.text);
  return print_of<DestinationPrint>(key_, message);
}

SourcePrint Prints::print(std::string_view client_address, std::int64_t peer_uid) const {
  Bytes message;
  Writer writer{message};
  writer.text("countersign source print v1");
  const auto address = IpAddress::from(client_address);
  if (address) {
    writer.integer(static_cast<std::uint8_t>(address->bits())).integer(address->subscriber());
  } else {
    writer.text("peer:" + std::to_string(peer_uid));
  }
  return print_of<SourcePrint>(key_, message);
}

MessageId Prints::message_of(ChallengeId challenge) const {
  Bytes message;
  Writer{message}.text("countersign message number v1").integer(number(challenge));
  const auto print = print_of<std::array<std::byte, sizeof(std::uint64_t)>>(key_, message);
  const auto id = load_big_endian<std::uint64_t>(BytesView{print}) & kIdMask;
  return MessageId{static_cast<std::int64_t>(std::max<std::uint64_t>(id, 1))};
}

}  // namespace countersign::outbox
