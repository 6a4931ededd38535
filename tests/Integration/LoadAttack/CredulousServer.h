#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ServerCore/Net/ServerService.h"
#include "tests/Support/TestServices.h"

namespace loadtest::attack::test {

// What it does wrong besides.
struct Faults {
    bool losesPongs = false;             // every other one
    std::uint64_t closesAfterPings = 0;  // 0: never
    bool answersStrangers = false;       // and closes then, as it should; else it ignores what it does not know
};

// A game server without a limit, a deadline or a doubt: it speaks the protocol, believes every token, and never closes. One zone.
// Owner: a test.  Threads: its owner's.
class CredulousServer {
public:
    explicit CredulousServer(servercore::test::World& world, Faults faults = {});
    // Stops.
    ~CredulousServer();
    CredulousServer(const CredulousServer&) = delete;
    CredulousServer& operator=(const CredulousServer&) = delete;

    [[nodiscard]] const servercore::NetAddress& Address() const noexcept { return service_.ListenAddress(); }

private:
    class Client;
    class Audience;

    const Faults faults_;
    const std::unique_ptr<Audience> audience_;
    servercore::ServerService service_;
};

}  // namespace loadtest::attack::test
