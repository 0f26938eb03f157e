// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/device_shown.hpp"

#include "daemon/verify/device_secret.hpp"

namespace countersign {

awaitable<Status> DeviceShown::add(const SubjectRecord& subject, Attempt& attempt) {
  CS_CO_CHECK(co_await promotion_.add(subject, attempt));
  const bool is_stolen = attempt.entry.event == Event::device_stolen;
  if (!promotion_.is_promoted() && !is_stolen) co_return Status{};
  const FactorRecord& device = *subject.find(attempt.entry.factor);
  if (is_stolen) {
    CS_CO_TRY(Told told, co_await notices_.write(MessageKind::device_stolen, subject, device.fixed,
                                                 attempt.entry));
    Aftermath& also = attempt.also();
    std::move(told).leave_in(also);
    also.account.ends_all_but = from_.id;
    co_return Status{};
  }
  // Where it stands from now on; a lost reply is answered again from where it stood.
  const Position position =
      attempt.moves.empty() ? device.motion.position : attempt.moves[0].motion.position;
  CS_CO_TRY(text_, co_await verify::device_text(parts_.hsm, device.fixed, position));
  co_return Status{};
}

}  // namespace countersign
