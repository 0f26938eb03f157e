// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/batch.hpp"

#include "cli/ask.hpp"
#include "cli/yubikey/desk.hpp"
#include "cli/yubikey/record.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <vector>

namespace countersign::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kSubjectsMax = 100'000;

// After a subject: go on with the next one, or end here.
enum class Then : std::uint8_t { go_on, stop };

bool has_control_characters(const std::string& text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Outcome<std::vector<v1::SubjectName>> read_list(const std::string& file, const std::string& realm) {
  std::ifstream in{file};
  if (!in) return Trouble{v1::NOT_FOUND, "The list " + file + " cannot be read."};
  std::vector<v1::SubjectName> subjects;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    if (has_control_characters(line)) {
      return Trouble{v1::MALFORMED, "The list " + file + " has one subject a line, and no tabs."};
    }
    if (subjects.size() == kSubjectsMax) {
      return Trouble{v1::LIMIT_EXCEEDED, "The list " + file + " is too long."};
    }
    v1::SubjectName& subject = subjects.emplace_back();
    subject.set_realm(realm);
    subject.set_username(line);
  }
  return subjects;
}

class Batch {
 public:
  Batch(Command& command, const Plan& plan, Record& record)
      : command_{command}, plan_{plan}, record_{record} {}

  void run(const std::vector<v1::SubjectName>& subjects) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (is_done(subjects[i])) continue;
      tell(std::to_string(i + 1) + " of " + std::to_string(subjects.size()) + ": " +
           full_name(subjects[i]));
      if (serve(subjects[i]) == Then::stop) break;
    }
    show(subjects);
  }

 private:
  [[nodiscard]] bool is_done(const v1::SubjectName& subject) const {
    const auto standing = record_.of(full_name(subject));
    if (!standing) return false;
    return standing->step == (plan_.confirm ? Step::confirmed : Step::programmed) ||
           standing->step == Step::confirmed;
  }

  Then serve(const v1::SubjectName& subject) {
    const auto resumed = resume(subject);
    if (!resumed) return complain(resumed.error());
    return is_done(subject) ? Then::go_on : give_next_key(subject);
  }

  // Ends what an earlier run left in the middle: confirmed after all, or withdrawn.
  Outcome<void> resume(const v1::SubjectName& subject) {
    const auto standing = record_.of(full_name(subject));
    if (!standing || standing->step == Step::withdrawn) return {};
    Standing now = *standing;
    if (standing->step == Step::programmed) {
      CS_TRY(const bool confirmed, confirm_late(subject, *standing));
      now.step = Step::confirmed;
      if (confirmed) return record_.add(full_name(subject), now);
    }
    if (standing->step == Step::begun) {
      CS_CHECK(withdraw_leftovers(command_, subject, label_of(plan_, standing->serial)));
    } else {
      CS_CHECK(withdraw_unless_revoked(subject, standing->factor_id));
    }
    now.step = Step::withdrawn;
    return record_.add(full_name(subject), now);
  }

  // The key is programmed, and only its first code is missing; or only the word of it was lost.
  Outcome<bool> confirm_late(const v1::SubjectName& subject, const Standing& standing) {
    CS_TRY(const v1::FactorState state, state_of(command_, subject, standing.factor_id));
    if (state != v1::PENDING) return state == v1::ACTIVE;
    const std::string which = name_of(standing.serial, number_of(plan_.slot));
    CS_TRY(const FirstTouch touch, confirm_by_touch(command_, subject, standing.factor_id, which));
    if (touch == FirstTouch::ended) return Trouble{v1::CONFLICT, "The key was not touched."};
    return touch == FirstTouch::active;
  }

  Outcome<void> withdraw_unless_revoked(const v1::SubjectName& subject, std::uint64_t factor_id) {
    CS_TRY(const v1::FactorState state, state_of(command_, subject, factor_id));
    if (state == v1::REVOKED) return {};
    return withdraw(command_, factor_id);
  }

  Then give_next_key(const v1::SubjectName& subject) {
    for (;;) {
      const auto answer = ask_for_line("Plug in a key for " + full_name(subject) +
                                       " and press Enter (s: skip, q: quit):");
      if (!answer || *answer == "q") return Then::stop;
      if (*answer == "s") return Then::go_on;
      const auto key = next_key();
      if (!key) {
        tell(key.error().message);
        continue;
      }
      const auto given = give_this(subject, *key);
      if (given) {
        tell(full_name(subject) + ": " + name_of(given->serial, given->slot) + ", factor " +
             std::to_string(given->factor_id) + (given->active ? ", active" : ", pending"));
        return Then::go_on;
      }
      // A public id that is somebody's already: another key will do.
      const bool needs_another_key =
          given.error().source == Source::key || given.error().code == v1::ALREADY_EXISTS;
      if (!needs_another_key) return complain(given.error());
      tell(given.error().message);
    }
  }

  Outcome<yubikey::Key> next_key() {
    CS_TRY(yubikey::Key key, in_words(yubikey::read_key({})));
    if (!key.serial) {
      return Trouble{v1::CONFLICT, "This key hides its serial number, by which it is recorded."};
    }
    const std::string holder = record_.holder_of(*key.serial);
    if (holder.empty()) return key;
    return Trouble{v1::CONFLICT, "This is the key of " + holder + ". Plug in another one."};
  }

  Outcome<Given> give_this(const v1::SubjectName& subject, const yubikey::Key& key) {
    const auto slate = record_.may_be_ours(*key.serial) ? Slate::maybe_ours : Slate::as_found;
    const Note note = [&](Step step, std::uint64_t factor_id) {
      return record_.add(full_name(subject), {*key.serial, factor_id, step});
    };
    return give(command_, plan_, subject, key, slate, Persistence::resumable, note);
  }

  // The daemon or the record failed: nothing more can be done. A no to this subject alone leaves
  // the others.
  Then complain(const Trouble& trouble) {
    tell(trouble.message);
    if (trouble.code == v1::UNAVAILABLE) command_.exit_code = ExitCode::unavailable;
    return trouble.source == Source::daemon && trouble.code != v1::UNAVAILABLE ? Then::go_on
                                                                               : Then::stop;
  }

  void show(const std::vector<v1::SubjectName>& subjects) {
    json::array done;
    json::array left;
    for (const v1::SubjectName& subject : subjects) {
      const std::string name = full_name(subject);
      if (!is_done(subject)) {
        left.emplace_back(name);
        continue;
      }
      const Standing standing = *record_.of(name);
      done.push_back({{"subject", name},
                      {"serial", standing.serial},
                      {"factorId", std::to_string(standing.factor_id)}});
    }
    if (!left.empty() && command_.exit_code == ExitCode::ok) command_.exit_code = ExitCode::refused;
    if (command_.output == Output::json) {
      std::cout << json::serialize(json::object{{"done", done}, {"left", left}}) << '\n';
      return;
    }
    std::cout << "done: " << done.size() << "\nleft: " << left.size() << '\n';
    for (const json::value& name : left) std::cout << "  " << name.as_string().c_str() << '\n';
  }

  Command& command_;
  const Plan& plan_;
  Record& record_;
};

}  // namespace

void run_batch(Command& command, const Plan& plan, const std::string& realm,
               const std::string& list, const std::string& record) {
  const auto subjects = read_list(list, realm);
  if (!subjects) return show_error(command, subjects.error().code, subjects.error().message);
  auto opened = Record::open(record);
  if (!opened) return show_error(command, opened.error().code, opened.error().message);
  Batch{command, plan, *opened}.run(*subjects);
}

}  // namespace countersign::cli
