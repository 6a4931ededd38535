#pragma once

#include <cstdint>
#include <set>
#include <system_error>
#include <vector>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/NetAddress.h"

namespace servercore::platform {

class SimListener;

// Who listens where, and which ports are taken. There is one simulated host: its addresses are the loopback ones, all of 127.0.0.0/8.
// Owner: SimNetwork.  Threads: confined to the simulation's.
class SimAddressBook {
public:
    // The address to listen at, with a port of its own when 0 was asked for. Fails with address_not_available or address_in_use.
    [[nodiscard]] Result<NetAddress> AddressToListenAt(const NetAddress& wanted, bool dualStack);
    void Add(SimListener& listener);
    void Remove(SimListener& listener);

    // nullptr: nobody.
    [[nodiscard]] SimListener* FindListener(const NetAddress& address) const noexcept;

    // For a stream that will connect from `local`: takes its port, unless that is 0. Fails with address_not_available or address_in_use.
    [[nodiscard]] std::error_code TakeToConnectFrom(const NetAddress& local);

    // For a stream that connects from port 0. Fails with address_not_available when none is left.
    [[nodiscard]] Result<std::uint16_t> TakePort();
    void ReturnPort(std::uint16_t port) { taken_.erase(taken_.find(port)); }

private:
    std::vector<SimListener*> listeners_;
    std::multiset<std::uint16_t> taken_;
    std::uint16_t lastPort_ = 0;
};

}  // namespace servercore::platform
