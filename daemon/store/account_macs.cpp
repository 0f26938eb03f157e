// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/account_macs.hpp"

namespace countersign::store {

RowMac mac_of(const HmacKey& key, const Ticket& ticket) {
  Bytes encoded;
  Writer{encoded}
      .text("countersign ticket row v1")
      .integer(number(ticket.id))
      .integer(ticket.purpose)
      .integer(ticket.state)
      .integer(number(ticket.subject))
      .integer(number(ticket.factor))
      .integer(number(ticket.session))
      .raw(ticket.mac)
      .blob(ticket.details)
      .integer(to_milliseconds(ticket.created_at))
      .integer(to_milliseconds(ticket.expires_at));
  return key.mac(encoded);
}

RowMac mac_of(const HmacKey& key, const Session& session) {
  Bytes encoded;
  Writer{encoded}
      .text("countersign session row v1")
      .integer(number(session.id))
      .integer(number(session.version))
      .integer(number(session.subject))
      .integer(session.scope)
      .raw(session.mac)
      .integer(number(session.ticket))
      .integer(to_milliseconds(session.proof.password_at))
      .integer(to_milliseconds(session.proof.factor_at))
      .integer(to_milliseconds(session.proof.question_at))
      .integer(session.proof.kinds)
      .raw(session.source)
      .text(session.user_agent)
      .integer(to_milliseconds(session.created_at))
      .integer(to_milliseconds(session.seen_at))
      .integer(to_milliseconds(session.expires_at));
  return key.mac(encoded);
}

RowMac mac_of(const HmacKey& key, SubjectId owner, const SealedProfile& profile) {
  Bytes encoded;
  Writer{encoded}
      .text("countersign profile row v1")
      .integer(number(owner))
      .integer(number(profile.version))
      .blob(profile.sealed);
  return key.mac(encoded);
}

RowMac mac_of(const HmacKey& key, const PendingSecret& secret) {
  Bytes encoded;
  Writer{encoded}
      .text("countersign pending secret row v1")
      .integer(number(secret.factor))
      .integer(number(secret.subject))
      .blob(secret.sealed)
      .integer(to_milliseconds(secret.expires_at));
  return key.mac(encoded);
}

}  // namespace countersign::store
