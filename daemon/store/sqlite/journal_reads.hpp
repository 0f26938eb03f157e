// SPDX-License-Identifier: Apache-2.0
// The statements that read the journal for people: a page of it, or one account's.
#pragma once

#include "daemon/model/account_replies.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class JournalReads {
 public:
  static Result<JournalReads> open(Connection& connection);

  // Of the account and its factors, before this place, the newest first, at most `max`.
  Result<std::vector<JournalLine>> activity(SubjectId subject, std::int64_t before,
                                            std::size_t max);
  // Behind `after`, up to and with place `last`, and not before `since`, at most `max`.
  Result<std::vector<JournalLine>> lines(std::int64_t after, std::int64_t last, Time since,
                                         std::size_t max);

 private:
  Result<std::vector<JournalLine>> collect(Statement& statement, Result<bool> found);
  Result<std::string> realm(SubjectId subject);

  Statement activity_, lines_, realm_;
};

}  // namespace countersign::store::sqlite
