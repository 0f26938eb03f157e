// SPDX-License-Identifier: Apache-2.0
// The part of a commit that is about tickets, sessions, profiles and pending secrets.
#pragma once

#include "daemon/model/attempt.hpp"

#include <optional>
#include <vector>

namespace countersign::store::sqlite {

struct NewTicket {
  Ticket row;
  RowMac mac{};
};
// An open ticket, if it is as it was.
struct TicketMove {
  TicketId id{};
  TicketState to{};
  RowMac before{};
  RowMac after{};
};
// As it shall be, if it is still at the version before; ended, it goes.
struct SessionChange {
  Session row;
  RowMac mac{};
};
struct ProfileChange {
  SubjectId subject{};
  SealedProfile row;
  RowMac mac{};
};
struct PendingChange {
  PendingSecret row;
  RowMac mac{};
};

struct AccountRows {
  SubjectId subject{};  // whose all of it is: a decoy's too
  Time now{};
  std::vector<NewTicket> issued;
  std::vector<TicketMove> tickets;
  std::vector<SessionChange> begun;
  std::vector<SessionChange> sessions;
  std::optional<SessionId> ends_all_but;
  std::optional<SessionChange> seen;  // at the version that it has
  std::optional<ProfileChange> profile;
  std::optional<PendingChange> kept;
  std::optional<FactorId> forgotten;
  bool erases = false;  // everything of the subject in these tables, and what else is about it
  // Records beside the change's own; the writer adds those of what gives way.
  std::vector<JournalEntry> told;
};

}  // namespace countersign::store::sqlite
