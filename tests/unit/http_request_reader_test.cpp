// SPDX-License-Identifier: Apache-2.0
// Requests as bytes, in whatever pieces a network brings them.
#include "http/request_reader.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace countersign::http {
namespace {

constexpr std::size_t kBodyBytesMax = 4096;

// What a connection gets to know: each body, then why it was ended, if it was.
std::vector<std::string> read(const std::vector<std::string_view>& pieces) {
  RequestReader reader{kBodyBytesMax};
  std::vector<std::string> seen;
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      piece.remove_prefix(reader.take(as_bytes(piece)));
      for (auto whole = reader.read(); !whole || *whole; whole = reader.read()) {
        seen.emplace_back(whole ? std::string{reader.body()} : whole.error().operation.view());
        if (!whole) return seen;
        reader.restart();
      }
    }
  }
  return seen;
}

std::vector<std::string_view> cut(std::string_view bytes, std::size_t length) {
  std::vector<std::string_view> pieces;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(length, bytes.size()))) {
    pieces.push_back(bytes.substr(0, length));
  }
  return pieces;
}

const std::string kPost = "POST / HTTP/1.1\r\nHost: h\r\n";

TEST(RequestReader, ReadsTheSameHoweverItIsCut) {
  const std::string all = kPost + "Content-Length: 3\r\n\r\nabc" + "GET / HTTP/1.1\r\n\r\n" +
                          kPost + "Content-Length: 0\r\n\r\n" + kPost + "\r\n" + kPost +
                          "Content-Length: 2\r\n\r\nde";
  const std::vector<std::string> whole = read({all});
  EXPECT_THAT(whole, testing::ElementsAre("abc", "", "", "", "de"));
  for (std::size_t length = 1; length < all.size(); ++length) {
    EXPECT_EQ(read(cut(all, length)), whole) << length;
    EXPECT_EQ(read({std::string_view{all}.substr(0, length), std::string_view{all}.substr(length)}),
              whole)
        << length;
  }
}

// Beast 1.81 aborts the program when a last chunk arrives as "0\r\n" and then one byte; and what
// stands behind it, a trailer, it takes for a header of the request.
TEST(RequestReader, TakesNoBodyWithoutItsLength) {
  const std::array<std::string, 7> codings{
      "chunked", "Chunked", "gzip, chunked", "chunked, identity", "identity", "xchunked", ""};
  for (const std::string& coding : codings) {
    const std::string head = kPost + "Transfer-Encoding: " + coding + "\r\n\r\n";
    const std::string all = head + "0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n" + kPost + "\r\n";
    const auto refused = testing::ElementsAre("http.length_required");
    EXPECT_THAT(read({head, "0\r\n", "\r", "\n"}), refused) << coding;
    for (std::size_t length = 1; length <= all.size(); ++length) {
      EXPECT_THAT(read(cut(all, length)), refused) << coding << ' ' << length;
    }
  }
}

TEST(RequestReader, TakesNoLengthBesideACoding) {
  for (const std::string lines :
       {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"}) {
    const std::string all = kPost + lines + "0\r\n\r\n";
    for (std::size_t length = 1; length <= all.size(); ++length) {
      EXPECT_THAT(read(cut(all, length)),
                  testing::ElementsAre(testing::AnyOf("http.header", "http.length_required")))
          << lines << length;
    }
  }
}

}  // namespace
}  // namespace countersign::http
