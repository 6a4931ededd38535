#include "tests/Support/EchoServer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace servercore::test {

EchoServer::EchoServer(PortRunner& port, std::unique_ptr<platform::Socket> listener) : port_(port), listener_(std::move(listener)) {
    for (std::size_t i = 0; i < kAccepts; ++i) {
        TestOperation*& accept = accepts_.emplace_back();
        accept = &port_.NewOperation([this, i](Outcome& outcome) { FinishAccept(*accepts_[i], outcome); });
    }
    for (TestOperation* accept : accepts_) {
        SubmitAccept(*accept);
    }
}

EchoServer::~EchoServer() {
    {
        const std::lock_guard lock(mutex_);
        listener_.reset();
    }
    EXPECT_TRUE(port_.Await([this] { return std::ranges::none_of(accepts_, &TestOperation::IsInFlight); }));
}

void EchoServer::SubmitAccept(TestOperation& operation) {
    const std::lock_guard lock(mutex_);
    if (listener_ != nullptr) {
        EXPECT_EQ(port_.Accept(*listener_, operation), std::error_code{});
    }
}

void EchoServer::FinishAccept(TestOperation& operation, Outcome& outcome) {
    if (!outcome.error && !port_.Port().Attach(*outcome.accepted)) {
        const auto onReceived = [](TestStream& stream, const Outcome& received) {
            if (received.data.empty() || !stream.Send(received.data)) {
                stream.Close();
            }
        };
        const auto onSent = [](TestStream& stream, const Outcome& sent) {
            if (sent.error || !stream.Receive()) {
                stream.Close();
            }
        };
        TestStream* stream = nullptr;
        {
            const std::lock_guard lock(mutex_);
            stream = &streams_.emplace_back(port_, std::move(outcome.accepted), onReceived, onSent);
        }
        stream->Receive();
    }
    SubmitAccept(operation);
}

}  // namespace servercore::test
