#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include "ServerCore/Base/Bytes.h"
#include "ServerCore/Platform/Network.h"

namespace servercore::test {

// A client that is no Session: it sends whatever bytes the test likes, reads when it is told to, and ends as rudely as it likes.
// Straight on the seam, with a port of its own that the calling thread waits on.
// Owner: the test.  Threads: confined to one. What takes too long or fails throws, and so fails the test.
class RawClient final : private platform::CompletionHandler {
public:
    // Connects.
    RawClient(platform::Network& network, const NetAddress& server);
    // Closes; what the operating system has taken still leaves.
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // All of it.
    void Send(ConstBytes bytes);
    // False: the connection is gone.
    [[nodiscard]] bool TrySend(ConstBytes bytes);

    struct Received {
        std::vector<std::byte> bytes;
        std::error_code error;  // empty: the end of the stream, or enough
    };
    // Until that many bytes are there, or the end, or an error.
    [[nodiscard]] Received Receive(std::size_t atLeast);
    [[nodiscard]] Received ReceiveToEnd();

    // Sends FIN and goes on receiving.
    void ShutdownSend();
    void Close();
    // Closes with RST.
    void Abort();

private:
    struct Operation final : platform::IoOperation {
        bool inFlight = false;
        std::error_code error;
        std::size_t bytes = 0;
        std::vector<std::byte> data;
    };

    void OnCompletion(platform::IoOperation& operation, platform::IoResult& result) noexcept override;
    void OnBatchEnd() noexcept override {}

    // Submits and waits for the end; its error.
    template <class Submit>
    [[nodiscard]] std::error_code Run(Operation& operation, Submit submit);
    [[nodiscard]] bool WaitFor(const Operation& operation);

    std::unique_ptr<platform::IoBackend> port_;
    std::unique_ptr<platform::Socket> socket_;
    Operation sending_;  // also the connect
    Operation receiving_;
};

}  // namespace servercore::test
