#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Platform/Network.h"

namespace servercore::test {

// Another network whose own allocations never fail (SparedAllocations), because it stands for the system. What a backend needs memory for
// counts once per call: Attach and the submits may throw std::bad_alloc, and then nothing is in flight.
// Owner: the test, as of `network`, which outlives it.  Threads: one.
class SparedNetwork final : public platform::Network {
public:
    explicit SparedNetwork(platform::Network& network) noexcept : network_(network) {}

    [[nodiscard]] std::string_view Name() const noexcept override { return "spared"; }
    [[nodiscard]] Result<std::unique_ptr<platform::IoBackend>> OpenPort() override;
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenListener(const NetAddress& address,
                                                                         const platform::ListenOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<platform::Socket>> OpenStream(AddressFamily family,
                                                                       const std::optional<NetAddress>& local) override;
    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override;

private:
    platform::Network& network_;
};

}  // namespace servercore::test
