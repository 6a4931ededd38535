#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ServerCore/Base/Result.h"
#include "ServerCore/Platform/Network.h"
#include "ServerCore/Platform/Windows/IocpBackend.h"

namespace servercore::platform {

// Winsock with completion ports. Keeps Winsock started while it lives.
class WinNetwork final : public Network {
public:
    [[nodiscard]] static Result<std::unique_ptr<Network>> Open();
    ~WinNetwork() override;

    [[nodiscard]] std::string_view Name() const noexcept override { return "iocp"; }
    [[nodiscard]] Result<std::unique_ptr<IoBackend>> OpenPort() override;
    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenListener(const NetAddress& address, const ListenOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<Socket>> OpenStream(AddressFamily family, const std::optional<NetAddress>& local) override;
    [[nodiscard]] Result<std::vector<NetAddress>> Resolve(const std::string& host, std::uint16_t port) override;

private:
    WinNetwork() = default;

    [[nodiscard]] std::error_code Start();

    bool started_ = false;
    SocketExtensions extensions_;  // fixed by Start
};

}  // namespace servercore::platform
