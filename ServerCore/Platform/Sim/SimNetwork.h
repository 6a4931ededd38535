#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/Sim/SimAddressBook.h"
#include "ServerCore/Platform/Sim/SimKernel.h"
#include "ServerCore/Platform/Sim/SimOptions.h"

namespace servercore::platform {

// A network in memory, in time of its own, with faults drawn from a seed. The same options and the same calls give the same run on every
// platform; TraceHash tells one run from another. One host with the loopback addresses; everything that connects here, connects to it.
//
// Time passes in two ways only:
//  - Wait on one of its ports, when that port has nothing to deliver: to the next event that gives it something, or by the timeout.
//    Wait(0) never moves time.
//  - Advance, for a program that turns several services: it calls Service::Dispatch(0) of each, and Advance when none had anything to do.
// Services are made with GetClock() and without workers.
//
// Owner: main() or the test; outlives everything made by it.  Threads: one, for all that belongs to a simulation, Wake included.
class SimNetwork final : public Network {
public:
    explicit SimNetwork(const SimOptions& options = {}) : kernel_(options) {}

    [[nodiscard]] std::string_view Name() const noexcept override { return "sim"; }
    [[nodiscard]] Result<std::unique_ptr<IoBackend>> OpenPort() override;
    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenListener(const NetAddress& address, const ListenOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenStream(AddressFamily family,
                                                             const std::optional<NetAddress>& local = std::nullopt) override;
    // Numeric addresses and "localhost".
    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override;

    [[nodiscard]] const Clock& GetClock() const noexcept { return kernel_.GetClock(); }

    // Moves time until a port has something to deliver, but by `atMost` at most. Returns how far; nothing while a port has something now.
    Duration Advance(Duration atMost);

    // What happened so far: faults by kind, sends that had to wait for room, and everything.
    [[nodiscard]] std::uint64_t Injected(SimFault fault) const noexcept { return kernel_.Injected(fault); }
    [[nodiscard]] std::uint64_t PendedSends() const noexcept { return kernel_.PendedSends(); }
    [[nodiscard]] std::uint64_t TraceHash() const noexcept { return kernel_.TraceHash(); }

private:
    SimAddressBook addresses_;
    SimKernel kernel_;
};

}  // namespace servercore::platform
