// SPDX-License-Identifier: Apache-2.0
// Alice, who knows a password and answers, and keeps codes and devices.
#pragma once

#include "daemon/service/factor/knowledge_service.hpp"
#include "daemon/verify/answer_hash.hpp"
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/password_hash.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "daemon/verify/typed_text.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace countersign::test {

class KnowledgeWorld : public testing::Test {
 protected:
  static constexpr FactorId kPassword{31};
  static constexpr FactorId kQuestion{32};
  static constexpr FactorId kCodes{33};
  static constexpr FactorId kTemporary{34};
  static constexpr FactorId kDevice{35};
  static constexpr std::string_view kRight = "Correct Horse 1 battery";

  static SecretBytes secret(std::string_view text) { return SecretBytes{as_bytes(text)}; }

  verify::Means means() { return {world, world, Rank::known}; }

  FactorRecord& add_password(std::string_view text = kRight) {
    const auto normal = verify::normal_password(secret(text));
    FactorRecord& record = world.add(kPassword, FactorKind::password);
    record.fixed.sealed = *run(verify::fresh_password(means(), World::kAlice, *normal,
                                                      world.rules.password, SealedSecret{}));
    return record;
  }

  FactorRecord& add_question(FactorKind kind, std::string_view answer) {
    const auto normal = verify::normal_answer(secret(answer));
    const verify::HashedFor whom{World::kAlice, kind};
    const verify::AskedQuestion asked{.stock_id = 3, .custom = {}};
    FactorRecord& record = world.add(kQuestion, kind);
    record.fixed.sealed = *run(verify::fresh_question(means(), whom, asked, *normal,
                                                      verify::parameters_of(world.rules.password)));
    return record;
  }

  // Ten of them.
  std::vector<std::string> add_codes() {
    auto fresh = run(verify::fresh_recovery_codes(world, World::kAlice, 10));
    world.add(kCodes, FactorKind::recovery_codes).fixed.sealed = fresh->sealed;
    std::vector<std::string> codes;
    for (const SecretBytes& code : fresh->codes) codes.emplace_back(as_text(code.expose()));
    return codes;
  }

  std::string add_temporary(std::uint16_t uses) {
    const verify::TemporaryCodeRow draft{
        .from = world.clock.time, .until = world.clock.time + std::chrono::hours{1}, .uses = uses};
    auto fresh = run(verify::fresh_temporary_code(world, World::kAlice, draft));
    world.add(kTemporary, FactorKind::temporary_code).fixed.sealed = fresh->sealed;
    return std::string{as_text(fresh->code.expose())};
  }

  FactorRecord& add_device() {
    FactorRecord& record = world.add(kDevice, FactorKind::device);
    record.fixed.sealed =
        *run(verify::fresh_device(world, world.clock.time + std::chrono::hours{720}));
    return record;
  }
  // What the device shows now.
  std::string device_text() {
    const FactorRecord& device = world.factor(kDevice);
    const auto text = run(verify::device_text(world, device.fixed, device.motion.position));
    return std::string{as_text(text->expose())};
  }

  // What somebody types for a kind of factor.
  Result<Verdict> type(FactorKind kind, std::string_view typed, SubjectId subject = World::kAlice) {
    const SecretBytes text = secret(typed);
    const verify::TypedSecret typed_secret{kind, text};
    const std::string no_address;
    const Question question{.event = Event::sign_in,
                            .subject = subject,
                            .secret = &typed_secret,
                            .client_address = no_address};
    const RequestId id = World::request_id(++asked_);
    return run(world.attempts.evaluate(World::kPeer, id, question));
  }

  World world;

 private:
  int asked_ = 1000;
};

}  // namespace countersign::test
