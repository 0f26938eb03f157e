// SPDX-License-Identifier: Apache-2.0
// Frames, whatever the chunks they arrive in.
#include "daemon/net/frame.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::net {
namespace {

using namespace std::string_literals;

std::string frame(std::string_view body) {
  std::string bytes{"\xC5\x01\x00\x00", 4};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(body.size() >> shift & 0xff);
  }
  return bytes.append(body);
}

struct Outcome {
  std::vector<std::string> bodies;
  std::string failure;
};

Outcome read(std::string_view bytes, std::size_t chunk) {
  FrameReader reader;
  Outcome outcome;
  while (!bytes.empty()) {
    const auto space = reader.space();
    const std::size_t count = std::min({chunk, space.size(), bytes.size()});
    std::ranges::copy(as_bytes(bytes.substr(0, count)), space.begin());
    bytes.remove_prefix(count);
    reader.advance(count);
    for (;;) {
      const auto body = reader.next();
      if (!body) {
        outcome.failure = body.error().operation.view();
        return outcome;
      }
      if (!*body) break;
      outcome.bodies.emplace_back(as_text(**body));
    }
  }
  return outcome;
}

class InChunks : public testing::TestWithParam<std::size_t> {};

TEST_P(InChunks, GivesEveryBodyOnce) {
  const std::string largest(FrameReader::kBodyBytesMax, 'x');
  const Outcome outcome =
      read(frame("one") + frame("two") + frame(largest) + frame("4"), GetParam());
  EXPECT_THAT(outcome.bodies, testing::ElementsAre("one", "two", largest, "4"));
  EXPECT_EQ(outcome.failure, "");
}

INSTANTIATE_TEST_SUITE_P(Sizes, InChunks, testing::Values(1, 2, 7, 8, 9, 11, 4096, 1 << 20));

TEST(FrameReader, RefusesEachHeaderByteThatIsWrong) {
  const std::string good = frame("body");
  EXPECT_EQ(read("\xC4" + good.substr(1), 1).failure, "frame.magic");
  EXPECT_EQ(read("\xC5\x02"s, 1).failure, "frame.version");
  EXPECT_EQ(read("\xC5\x01\x01"s, 1).failure, "frame.flags");
  EXPECT_EQ(read("\xC5\x01\x00\x80"s, 1).failure, "frame.flags");
  EXPECT_EQ(read("\xC5\x01\x00\x00\x00\x00\x00\x00"s, 1).failure, "frame.empty");
}

TEST(FrameReader, RefusesALengthBeforeItsBodyHasArrived) {
  EXPECT_EQ(read("\xC5\x01\x00\x00\x00\x01\x00\x00"s, 1).failure, "");
  EXPECT_EQ(read("\xC5\x01\x00\x00\x00\x01\x00\x01"s, 1).failure, "frame.length");
  EXPECT_EQ(read("\xC5\x01\x00\x00\xff\xff\xff\xff"s, 1).failure, "frame.length");
}

TEST(FrameReader, SaysNothingOfAFrameThatIsNotWhole) {
  const std::string good = frame("body");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Outcome outcome = read(good.substr(0, size), 3);
    EXPECT_TRUE(outcome.bodies.empty());
    EXPECT_EQ(outcome.failure, "");
  }
}

TEST(FrameReader, WipesWhatItHandedOut) {
  FrameReader reader;
  const std::string bytes = frame("passcode");
  const auto space = reader.space();
  std::ranges::copy(as_bytes(bytes), space.begin());
  reader.advance(bytes.size());
  const auto body = reader.next();
  ASSERT_TRUE(body && *body);
  const BytesView handed_out = **body;

  static_cast<void>(reader.space());

  EXPECT_TRUE(std::ranges::all_of(handed_out, [](std::byte b) { return b == std::byte{0}; }));
}

}  // namespace
}  // namespace countersign::net
