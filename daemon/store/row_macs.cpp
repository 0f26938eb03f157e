// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/row_macs.hpp"

#include "base/passcode.hpp"

#include <boost/container/static_vector.hpp>

namespace countersign::store {
namespace {

// Enough for the longest moving row: no allocation on the hot path.
using ShortMessage = boost::container::static_vector<std::byte, 160>;

}  // namespace

Bytes encode(const Subject& subject) { return encode(subject, subject.name.username.text()); }

Bytes encode(const Subject& subject, std::string_view username) {
  Bytes out;
  Writer{out}
      .text("countersign subject v1")
      .integer(number(subject.id))
      .text(subject.name.realm.text())
      .text(username)
      .integer(subject.state)
      .integer(to_milliseconds(subject.created_at));
  return out;
}

Bytes encode(const Realm& realm, const Factor& factor) {
  Bytes out;
  Writer{out}
      .text("countersign factor v1")
      .text(realm.text())
      .integer(number(factor.subject))
      .integer(number(factor.id))
      .integer(factor.kind)
      .integer(factor.state)
      .text(factor.label)
      .text(factor.public_id)
      .text(factor.serial)
      .integer(factor.oath.algorithm)
      .integer(factor.oath.digits)
      .integer(factor.oath.period_seconds)
      .integer(factor.oath.secret_bytes)
      .blob(factor.sealed)
      .integer(to_milliseconds(factor.created_at));
  return out;
}

Bytes encode(const Client& client) {
  Bytes out;
  Writer writer{out};
  writer.text("countersign client v1")
      .integer(number(client.id))
      .text(client.name)
      .integer(static_cast<std::uint16_t>(client.networks.size()));
  for (const Network& network : client.networks) writer.text(network.text());
  writer.integer(static_cast<std::uint8_t>(client.require_signature))
      .integer(client.state)
      .blob(client.sealed)
      .integer(to_milliseconds(client.created_at));
  return out;
}

Bytes encode(const Token& token) {
  Bytes out;
  Writer{out}
      .text("countersign token v1")
      .integer(number(token.id))
      .integer(token.kind)
      .text(token.serial)
      .text(token.public_id)
      .integer(token.oath.algorithm)
      .integer(token.oath.digits)
      .integer(token.oath.period_seconds)
      .integer(token.oath.secret_bytes)
      .blob(token.sealed)
      .integer(number(token.position))
      .integer(to_milliseconds(token.created_at));
  return out;
}

std::string text_of(const std::vector<Network>& networks) {
  std::string text;
  for (const Network& network : networks) {
    if (!text.empty()) text += kNetworksSeparator;
    text += network.text();
  }
  return text;
}

RowMac mac_of(const HmacKey& key, SubjectId owner, const Budget& budget,
              const RowMac& subject_mac) {
  ShortMessage message;
  Writer{message}
      .text("countersign budget v1")
      .integer(number(owner))
      .integer(number(budget.version))
      .integer(budget.failures)
      .integer(budget.failures_unfamiliar)
      .integer(to_milliseconds(budget.not_before))
      .integer(to_milliseconds(budget.not_before_unfamiliar))
      .integer(budget.throttled)
      .raw(subject_mac);
  return key.mac({message.data(), message.size()});
}

RowMac mac_of(const HmacKey& key, FactorId owner, const Motion& motion, const RowMac& factor_mac) {
  ShortMessage message;
  Writer{message}
      .text("countersign motion v1")
      .integer(number(owner))
      .integer(number(motion.version))
      .integer(number(motion.position))
      .integer(motion.drift)
      .integer(motion.failures)
      .integer(motion.failures_unfamiliar)
      .raw(motion.last_request)
      .integer(to_milliseconds(motion.accepted_at))
      .integer(motion.timestamp)
      .raw(factor_mac);
  return key.mac({message.data(), message.size()});
}

RowMac mac_of(const HmacKey& key, const Challenge& challenge) {
  Bytes message;
  Writer{message}
      .text("countersign challenge v1")
      .integer(number(challenge.id))
      .integer(number(challenge.subject))
      .integer(number(challenge.factor))
      .integer(challenge.kind)
      .integer(challenge.purpose)
      .blob(challenge.value)
      .integer(challenge.tries)
      .integer(number(challenge.position))
      .integer(to_milliseconds(challenge.created_at))
      .integer(to_milliseconds(challenge.expires_at));
  return key.mac(message);
}

RowMac mac_of(const HmacKey& key, const Message& message) {
  Bytes encoded;
  Writer{encoded}
      .text("countersign message v1")
      .integer(number(message.id))
      .integer(message.channel)
      .integer(message.kind)
      .integer(message.state)
      .integer(number(message.subject))
      .integer(number(message.factor))
      .integer(number(message.challenge))
      .integer(message.peer_uid)
      .raw(message.destination)
      .raw(message.source)
      .text(message.prefix)
      .integer(static_cast<std::uint8_t>(message.answered))
      .integer(to_milliseconds(message.created_at))
      .integer(to_milliseconds(message.expires_at))
      .blob(message.sealed);
  return key.mac(encoded);
}

RowMac mac_of(const HmacKey& key, SubjectId subject, const SourcePrint& source, Time accepted_at) {
  ShortMessage encoded;
  Writer{encoded}
      .text("countersign source v1")
      .integer(number(subject))
      .raw(source)
      .integer(to_milliseconds(accepted_at));
  return key.mac({encoded.data(), encoded.size()});
}

bool equal(const RowMac& a, const RowMac& b) {
  return equal_in_constant_time(as_text(a), as_text(b));
}

}  // namespace countersign::store
