// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/profiles.hpp"

#include "daemon/service/message/destinations.hpp"

namespace countersign {
namespace {

// Part of what is sealed: no message or destination is ever opened as a profile.
constexpr std::string_view kLabel = "countersign profile v1";
constexpr std::uint8_t kFormat = 1;

SecretBytes written(const Profile& profile) {
  Bytes bytes;
  Writer{bytes}
      .integer(kFormat)
      .text(profile.first_name)
      .text(profile.last_name)
      .text(profile.language);
  SecretBytes kept{bytes};
  ::explicit_bzero(bytes.data(), bytes.size());
  return kept;
}

Result<Profile> profile_from(BytesView bytes, Version version) {
  Reader reader{bytes};
  const bool is_known = reader.integer<std::uint8_t>() == kFormat;
  Profile profile{.version = version};
  profile.first_name = as_text(reader.blob());
  profile.last_name = as_text(reader.blob());
  profile.language = as_text(reader.blob());
  if (!is_known || !reader.whole()) return Error{ErrorCode::corrupt, "profile.sealed"};
  return profile;
}

}  // namespace

awaitable<Result<Profile>> Profiles::of(SubjectId subject) {
  CS_CO_TRY(const SealedProfile kept, co_await parts_.accounts.profile(subject));
  if (kept.sealed.empty()) {
    // Whether somebody has a name is told by no stopwatch.
    const auto opened = co_await open_destination(parts_.hsm, parts_.outbox.stand_in);
    if (!opened) co_return opened.error();
    co_return Profile{.version = kept.version};
  }
  CS_CO_TRY(const hsm::OpenedMessage opened,
            co_await parts_.hsm.open_message(kept.sealed, as_bytes(kLabel)));
  co_return profile_from(opened.message.expose(), kept.version);
}

awaitable<Result<SealedProfile>> Profiles::seal(const Profile& profile) {
  const SecretBytes bytes = written(profile);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(bytes.expose(), as_bytes(kLabel)));
  co_return SealedProfile{profile.version, std::move(sealed)};
}

}  // namespace countersign
