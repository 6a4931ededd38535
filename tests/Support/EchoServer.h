#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "ServerCore/Platform/Socket.h"
#include "tests/Support/PortRunner.h"
#include "tests/Support/TestStream.h"

namespace servercore::test {

// Accepts connections and sends back what they send, until they end. Everything it meets is legal, so errors just end a connection.
// Owner: the test, after the PortRunner.
class EchoServer {
public:
    // The listener is attached to the port.
    EchoServer(PortRunner& port, std::unique_ptr<platform::Socket> listener);
    ~EchoServer();
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

private:
    static constexpr std::size_t kAccepts = 8;

    void SubmitAccept(TestOperation& operation);
    void FinishAccept(TestOperation& operation, Outcome& outcome);

    PortRunner& port_;
    std::vector<TestOperation*> accepts_;
    std::mutex mutex_;  // guards all below
    std::unique_ptr<platform::Socket> listener_;
    std::deque<TestStream> streams_;
};

}  // namespace servercore::test
