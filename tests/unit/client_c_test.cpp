// SPDX-License-Identifier: Apache-2.0
// The C face, used from C through the shared library.
#include "tests/unit/client_c_face.h"

#include "tests/unit/client_fake_daemon.hpp"

namespace countersign::test {
namespace {

TEST(CFace, Accepts) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  EXPECT_EQ(c_accepts(daemon.path.c_str()), 0);
}

TEST(CFace, Rejects) {
  FakeDaemon daemon{[](int, std::string_view body) { return rejected(id_field(body)); }};
  EXPECT_EQ(c_rejects(daemon.path.c_str()), 0);
}

TEST(CFace, SaysThatItWasDenied) {
  FakeDaemon daemon{[](int, std::string_view body) { return denied(id_field(body)); }};
  EXPECT_EQ(c_fails_closed(daemon.path.c_str(), 2), 0);
}

TEST(CFace, FailsClosedWhenNobodyAnswers) {
  FakeDaemon silent{[](int, std::string_view) { return std::string{}; }};
  EXPECT_EQ(c_fails_closed(silent.path.c_str(), 7), 0);
}

TEST(CFace, FailsClosedWhenTheAnswerIsNoVerdict) {
  // A subject; a verdict that says neither; one with a number that nobody knows.
  for (const char* outcome : {"\xa2\x01\x02\x08\x01", "\x52\x02\x10\x01", "\x52\x02\x08\x03"}) {
    FakeDaemon daemon{[&](int, std::string_view body) { return frame(id_field(body) + outcome); }};
    EXPECT_EQ(c_fails_closed(daemon.path.c_str(), 7), 0);
  }
}

TEST(CFace, SurvivesMisuse) { EXPECT_EQ(c_survives_misuse(), 0); }

}  // namespace
}  // namespace countersign::test
