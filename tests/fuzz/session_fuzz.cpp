// SPDX-License-Identifier: Apache-2.0
// A whole connection with the codec behind it: any bytes in any chunks, then a half-close. Every
// request that is understood is answered, and the session ends by itself.
#include "daemon/net/server.hpp"
#include "daemon/wire/codec.hpp"

#include <boost/asio/local/connect_pair.hpp>

#include <algorithm>
#include <cstdlib>

using namespace countersign;

namespace {

// Answers everything at once, as the daemon's own door would without a service.
class Door final : public net::Handler {
 public:
  Status admit(const net::Peer&) override { return {}; }
  void answer_frame(const net::Peer&, BytesView body, net::FrameReply reply) override {
    const auto request = wire::decode_frame(body);
    const Error error = request ? Error{} : request.error();
    wire::encode_frame({wire::request_id_of(body), error}, reply.out());
  }
  void answer_http(const net::Peer&, const net::HttpRequest& request,
                   net::HttpReply reply) override {
    const auto decoded = wire::decode_json(request.operation, request.body, request.idempotency_key,
                                           request.session);
    reply.send(refuse_http(decoded ? Error{} : decoded.error()));
  }
  void refuse_frame(const Error& error, std::string& out) override {
    wire::encode_frame({RequestId{}, error}, out);
  }
  net::HttpAnswer refuse_http(const Error& error) override {
    auto answer = wire::encode_json({RequestId{}, error});
    return {answer.status, std::move(answer.body)};
  }
};

void read_away(net::Socket& peer) {
  std::array<char, 65536> sink;
  boost::system::error_code code;
  while (!code) peer.read_some(boost::asio::buffer(sink), code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  boost::asio::io_context loop{1};
  Door door;
  net::Server server{loop.get_executor(), net::Limits{}};
  net::Socket peer{loop.get_executor()};
  net::Socket served{loop.get_executor()};
  boost::asio::local::connect_pair(peer, served);
  peer.non_blocking(true);
  server.adopt(std::move(served), door);

  std::size_t turn = 0;
  while (size > 0) {
    const std::size_t chunk = std::min(size, std::size_t{1} + (data[0] + turn++) % 1499u);
    boost::system::error_code code;
    const std::size_t sent = peer.write_some(boost::asio::buffer(data, chunk), code);
    data += sent;
    size -= sent;
    loop.poll();
    read_away(peer);
    if (code && code != boost::asio::error::would_block) break;
  }
  boost::system::error_code ignored;
  peer.shutdown(net::Socket::shutdown_send, ignored);
  for (int i = 0; i < 1000 && server.connections() != 0; ++i) {
    loop.poll();
    read_away(peer);
  }
  if (server.connections() != 0) std::abort();
  loop.run();
  return 0;
}
