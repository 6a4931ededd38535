#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "ServerCore/Platform/Socket.h"
#include "tests/Support/PortRunner.h"

namespace servercore::test {

// A connection that several threads use: every call on the socket is made under one lock, which makes closing safe beside submitting (see
// Socket.h). What the callbacks do with an outcome is the test's.
//
// Owner: the test, after the PortRunner.  Threads: safe from any; a callback may call everything but the destructor.
// Destruction: closes and waits for the operations in flight.
class TestStream {
public:
    using Callback = std::function<void(TestStream&, const Outcome&)>;

    // `onSent` comes once for each Send, when all bytes are gone or an error ended it.
    TestStream(PortRunner& port, std::unique_ptr<platform::Socket> socket, Callback onReceived, Callback onSent);
    ~TestStream();
    TestStream(const TestStream&) = delete;
    TestStream& operator=(const TestStream&) = delete;

    // False: closed, refused, or one is in flight already; no callback follows.
    bool Receive();
    bool Send(std::vector<std::byte> bytes);

    void Cancel();
    void ShutdownSend();
    void Close();
    void Abort();
    [[nodiscard]] bool IsClosed();

private:
    [[nodiscard]] std::error_code SubmitSend();
    void FinishReceive(const Outcome& outcome);
    void FinishSend(Outcome& outcome);

    PortRunner& port_;
    const Callback onReceived_;
    const Callback onSent_;
    TestOperation& receive_;
    TestOperation& send_;

    std::mutex mutex_;  // guards all below
    std::unique_ptr<platform::Socket> socket_;
    bool isReceiving_ = false;
    bool isSending_ = false;
    std::vector<std::byte> outgoing_;
    std::size_t sent_ = 0;
};

}  // namespace servercore::test
