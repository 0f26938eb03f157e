// SPDX-License-Identifier: Apache-2.0
// What the owner of an account is told, whoever asked for it: that something of it changed.
//
// A notice is part of the change that it tells of. It is written before it, sealed, and queued in
// its commit, so that nobody can have the one without the other. It carries a link for whoever did
// not make the change, where the policy says where it leads.
#pragma once

#include "daemon/model/attempt.hpp"
#include "daemon/service/account/profiles.hpp"
#include "daemon/service/parts.hpp"
#include "daemon/service/ticket/tickets.hpp"

#include <optional>
#include <vector>

namespace countersign {

// What a change has to leave behind, in its own commit.
struct Told {
  std::vector<Message> notices;
  std::optional<Ticket> repudiation;  // that of the link in all of them

  // Puts both where they belong.
  void leave_in(Aftermath& also) &&;
};

class Notices {
 public:
  explicit Notices(const Parts& parts) : parts_{parts}, tickets_{parts}, profiles_{parts} {}

  // To every active e-mail address of the subject, and to its phones when it has none; to those
  // that are suspended, so that nobody silences them first; to the destination that is removed, and
  // of an address that changes to the old one and the new. Each destination is told once. A pending
  // one was never shown to be anybody's: it is told nothing. By SMS only where the policy still
  // allows one. In the language of the subject's profile.
  //
  // `about` is what was changed; the link in the notices makes it, or the password, useless.
  // `change` is the journal record of the change. Fails with `unavailable`, `corrupt`: then the
  // change must not be made. REQUIRES: all references outlive the wait.
  awaitable<Result<Told>> write(MessageKind kind, const SubjectRecord& subject, const Factor& about,
                                const JournalEntry& change);

  // They are durable, and the courier's next.
  void queued(const std::vector<Message>& notices);

 private:
  struct Recipient {
    FactorId factor{};
    Destination destination;
  };
  // What all of them have in common.
  struct News {
    MessageKind kind{};
    const SubjectRecord& subject;
    const JournalEntry& change;
    std::string language;  // the owner's; may be empty
    std::vector<MessageValue> values;
  };
  awaitable<Result<std::vector<Recipient>>> recipients(MessageKind kind,
                                                       const SubjectRecord& subject,
                                                       const Factor& about);
  awaitable<Result<std::optional<Ticket>>> add_link(const Factor& about, News& news);
  awaitable<Result<std::optional<Message>>> write_one(const News& news, const Recipient& to);

  Parts parts_;
  Tickets tickets_;
  Profiles profiles_;
};

}  // namespace countersign
