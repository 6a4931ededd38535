#include "Tools/IoModelLab/Client/ClientCommand.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "ServerCore/Platform/NetAddress.h"
#include "Tools/IoModelLab/Client/Connection.h"
#include "Tools/IoModelLab/Net/Errors.h"
#include "Tools/IoModelLab/Net/Winsock.h"

namespace iolab {

namespace {

std::unique_ptr<Connection> Connect(const ClientOptions& options) {
    const servercore::HostAndPort parts = servercore::SplitHostPort(options.connect).value();
    const Address server = Address::Resolve(parts.host, parts.port);
#ifdef _WIN32
    if (options.model == "overlapped-event") {
        return ConnectOverlapped(server);
    }
#endif
    return ConnectBlocking(server);
}

class Conversation {
public:
    explicit Conversation(const ClientOptions& options) : framing_(options.framing), connection_(Connect(options)) {}

    // False: the text does not fit into a frame, or something else came back.
    bool Say(const std::string& text) {
        const auto frame = framing_.Wrap(text);
        if (!frame) {
            fmt::print(stderr, "IoModelLab: '{}' does not fit into a frame of --framing {}\n", text.substr(0, 60), framing_.ToString());
            return false;
        }
        connection_->SendAll(*frame);
        // An echo is as long as what was said, so where it ends is known.
        if (connection_->ReceiveExactly(frame->size()) != *frame) {
            fmt::print(stderr, "IoModelLab: something else came back for '{}'\n", text.substr(0, 60));
            return false;
        }
        ++echoes_;
        return true;
    }

    // All lines of the stream, each answer printed.
    bool SayLines(std::istream& lines) {
        bool isGood = true;
        for (std::string line; std::getline(lines, line);) {
            if (!line.empty() && line.back() == '\r') {
                line.pop_back();
            }
            if (Say(line)) {
                fmt::print("{}\n", line);
                std::fflush(stdout);
            } else {
                isGood = false;
            }
        }
        return isGood;
    }

    [[nodiscard]] std::uint64_t Echoes() const noexcept { return echoes_; }

private:
    const Framing framing_;
    const std::unique_ptr<Connection> connection_;
    std::uint64_t echoes_ = 0;
};

}  // namespace

int RunClient(const ClientOptions& options) {
    const Winsock winsock;
    Conversation conversation(options);
    bool isGood = true;
    if (!options.script.empty()) {
        std::ifstream file(options.script);
        if (!file) {
            throw SystemFailure(fmt::format("cannot read '{}'; check --script", options.script));
        }
        isGood = conversation.SayLines(file);
    } else if (options.hasText) {
        for (std::size_t i = 0; isGood && i < options.count; ++i) {
            isGood = conversation.Say(options.text);
        }
    } else {
        isGood = conversation.SayLines(std::cin);
    }
    fmt::print("echoed frames={} as-sent={}\n", conversation.Echoes(), isGood ? "yes" : "no");
    return isGood ? 0 : 1;
}

}  // namespace iolab
